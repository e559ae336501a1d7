"""Made-up families on a made-up test: right and wrong answers from a probit model, in which some
examples are hard for all and each seed trains a better or a worse model."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bench.scoring.seed_noise import FamilyCell, SeedNoise, borrowed, measured, seed_variance

Floats = NDArray[np.float64]
RHO = 0.6
"""Share of an answer's variance that all entries have in common: how hard the example is."""


@dataclass(frozen=True)
class Setting:
    """A test and the noise of training.

    Args:
        examples: number of test examples.
        accuracy: expected accuracy of a family, before what sets it apart.
        ratio: standard deviation over seeds, net, in standard errors of an accuracy over examples.
        draws: number of bootstrap draws.
        uneven: standard deviation of the logarithm of that deviation among tasks and families; its
            mean square stays.
    """

    examples: int = 300
    accuracy: float = 0.8
    ratio: float = 1.0
    draws: int = 400
    uneven: float = 0.0

    @property
    def error(self) -> float:
        """Standard error of an accuracy over the test examples."""
        return float(np.sqrt(self.accuracy * (1 - self.accuracy) / self.examples))


@dataclass(frozen=True)
class Made:
    """An entry's fits on the test: (seeds,) accuracies and (seeds, draws) replicates."""

    scores: Floats
    replicates: Floats

    @property
    def noise(self) -> SeedNoise:
        """Seed noise from its own seeds."""
        return measured(self.scores, self.replicates)

    def cell(self, task: str) -> FamilyCell:
        """Return it as a cell that others of its family borrow from."""
        return FamilyCell(task, *seed_variance(self.scores, self.replicates))


class World:
    """A source of made-up entries; one test of it is a call of `test`."""

    def __init__(self, setting: Setting, seed: int) -> None:
        """Start the random numbers."""
        self._setting, self._random = setting, np.random.default_rng(seed)
        share = np.full(setting.examples, 1 / setting.examples)
        drawn = self._random.multinomial(setting.examples, share, size=setting.draws)
        self._weights = drawn.T / setting.examples

    def test(self, seeds: Sequence[int], apart: Sequence[float] | None = None) -> list[Made]:
        """Return entries on fresh examples.

        Args:
            seeds: the number of seeds of each.
            apart: how much better than the setting's accuracy each is expected to be; None: not.
        """
        from scipy.special import ndtri

        hard = self._random.standard_normal(self._setting.examples) * np.sqrt(RHO)
        made = []
        for count, better in zip(seeds, apart or [0.0] * len(seeds), strict=True):
            uneven = self._setting.uneven
            spread = np.exp(uneven * self._random.standard_normal() - uneven**2)
            luck = self._random.standard_normal(count) * spread
            luck *= self._setting.ratio * self._setting.error
            level = ndtri(np.clip(self._setting.accuracy + better + luck, 0.001, 0.999))
            own = self._random.standard_normal((count, self._setting.examples)) * np.sqrt(1 - RHO)
            right = (level[:, None] + hard + own > 0).astype(np.float64)
            made.append(Made(right.mean(axis=1), right @ self._weights))
        return made

    def history(self, tasks: int, seeds: int = 3) -> list[FamilyCell]:
        """Return a family's cells on other tasks."""
        return [self.test([seeds])[0].cell(f"other {k}") for k in range(tasks)]

    def noises(self, entries: Sequence[Made], tasks: int = 4) -> list[SeedNoise]:
        """Return the seed noise of each entry: its own where it has several seeds, else borrowed
        from a family that has so many other tasks."""
        return [
            entry.noise
            if len(entry.scores) > 1
            else borrowed("made up", "this", self.history(tasks))
            for entry in entries
        ]


def table(entries: Sequence[Made]) -> tuple[Floats, Floats]:
    """Return the entries' (n,) scores and (n, draws) replicates, means over their seeds."""
    points = np.array([entry.scores.mean() for entry in entries])
    return points, np.array([entry.replicates.mean(axis=0) for entry in entries])

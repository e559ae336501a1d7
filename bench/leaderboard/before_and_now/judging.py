"""Judge each pair of two results folders by the paired test of the board: what is surely worse by
more than its margin, with Holm's correction over all that is compared."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from bench.leaderboard.before_and_now.pairing import Apart, Pair, paired
from bench.leaderboard.comparisons.main_metric import (
    Direction,
    direction,
    main_score,
    mean_replicates,
)
from bench.leaderboard.comparisons.rare_labels import exchanges
from bench.leaderboard.comparisons.seed_history import SeedHistory, seed_history
from bench.leaderboard.gather import Gathered, TaskParts, TaskRun
from bench.leaderboard.older_results import is_floor
from bench.leaderboard.recommendation.margins import checked, declared, margin_of
from bench.leaderboard.rescoring import Read
from bench.metrics.aligned import Scored
from bench.scoring.seed_noise import SeedParts
from bench.scoring.significance import (
    Floats,
    difference_intervals,
    holm_of,
    p_values,
    pair_variances,
    spread,
)
from bench.scoring.two_way import widened

ALPHA = 0.05
Verdict = Literal["worse", "lower", "better", "open"]
WORDS: dict[Verdict, str] = {
    "worse": "surely worse by more than the margin",
    "lower": "surely worse, not surely by more than the margin",
    "better": "surely better",
    "open": "no sure difference",
}
NO_MARGIN = "has no bounded scale and declares no margin; give --margin"


@dataclass(frozen=True)
class Side:
    """A results folder: its cells, and a function that reads their predictions."""

    gathered: Gathered
    read: Read


@dataclass(frozen=True, kw_only=True)
class Judged:
    """An entry on a task, before and now.

    Args:
        task: the task's name.
        entry: the entry's name.
        metric: the main metric.
        base: its main metric in BASE, mean over seeds.
        new: the same in NEW.
        low: lower end of the 95 % interval of new minus base, with the noise of seeds.
        high: upper end.
        margin: the largest loss that does not matter.
        p_worse: p of a loss larger than the margin, Holm-corrected over all comparisons.
        p_differs: two-sided p of any difference, likewise.
        verdict: what is sure at 5 %; see `WORDS`.
        seeds: the numbers of seeds in BASE and in NEW.
    """

    task: str
    entry: str
    metric: str
    base: float
    new: float
    low: float
    high: float
    margin: float
    p_worse: float
    p_differs: float
    verdict: Verdict
    seeds: tuple[int, int]

    @property
    def difference(self) -> float:
        """New minus base."""
        return self.new - self.base


@dataclass(frozen=True)
class Outcome:
    """The comparison of two folders."""

    judged: tuple[Judged, ...]
    apart: tuple[Apart, ...]

    @property
    def worse(self) -> tuple[Judged, ...]:
        """The comparisons that are surely worse by more than their margin."""
        return tuple(one for one in self.judged if one.verdict == "worse")


@dataclass(frozen=True)
class Scale:
    """The scale of a task's main metric; see `TaskColumn` for the fields."""

    name: str
    main_metric: str
    perfect: float | None
    floor: float | None
    way: Direction
    margin: float | None


def judge(
    base: Side, new: Side, wanted: Sequence[str] = (), margin: float | None = None
) -> Outcome:
    """Compare two results folders.

    Args:
        base: the results to compare with.
        new: the results to judge.
        wanted: see `paired`.
        margin: the largest loss that does not matter, in each metric's unit; None: the margin of
            each task or metric.

    Raises:
        UserError: an entry is unknown, or the margin makes no sense.
    """
    pairs, apart = paired(base.gathered, new.gathered, wanted)
    scales = {pair.task: _scale(pair, base.gathered.tasks[pair.task]) for pair in pairs}
    checked(margin, list(scales.values()))
    tests = []
    histories = _histories(base.gathered, new.gathered)
    for pair in pairs:
        scale = scales[pair.task]
        loss = scale.margin if margin is None else margin
        if loss is None:
            apart.append(Apart(pair.task, pair.entry, f"{scale.main_metric} {NO_MARGIN}"))
        else:
            tests.append(_Test(pair, scale, loss, histories))
    return Outcome(_judged(tests, base.read, new.read), tuple(apart))


def _histories(base: Gathered, new: Gathered) -> tuple[SeedHistory, SeedHistory]:
    """Return the seed noise of both folders: an entry with one seed borrows from either."""
    one, other = seed_history(base), seed_history(new)
    families = {
        name: tuple(dict.fromkeys([*one.families.get(name, ()), *other.families.get(name, ())]))
        for name in {*one.families, *other.families}
    }
    return replace(one, families=families), replace(other, families=families)


def _scale(pair: Pair, task: TaskParts) -> Scale:
    facts = pair.new[0].facts
    way = direction(facts)
    best = max if way.greater_is_better else min
    floors = [
        main_score(cell.done)
        for cell in task.cells.values()
        if cell.done and is_floor(cell.newest.run) and cell.done[0].setting == pair.new[0].setting
    ]
    floor = best(floors) if floors else None
    margin = margin_of(declared(facts), perfect=way.perfect, floor=floor)
    return Scale(pair.task, facts.main_metric, way.perfect, floor, way, margin)


class _Test:
    """The paired test of one pair."""

    def __init__(
        self, pair: Pair, scale: Scale, margin: float, histories: tuple[SeedHistory, SeedHistory]
    ) -> None:
        self.pair, self.scale, self.margin = pair, scale, margin
        self.base, self.new = main_score(pair.base), main_score(pair.new)
        drawn = np.array([mean_replicates(parts) for parts in (pair.base, pair.new)])
        self.draws = drawn[:, np.isfinite(drawn).all(axis=0)]
        noises = [
            history.noise(pair.task, key, parts)
            for history, key, parts in zip(
                histories, (pair.before, pair.now), (pair.base, pair.new), strict=True
            )
        ]
        self.seeds = SeedParts.of(noises).summed(np.array([1.0, -1.0]))
        self.units = pair.new[0].facts.data.groups
        self.examples = np.asarray(pair_variances(self.draws)[0, 1])

    @property
    def loss(self) -> float:
        """How much worse it is now."""
        return self.base - self.new if self.scale.way.greater_is_better else self.new - self.base

    def p(self, apart: float) -> float:
        """Return the two-sided p of a difference."""
        found = spread(self.examples, self.seeds, self.units)
        return float(p_values(np.asarray(apart), found, self.units))

    def interval(self) -> Floats:
        """Return the bounds of new minus base."""
        bounds = difference_intervals(self.draws[1], self.draws[:1])
        return widened(
            bounds[0],
            np.asarray(self.new - self.base),
            self.examples,
            seeds=self.seeds,
            units=self.units,
        )

    def by_chance(self, p: float, reads: tuple[Read, Read], tests: int) -> float:
        """Return the p of the permutation test that a difference must pass, too, where rare labels
        make the other too liberal; 0 elsewhere."""
        here = {id(part) for part in self.pair.base}

        def read(part: TaskRun) -> Scored:
            return reads[0](part) if id(part) in here else reads[1](part)

        chance = exchanges([self.pair.base, self.pair.new], read, tests=tests)
        return chance.p(self.pair.base, self.pair.new, p) if chance else 0.0


def _judged(tests: Sequence[_Test], base: Read, new: Read) -> tuple[Judged, ...]:
    # Only a loss beyond the margin speaks for being worse by more than it.
    worse = np.array([test.p(max(test.loss - test.margin, 0.0)) for test in tests])
    differs = np.array([test.p(abs(test.loss)) for test in tests])
    for i in np.flatnonzero(holm_of(differs) < ALPHA).tolist():
        chance = tests[i].by_chance(differs[i], (base, new), len(tests))
        worse[i], differs[i] = max(worse[i], chance), max(differs[i], chance)
    return tuple(
        _one(*found) for found in zip(tests, holm_of(worse), holm_of(differs), strict=True)
    )


def _one(test: _Test, worse: float, differs: float) -> Judged:
    pair, (low, high) = test.pair, test.interval()
    verdict: Verdict = "open"
    if worse < ALPHA:
        verdict = "worse"
    elif differs < ALPHA:
        verdict = "lower" if test.loss > 0 else "better"
    return Judged(
        task=pair.task,
        entry=pair.entry,
        metric=test.scale.main_metric,
        base=test.base,
        new=test.new,
        low=float(low),
        high=float(high),
        margin=test.margin,
        p_worse=float(worse),
        p_differs=float(differs),
        verdict=verdict,
        seeds=(len(pair.base), len(pair.new)),
    )

"""How fast a family is on a machine: what its cells took, beside what they were expected to."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bench.runs.estimates.estimate import Origin
from bench.runs.estimates.observed import Observation

SAME_TASK, SAME_SETTINGS = 6.0, 3.0
"""Weights of cells on the same tasks and with the same parameters, beside the family's others."""
LEAST = 0.02
"""Seconds, expected and taken, below which a cell tells little of a speed: chance decides them."""


@dataclass(frozen=True)
class Speed:
    """Factors on what is expected.

    Args:
        fit: of fitting.
        predict: of predicting.
        scoring: of scoring and storing.
        memory: of the peak memory.
        origin: where they come from.
    """

    fit: float = 1.0
    predict: float = 1.0
    scoring: float = 1.0
    memory: float = 1.0
    origin: Origin = "arithmetic"


def speed(
    observed: Sequence[Observation], settings: str, tasks: Sequence[str], origin: Origin
) -> Speed:
    """Return the factors that a family's cells tell.

    Args:
        observed: cells of the family; none gives factors of 1.
        settings: the parameters to be estimated, as `observed.as_text` writes them.
        tasks: the tasks to be estimated.
        origin: where the cells come from.
    """
    if not observed:
        return Speed()

    def factor(taken: "_Figure", expected: "_Figure") -> float:
        pairs = [
            (taken(cell) / expected(cell), _weight(cell, settings, tasks) * expected(cell))
            for cell in observed
            if max(taken(cell), expected(cell)) >= LEAST
        ]
        return weighted_median(pairs) if pairs else 1.0

    return Speed(
        fit=factor(lambda cell: cell.taken.fit, lambda cell: cell.expected.fit),
        predict=factor(lambda cell: cell.taken.predict, lambda cell: cell.expected.predict),
        scoring=factor(lambda cell: cell.taken.scoring, lambda cell: cell.expected.scoring),
        memory=factor(lambda cell: cell.taken.memory, lambda cell: cell.expected.memory),
        origin=origin,
    )


_Figure = Callable[[Observation], float]


def _weight(cell: Observation, settings: str, tasks: Sequence[str]) -> float:
    same_tasks = SAME_TASK if set(cell.tasks) == set(tasks) else 1.0
    return same_tasks * (SAME_SETTINGS if cell.settings == settings else 1.0)


def weighted_median(pairs: Sequence[tuple[float, float]]) -> float:
    """Return the median of values with weights: one slow cell, which loaded a library or had the
    processor to share, does not move it."""
    ordered = sorted(pairs)
    half, passed = sum(weight for _, weight in ordered) / 2, 0.0
    for value, weight in ordered:
        passed += weight
        if passed >= half:
            return value
    return ordered[-1][0]

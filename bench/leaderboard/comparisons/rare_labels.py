"""Pairs of a task tested by permutation where rare labels make the bootstrap's test too liberal."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from bench.errors import StoreError
from bench.leaderboard.gather import TaskRun
from bench.leaderboard.rescoring import Read
from bench.metrics import Metric, metrics_of
from bench.metrics.aligned import Scored
from bench.scoring.permutation import applies, permutation_p
from bench.scoring.significance import Bools, Comparison, Floats, holm

ALPHA = 0.05
CLEAR = 1e-8
"""An unadjusted p below this is left as it is: a permutation test would not turn it."""
MOST = 300
"""Largest number of pairs tested by permutation, the most doubtful ones."""


def confirmed(
    tests: Comparison,
    cells: Sequence[Sequence[TaskRun]],
    *,
    outside: Bools,
    read: Read | None,
) -> Comparison:
    """Return the tests with p raised to that of a paired permutation test, where that is larger.

    Only pairs that the bootstrap's test tells apart are tested, as no other verdict can change, and
    only where rare labels make that test too liberal. The permutation test knows nothing of the
    noise of seeds, which the bootstrap's p has: a difference must pass both.

    Args:
        tests: the tests of all pairs of n cells.
        cells: the seeds of each cell.
        outside: (n,) True for cells of submitted predictions.
        read: returns the stored predictions of a run; None: the tests stay as they are.
    """
    facts = cells[0][0].facts
    if read is None or not applies(facts.main_metric, facts.interval, facts.per_class):
        return tests
    p = tests.p.copy()
    predictions = _Predictions(read, facts.main_metric)
    pairs = _doubtful(tests)
    count = _permutations(len(cells))
    for i, j in pairs:
        first, second = predictions.of(cells[i]), predictions.of(cells[j])
        if first and second and predictions.metric:
            by_chance = permutation_p(predictions.metric, first, second, permutations=count)
            p[i, j] = p[j, i] = max(p[i, j], by_chance)
    return replace(tests, p=p, holm_p=_corrected(p, outside))


def _doubtful(tests: Comparison) -> list[tuple[int, int]]:
    """Return the pairs whose verdict could change, the largest p first."""
    i, j = np.triu_indices(len(tests.p), k=1)
    doubtful = (tests.holm_p[i, j] < ALPHA) & (tests.p[i, j] > CLEAR)
    order = np.argsort(-tests.p[i, j][doubtful], kind="stable")[:MOST]
    return [(int(i[doubtful][at]), int(j[doubtful][at])) for at in order]


def _permutations(cells: int) -> int:
    """Return a number of permutations whose smallest p passes Holm's correction over all pairs."""
    return max(2000, 2 * round(cells * (cells - 1) / 2 / ALPHA))


def _corrected(p: Floats, outside: Bools) -> Floats:
    """Return p after Holm's correction, the cells that are not submitted among themselves."""
    corrected = holm(p)
    if outside.any() and not outside.all():
        block = np.ix_(~outside, ~outside)
        corrected[block] = holm(p[block])
    return corrected


class _Predictions:
    """Stored predictions, each read once; none of a cell whose files cannot be scored again."""

    def __init__(self, read: Read, main_metric: str) -> None:
        self._read, self._name = read, main_metric
        self._known: dict[int, list[Scored]] = {}
        self.metric: Metric | None = None

    def of(self, seeds: Sequence[TaskRun]) -> list[Scored]:
        """Return the predictions of a cell's seeds; nothing where any is missing."""
        if id(seeds) not in self._known:
            self._known[id(seeds)] = self._all(seeds)
        return self._known[id(seeds)]

    def _all(self, seeds: Sequence[TaskRun]) -> list[Scored]:
        try:
            scored = [self._read(part) for part in seeds]
        except StoreError:
            return []
        named = (m for m in metrics_of(scored[0].output) if m.name == self._name)
        self.metric = self.metric or next(named, None)
        return scored

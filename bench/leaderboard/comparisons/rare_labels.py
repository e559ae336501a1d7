"""Pairs of a task tested by permutation where rare labels make the bootstrap's test too liberal:
entries with one another, with the best, and with the floor."""

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
"""With an unadjusted p below this, few permutations are done at first, and more only if one of them
makes a difference as large: a label with four examples can look as clear as this, by chance."""
FEW = 2000
"""The number of these permutations, and the smallest number of others."""
MOST = 300
"""Largest number of pairs of entries tested by permutation, the most doubtful ones."""


class Exchanges:
    """The permutation tests of a task's pairs, each done once.

    The permutation test knows nothing of the noise of seeds, which the bootstrap's p has: what is
    sure must pass both.
    """

    def __init__(self, predictions: "_Predictions", permutations: int) -> None:
        self._predictions, self._permutations = predictions, permutations
        self._known: dict[tuple[int, int, bool], float] = {}

    def p(self, first: Sequence[TaskRun], second: Sequence[TaskRun], other: float) -> float:
        """Return the two-sided p-value of two cells, given by their seeds; 0, so that the other
        test decides, where predictions are missing or a clear difference stays clear.

        Args:
            first: the seeds of one cell.
            second: the seeds of the other.
            other: unadjusted p-value of the other test.
        """
        clear = other < CLEAR
        pair = (min(id(first), id(second)), max(id(first), id(second)), clear)
        if pair not in self._known:
            self._known[pair] = self._tested(first, second, clear)
        return self._known[pair]

    def _tested(self, first: Sequence[TaskRun], second: Sequence[TaskRun], clear: bool) -> float:
        one, other = self._predictions.of(first), self._predictions.of(second)
        metric = self._predictions.metric
        if not (one and other and metric):
            return 0.0
        if clear and permutation_p(metric, one, other, permutations=FEW) * (FEW + 1) < 1.5:
            return 0.0
        return permutation_p(metric, one, other, permutations=self._permutations)


def exchanges(
    cells: Sequence[Sequence[TaskRun]], read: Read | None, *, tests: int | None = None
) -> Exchanges | None:
    """Return the permutation tests of a task; None where no rare label of a macro average makes the
    bootstrap's tests too liberal, or where nothing can be read.

    Args:
        cells: the seeds of each ranked cell; they are to be kept while the tests are used.
        read: returns the stored predictions of a run.
        tests: number of tests that Holm's correction is over; None: the pairs of the cells.
    """
    facts = cells[0][0].facts
    if read is None or not applies(facts.main_metric, facts.interval, facts.per_class):
        return None
    pairs = len(cells) * (len(cells) - 1) // 2
    return Exchanges(
        _Predictions(read, facts.main_metric), _permutations(pairs if tests is None else tests)
    )


def confirmed(
    tests: Comparison,
    cells: Sequence[Sequence[TaskRun]],
    *,
    outside: Bools,
    chance: Exchanges | None,
) -> Comparison:
    """Return the tests with p raised to that of a paired permutation test, where that is larger.

    Only pairs that the bootstrap's test tells apart are tested, as no other verdict can change.

    Args:
        tests: the tests of all pairs of n cells.
        cells: the seeds of each cell.
        outside: (n,) True for cells of submitted predictions.
        chance: the permutation tests; None: the tests stay as they are.
    """
    if chance is None:
        return tests
    p = tests.p.copy()
    for i, j in _doubtful(tests):
        p[i, j] = p[j, i] = max(p[i, j], chance.p(cells[i], cells[j], p[i, j]))
    return replace(tests, p=p, holm_p=_corrected(p, outside))


def _doubtful(tests: Comparison) -> list[tuple[int, int]]:
    """Return the pairs whose verdict could change, the largest p first."""
    i, j = np.triu_indices(len(tests.p), k=1)
    doubtful = tests.holm_p[i, j] < ALPHA
    order = np.argsort(-tests.p[i, j][doubtful], kind="stable")[:MOST]
    return [(int(i[doubtful][at]), int(j[doubtful][at])) for at in order]


def _permutations(tests: int) -> int:
    """Return a number of permutations whose smallest p passes Holm's correction over all tests."""
    return max(FEW, 2 * round(tests / ALPHA))


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

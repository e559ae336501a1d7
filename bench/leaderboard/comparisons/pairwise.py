"""Pairwise comparisons of entries, on each task and by their means: paired difference and test."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from bench.leaderboard.board import Entry, TaskColumn
from bench.leaderboard.comparisons.means import Mean, scaled
from bench.leaderboard.comparisons.task_tests import TaskTests, right_bits
from bench.leaderboard.entry_key import EntryKey
from bench.leaderboard.findings import Comparison
from bench.leaderboard.gather import CellParts, Gathered, TaskParts
from bench.scoring.seed_noise import SeedParts
from bench.scoring.signed_rank import SignedRank
from bench.scoring.significance import Floats, compare, difference_intervals, pair_variances
from bench.scoring.two_way import widened

Counts = NDArray[np.int64]
UNKNOWN = -1
ROPE = 0.02
"""Difference of means that makes no practical difference: the margin of the advice."""


def comparisons(
    gathered: Gathered,
    standings: Mapping[str, TaskTests],
    rows: Sequence[Entry],
    tasks: Sequence[TaskColumn],
) -> tuple[Comparison, ...]:
    """Compare every pair of entries on each task where both are comparable, including full-data
    entries, in the order of the tasks and of the entries."""
    order = _order(rows)
    return tuple(
        found
        for task in tasks
        for found in _of_task(gathered.tasks[task.name], standings[task.name], order)
    )


def mean_comparisons(
    means: Mapping[EntryKey, Mean], rows: Sequence[Entry], tasks: Sequence[TaskColumn]
) -> tuple[Comparison, ...]:
    """Compare every pair of entries that have a mean; `task` is empty, and correct answers are not
    counted.

    Conservatively, the number of resampling units is that of the smallest task.
    """
    order = _order(rows)
    keys = sorted(means, key=lambda key: order[key.anchor])
    ranked = [row.id for row in rows if row.ranked]
    # An entry whose replicates are not numbers would spoil the test of every pair.
    tested = [key for key in keys if key.anchor in ranked and means[key].interval]
    holm_p = _holm_p({key: means[key] for key in tested}, scaled(tasks))
    nothing = np.full((len(keys), len(keys)), UNKNOWN)
    pairs = _pairs("", _Field.of_means(keys, means), (tested, holm_p), nothing)
    return tuple(_with_posterior(pairs, {key.anchor: means[key].shares for key in keys}))


def _with_posterior(
    pairs: Iterable[Comparison], shares: Mapping[str, Floats]
) -> Iterator[Comparison]:
    """Yield comparisons of means with the Bayesian signed-rank test over two tasks or more."""
    count = len(next(iter(shares.values()), ()))
    test = SignedRank(count) if count > 1 else None
    for pair in pairs:
        if test is None:
            yield pair
            continue
        found = test.test(shares[pair.first] - shares[pair.second], ROPE)
        yield replace(
            pair,
            probability_first=found.first_better,
            probability_equal=found.equal,
            probability_second=found.second_better,
        )


def _order(rows: Sequence[Entry]) -> dict[str, int]:
    return {row.id: i for i, row in enumerate(rows)}


def _holm_p(found: Mapping[EntryKey, Mean], tasks: Sequence[TaskColumn]) -> Floats:
    if len(found) < 2:
        return np.ones((1, 1))
    points = np.array([mean.flat for mean in found.values()])
    draws = np.array([mean.draws for mean in found.values()])
    seeds = SeedParts.stacked([mean.seeds for mean in found.values()])
    units = min((task.test_groups for task in tasks), default=None)
    outside = np.array([key.outside for key in found])
    return compare(points, draws, seeds=seeds, units=units, outside=outside).holm_p


@dataclass(frozen=True)
class _Field:
    """The entries that are compared, on a task or by their means."""

    keys: Sequence[EntryKey]
    points: Floats
    draws: Floats
    seeds: SeedParts
    units: int | None

    @classmethod
    def of_task(cls, standing: TaskTests, keys: Sequence[EntryKey]) -> "_Field":
        points = np.array([standing.points[key] for key in keys])
        draws = np.array([standing.draws[key] for key in keys])
        seeds = SeedParts.of([standing.noises[key] for key in keys])
        return cls(keys, points, draws, seeds, standing.units or None)

    @classmethod
    def of_means(cls, keys: Sequence[EntryKey], means: Mapping[EntryKey, Mean]) -> "_Field":
        points = np.array([means[key].flat for key in keys])
        draws = np.array([means[key].draws for key in keys])
        seeds = SeedParts.stacked([means[key].seeds for key in keys])
        return cls(keys, points, draws, seeds, min((means[k].units for k in keys), default=None))

    def examples(self) -> Floats:
        """Return (n, n) variances of the differences from test examples."""
        finite = np.isfinite(self.draws)
        # An entry without any number has no interval; it must not take the others'.
        common = finite[finite.any(axis=1)].all(axis=0)
        return pair_variances(np.where(finite, self.draws, 0)[:, common])

    def intervals(self) -> Iterator[Floats]:
        """Yield, for each entry, (m, 2) intervals of its differences from the m that follow."""
        if len(self.keys) < 2:
            return
        examples, seeds = self.examples(), self.seeds.pairs()
        for i in range(len(self.keys) - 1):
            bounds = difference_intervals(self.draws[i], self.draws[i + 1 :])
            noise = SeedParts(seeds.variance[i, i + 1 :], seeds.looseness[i, i + 1 :])
            apart = self.points[i] - self.points[i + 1 :]
            yield widened(bounds, apart, examples[i, i + 1 :], seeds=noise, units=self.units)


def _of_task(
    task: TaskParts, standing: TaskTests, order: Mapping[str, int]
) -> Iterator[Comparison]:
    keys = sorted(standing.points, key=lambda key: order[key.anchor])
    field = _Field.of_task(standing, keys)
    tests = (list(standing.places), standing.holm_p)
    yield from _pairs(task.name, field, tests, _only([task.cells[k] for k in keys]))


def _pairs(
    task: str, field: _Field, tests: tuple[Sequence[EntryKey], Floats], only: Counts
) -> Iterator[Comparison]:
    ids = [key.anchor for key in field.keys]
    place = {key: i for i, key in enumerate(tests[0])}
    at = [place.get(key) for key in field.keys]
    for i, bounds in enumerate(field.intervals()):
        for j, (low, high) in enumerate(bounds.tolist(), start=i + 1):
            one, other = at[i], at[j]
            yield Comparison(
                task=task,
                first=ids[i],
                second=ids[j],
                difference=float(field.points[i] - field.points[j]),
                low=low,
                high=high,
                p=None if one is None or other is None else float(tests[1][one, other]),
                only_first=_known(only[i, j]),
                only_second=_known(only[j, i]),
            )


def _known(count: np.int64) -> int | None:
    return None if count == UNKNOWN else int(count)


def _only(cells: Sequence[CellParts]) -> Counts:
    """Return (n, n) counts of test examples that the first cell answers correctly and the second
    does not, by the first seed that both have."""
    found = np.full((len(cells), len(cells)), UNKNOWN)
    for seed in sorted({p.run.seed for cell in cells for p in cell.done}):
        parts = [next((p for p in cell.done if p.run.seed == seed), None) for cell in cells]
        told = [(i, right_bits(p)) for i, p in enumerate(parts) if p and p.facts.right]
        if told:
            hits = np.array([bits for _, bits in told], np.float32)
            block = np.ix_(*[[i for i, _ in told]] * 2)
            counts = np.rint(hits @ (1 - hits).T).astype(np.int64)
            found[block] = np.where(found[block] == UNKNOWN, counts, found[block])
        if (found != UNKNOWN).all():
            break
    return found

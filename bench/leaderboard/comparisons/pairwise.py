"""Pairwise comparisons of entries, on each task and by their means: paired difference and test."""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from bench.leaderboard.board import Entry, TaskColumn
from bench.leaderboard.comparisons.means import Mean, scaled
from bench.leaderboard.comparisons.task_tests import TaskTests, right_bits
from bench.leaderboard.entry_key import EntryKey
from bench.leaderboard.findings import Comparison
from bench.leaderboard.gather import CellParts, Gathered, TaskParts
from bench.scoring.significance import Floats, compare, difference_intervals

Counts = NDArray[np.int64]
UNKNOWN = -1


def contests(
    gathered: Gathered,
    standings: Mapping[str, TaskTests],
    entries: Sequence[Entry],
    tasks: Sequence[TaskColumn],
) -> tuple[Comparison, ...]:
    """Compare every pair of entries on each task where both are comparable, including full-data
    entries, in the order of the tasks and of the entries."""
    order = _order(entries)
    return tuple(
        comparison
        for task in tasks
        for comparison in _of_task(gathered.tasks[task.name], standings[task.name], order)
    )


def mean_contests(
    means: Mapping[EntryKey, Mean], entries: Sequence[Entry], tasks: Sequence[TaskColumn]
) -> tuple[Comparison, ...]:
    """Compare every pair of entries that have a mean; `task` is empty, and correct answers are not
    counted.

    Conservatively, the number of resampling units is that of the smallest task.
    """
    order = _order(entries)
    keys = sorted(means, key=lambda key: order[key.anchor])
    ranked = [entry.id for entry in entries if entry.ranked]
    # An entry whose replicates are not numbers would spoil the test of every pair.
    tested = [key for key in keys if key.anchor in ranked and means[key].interval]
    points = np.array([means[key].flat for key in keys])
    draws = np.array([means[key].draws for key in keys])
    holm_p = _holm_p({key: means[key] for key in tested}, scaled(tasks))
    nothing = np.full((len(keys), len(keys)), UNKNOWN)
    return tuple(_pairs("", keys, points, draws, (tested, holm_p), nothing))


def _order(entries: Sequence[Entry]) -> dict[str, int]:
    return {entry.id: i for i, entry in enumerate(entries)}


def _holm_p(means: Mapping[EntryKey, Mean], tasks: Sequence[TaskColumn]) -> Floats:
    if len(means) < 2:
        return np.ones((1, 1))
    points = np.array([mean.flat for mean in means.values()])
    draws = np.array([mean.draws for mean in means.values()])
    units = min((task.test_groups for task in tasks), default=None)
    outside = np.array([key.outside for key in means])
    return compare(points, draws, units=units, outside=outside).holm_p


def _of_task(
    task: TaskParts, standing: TaskTests, order: Mapping[str, int]
) -> Iterator[Comparison]:
    keys = sorted(standing.points, key=lambda key: order[key.anchor])
    points = np.array([standing.points[key] for key in keys])
    draws = np.array([standing.draws[key] for key in keys])
    tests = (list(standing.places), standing.holm_p)
    yield from _pairs(task.name, keys, points, draws, tests, _only([task.cells[k] for k in keys]))


def _pairs(
    task: str,
    keys: Sequence[EntryKey],
    points: Floats,
    draws: Floats,
    tests: tuple[Sequence[EntryKey], Floats],
    only: Counts,
) -> Iterator[Comparison]:
    ids = [key.anchor for key in keys]
    place = {key: i for i, key in enumerate(tests[0])}
    positions = [place.get(key) for key in keys]
    for i in range(len(keys) - 1):
        bounds = difference_intervals(draws[i], draws[i + 1 :]).tolist()
        for j, (low, high) in enumerate(bounds, start=i + 1):
            first, second = positions[i], positions[j]
            yield Comparison(
                task=task,
                first=ids[i],
                second=ids[j],
                difference=float(points[i] - points[j]),
                low=low,
                high=high,
                p=None if first is None or second is None else float(tests[1][first, second]),
                only_first=_known(only[i, j]),
                only_second=_known(only[j, i]),
            )


def _known(count: np.int64) -> int | None:
    return None if count == UNKNOWN else int(count)


def _only(cells: Sequence[CellParts]) -> Counts:
    """Return (n, n) counts of test examples that the first cell answers correctly and the second
    does not, by the first seed that both have."""
    totals = np.full((len(cells), len(cells)), UNKNOWN)
    for seed in sorted({p.run.seed for cell in cells for p in cell.done}):
        parts = [next((p for p in cell.done if p.run.seed == seed), None) for cell in cells]
        answers = [(i, right_bits(p)) for i, p in enumerate(parts) if p and p.facts.right]
        if answers:
            hits = np.array([bits for _, bits in answers], np.float32)
            block = np.ix_(*[[i for i, _ in answers]] * 2)
            counts = np.rint(hits @ (1 - hits).T).astype(np.int64)
            totals[block] = np.where(totals[block] == UNKNOWN, counts, totals[block])
        if (totals != UNKNOWN).all():
            break
    return totals

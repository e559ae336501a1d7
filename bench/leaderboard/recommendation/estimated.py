"""Entries scored on a part of the reference test, placed by their paired difference to an entry
that has all of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from bench.errors import Problem, StoreError
from bench.leaderboard.comparisons.task_tests import TaskTests
from bench.leaderboard.entry_key import EntryKey
from bench.leaderboard.gather import CellParts, TaskParts
from bench.leaderboard.older_results import is_floor
from bench.leaderboard.rescoring import Read, among, known_metric, rescored
from bench.metrics.aligned import Scored
from bench.metrics.base import Metric
from bench.scoring.significance import Floats

ANCHORS = 3
"""Number of entries with the whole test that are tried; the most similar one is used."""


@dataclass(frozen=True)
class Estimate:
    """An entry's score on the reference test, estimated from a part of it.

    Args:
        point: score of the anchor plus the difference to it on the common examples.
        draws: (draws,) the same in bootstrap draws: the anchor's noise on the reference test, and
            the difference's on the common examples.
        anchor: the entry that has the whole test.
        examples: number of common examples.
    """

    point: float
    draws: Floats
    anchor: EntryKey
    examples: int


@dataclass(frozen=True)
class Estimates:
    """The estimates of a task by entry, and the entries that cannot be placed."""

    found: Mapping[EntryKey, Estimate]
    problems: tuple[Problem, ...] = ()


def estimates(task: TaskParts, tests: TaskTests, read: Read | None) -> Estimates:
    """Place the entries that were scored on a part of the reference test.

    Args:
        task: the task's cells.
        tests: the outcome of the tests on the reference test.
        read: returns the stored predictions of a run; None: they are not at hand.
    """
    cells = {
        row: cell
        for row, cell in task.cells.items()
        if cell.done
        and not (cell.comparable or cell.outdated or is_floor(cell.newest.run))
        and _nested(cell)
    }
    if not cells or read is None:
        return Estimates({})
    sign = 1 if tests.direction.greater_is_better else -1
    order = sorted(tests.points, key=lambda row: (-sign * tests.points[row], row.order))
    whole = [row for row in order if not is_floor(task.cells[row].newest.run) and not row.outside]
    found: dict[EntryKey, Estimate] = {}
    problems = []
    for row, cell in cells.items():
        near = sorted(whole, key=lambda other: other.baseline != row.baseline)[:ANCHORS]
        try:
            found[row] = _placed(cell, [(r, task.cells[r]) for r in near], tests, read)
        except StoreError as error:
            what = f"has no place in the recommendation: {error}"
            problems.append(Problem(where=f"{row.title} on {task.name}", what=what))
    return Estimates(found, tuple(problems))


def _nested(cell: CellParts) -> bool:
    return all(part.run.limit.test is not None for part in cell.done)


def _placed(
    cell: CellParts,
    anchors: Sequence[tuple[EntryKey, CellParts]],
    tests: TaskTests,
    read: Read,
) -> Estimate:
    wanted = known_metric(cell.done[0].facts)
    own = [read(part) for part in cell.done]
    tried = [_beside(own, row, other, wanted, tests, read) for row, other in anchors]
    if not tried:
        raise StoreError("no entry has a score on the whole test")
    return min(tried, key=lambda one: float(np.nanvar(one.draws - tests.draws[one.anchor])))


def _beside(
    own: Sequence[Scored],
    row: EntryKey,
    anchor: CellParts,
    wanted: Metric,
    tests: TaskTests,
    read: Read,
) -> Estimate:
    theirs = [read(part) for part in anchor.done]
    ids = frozenset(own[0].ids) & frozenset(theirs[0].ids)
    if len(ids) < len(own[0].ids):
        missing = len(own[0].ids) - len(ids)
        raise StoreError(f"{missing:,} of its test examples are not in the reference test")
    mine = rescored([among(one, ids) for one in own], wanted)
    other = rescored([among(one, ids) for one in theirs], wanted)
    difference, draws = mine.point - other.point, mine.draws - other.draws
    shortest = min(len(draws), len(tests.draws[row]))
    return Estimate(
        point=tests.points[row] + difference,
        draws=np.asarray(tests.draws[row][:shortest] + draws[:shortest]),
        anchor=row,
        examples=len(ids),
    )

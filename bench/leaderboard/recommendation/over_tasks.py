"""The candidates over all tasks: those with a score on each, by the mean way from the floor to
perfect."""

import numpy as np

from bench.leaderboard.board import Entry, Leaderboard, TaskColumn
from bench.leaderboard.comparisons.means import scaled
from bench.leaderboard.findings import Candidate, Candidates
from bench.scoring.significance import Floats


def covered(board: Leaderboard) -> list[TaskColumn]:
    """Return the tasks that a recommendation over tasks covers."""
    known = {one.task for one in board.candidates if one.entries}
    return [t for t in scaled(board.tasks) if t.name in known and not t.few_units]


def over_tasks(board: Leaderboard) -> Candidates | None:
    """Return the candidates over the tasks that a mean covers, and that have 30 units or more; None
    with fewer than two such tasks, or without an entry that has a score on each."""
    known = {one.task: one for one in board.candidates if one.entries}
    tasks = covered(board)
    if len(tasks) < 2:
        return None
    parts = [(task, known[task.name]) for task in tasks]
    each = [{one.id: i for i, one in enumerate(found.entries)} for _, found in parts]
    rows = [row for row in board.rows if all(row.id in places for places in each)]
    if not rows:
        return None
    draws = min(found.true.shape[1] for _, found in parts)
    true: list[Floats] = []
    examples: list[Floats] = []
    for (task, found), places in zip(parts, each, strict=True):
        at = [places[row.id] for row in rows]
        width = _width(task)
        true.append((found.true[at][:, :draws] - _floor(task)) / width)
        examples.append(found.examples[np.ix_(at, at)] / width**2)
    entries = tuple(_candidate(row, parts, each) for row in rows)
    return Candidates(
        task="",
        entries=entries,
        true=np.asarray(np.mean(true, axis=0)),
        examples=np.asarray(np.sum(examples, axis=0) / len(tasks) ** 2),
        # More examples are needed in every task: the smallest says how many there are.
        units=min(found.units for _, found in parts),
    )


def _floor(task: TaskColumn) -> float:
    """Return the floor, negated where smaller is better."""
    assert task.floor is not None
    return task.floor if task.greater_is_better else -task.floor


def _width(task: TaskColumn) -> float:
    assert task.floor is not None and task.perfect is not None
    return abs(task.perfect - task.floor)


def _candidate(
    row: Entry, parts: list[tuple[TaskColumn, Candidates]], each: list[dict[str, int]]
) -> Candidate:
    own = [
        (task, found.entries[places[row.id]])
        for (task, found), places in zip(parts, each, strict=True)
    ]
    signs = [1 if task.greater_is_better else -1 for task, _ in own]
    scores = [
        (sign * one.score - _floor(task)) / _width(task)
        for sign, (task, one) in zip(signs, own, strict=True)
    ]
    seeds = [one.seed_variance / _width(task) ** 2 for task, one in own]
    above = [one.above_floor for _, one in own]
    return Candidate(
        id=row.id,
        score=float(np.mean(scores)),
        # Better than guessing somewhere: the mean weighs the tasks on which it is not.
        above_floor=any(one is not False for one in above),
        estimated=any(one.estimated for _, one in own),
        seeds=min(one.seeds for _, one in own),
        seed_variance=float(np.sum(seeds)) / len(own) ** 2,
    )

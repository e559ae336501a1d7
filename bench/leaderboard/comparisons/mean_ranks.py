"""Mean rank and win rate over the tasks, of the rows that have a rank on every one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from bench.leaderboard.board import TaskColumn
from bench.leaderboard.comparisons.task_tests import Standing
from bench.leaderboard.row_key import RowKey
from bench.scoring.significance import Floats


@dataclass(frozen=True)
class Race:
    """How a row does over all tasks against the others that have a rank on every task.

    Args:
        mean_rank: equal scores share the mean of their ranks.
        win_rate: share of comparisons won, ties counting half; None without another such row.
    """

    mean_rank: float
    win_rate: float | None


def races(
    rows: Sequence[RowKey], tasks: Sequence[TaskColumn], standings: Mapping[str, Standing]
) -> dict[RowKey, Race]:
    """The races of the rows with a rank on every task, among them alone: what a row would have
    done on a task that it lacks is not known, and rows of one task must not push others down.

    Args:
        rows: those that compete.
        tasks: those that some row is ranked on.
        standings: the outcome of each task's tests.
    """
    full = [row for row in rows if all(row in standings[task.name].places for task in tasks)]
    if not full or not tasks:
        return {}
    means = np.mean([_ranks(full, task, standings[task.name]) for task in tasks], axis=0)
    others = len(full) - 1
    return {
        row: Race(float(mean), float((len(full) - mean) / others) if others else None)
        for row, mean in zip(full, means, strict=True)
    }


def _ranks(rows: Sequence[RowKey], task: TaskColumn, standing: Standing) -> Floats:
    scores = np.array([standing.points[row] for row in rows])
    points = scores if task.greater_is_better else -scores
    ahead = (points[None, :] > points[:, None]).sum(axis=1)
    level = (points[None, :] == points[:, None]).sum(axis=1)  # itself among them
    return np.asarray(1 + ahead + (level - 1) / 2)

"""Mean rank and win rate over tasks, for the entries that are ranked on every task."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from bench.leaderboard.board import TaskColumn
from bench.leaderboard.comparisons.task_tests import TaskTests
from bench.leaderboard.entry_key import EntryKey
from bench.scoring.significance import Floats


@dataclass(frozen=True)
class Race:
    """An entry's performance over all tasks among the entries that are ranked on every task.

    Args:
        mean_rank: equal scores share the mean of their ranks.
        win_rate: share of comparisons won, ties counting half; None without another such entry.
    """

    mean_rank: float
    win_rate: float | None


def races(
    entries: Sequence[EntryKey], tasks: Sequence[TaskColumn], standings: Mapping[str, TaskTests]
) -> dict[EntryKey, Race]:
    """Compute mean rank and win rate among the entries that are ranked on every task. Entries that
    lack a task are left out, since their result there is unknown and they must not change others'
    ranks on the tasks that they have.

    Args:
        entries: the entries that may take part.
        tasks: the tasks on which some entry is ranked.
        standings: the outcome of each task's tests.
    """
    full = [
        entry for entry in entries if all(entry in standings[task.name].places for task in tasks)
    ]
    if not full or not tasks:
        return {}
    means = np.mean([_ranks(full, task, standings[task.name]) for task in tasks], axis=0)
    others = len(full) - 1
    return {
        entry: Race(float(mean), float((len(full) - mean) / others) if others else None)
        for entry, mean in zip(full, means, strict=True)
    }


def _ranks(entries: Sequence[EntryKey], task: TaskColumn, standing: TaskTests) -> Floats:
    from scipy.stats import rankdata

    scores = np.array([standing.points[entry] for entry in entries])
    return np.asarray(rankdata(-scores if task.greater_is_better else scores), np.float64)

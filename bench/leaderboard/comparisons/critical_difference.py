"""The critical-difference diagram: mean ranks, and the difference that makes them significant."""

import math
from collections.abc import Iterator, Sequence

import numpy as np

from bench.leaderboard.board import Entry, TaskColumn
from bench.leaderboard.findings import Diagram

ENOUGH = 10
"""Minimum number of tasks for meaningful mean ranks: Demšar compares over 10 data sets or more."""


def diagram(entries: Sequence[Entry], tasks: Sequence[TaskColumn]) -> Diagram | None:
    """Compare mean ranks over the tasks by Nemenyi's test (Demšar, Statistical comparisons of
    classifiers over multiple data sets, 2006).

    Args:
        entries: the entries; only those with a mean rank are used: those ranked on every task.
        tasks: the tasks on which some entry is ranked.

    Returns:
        None with fewer than two such entries or two tasks.
    """
    full = [(entry.id, entry.mean_rank) for entry in entries if entry.mean_rank is not None]
    if len(full) < 2 or len(tasks) < 2:
        return None
    placed = tuple(sorted(full, key=lambda entry: entry[1]))
    critical = critical_difference(len(full), len(tasks))
    return Diagram(
        rows=placed,
        tasks=len(tasks),
        critical=critical,
        groups=tuple(_groups(placed, critical)),
        caveat=" ".join(_caveats(sum(entry.ranked for entry in entries) - len(full), tasks)),
    )


def critical_difference(entries: int, tasks: int) -> float:
    """Return the critical difference of mean ranks at 5 %: `entries` entries over `tasks` tasks."""
    from scipy.stats import studentized_range

    q = float(studentized_range.ppf(0.95, entries, np.inf)) / math.sqrt(2)
    return q * math.sqrt(entries * (entries + 1) / (6 * tasks))


def _groups(placed: Sequence[tuple[str, float]], critical: float) -> Iterator[tuple[str, ...]]:
    end = 0
    for start, (_, best) in enumerate(placed):
        near = sum(rank - best < critical for _, rank in placed[start:])
        if near > 1 and start + near > end:
            end = start + near
            yield tuple(entry for entry, _ in placed[start:end])


def _caveats(left_out: int, tasks: Sequence[TaskColumn]) -> Iterator[str]:
    sources = len({task.source for task in tasks})
    if len(tasks) < ENOUGH:
        yield f"With only {len(tasks)} tasks, only large differences of ranks are significant."
    if sources < len(tasks):
        many = "one source" if sources == 1 else f"{sources} sources"
        yield (
            f"The tasks come from {many}: the test assumes independent tasks, which tasks of one "
            "source are not."
        )
    if left_out:
        yield f"Ranked entries left out because they lack a score on some task: {left_out}."

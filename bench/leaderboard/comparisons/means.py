"""Mean over tasks of (score - floor) / (perfect - floor), with its bootstrap replicates."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from bench.leaderboard.board import TaskColumn
from bench.leaderboard.comparisons.task_tests import TaskTests
from bench.leaderboard.entry_key import EntryKey
from bench.scoring.bootstrap import percentiles
from bench.scoring.significance import Floats


@dataclass(frozen=True)
class Mean:
    """The mean score of an entry.

    Args:
        flat: mean with tasks weighted equally.
        by_source: mean with sources weighted equally.
        draws: (draws,) `flat` of each bootstrap replicate. Tasks are resampled independently; a
            replicate of a task uses the same examples for all entries, so that the means of two
            entries are paired.
    """

    flat: float
    by_source: float
    draws: Floats

    @property
    def interval(self) -> tuple[float, float] | None:
        """95 % interval of `flat`, floors held fixed; None where no replicate has a value."""
        bounds = percentiles(self.draws)
        return (bounds.low, bounds.high) if np.isfinite(bounds.low) else None


def scaled(tasks: Sequence[TaskColumn]) -> list[TaskColumn]:
    """Return the tasks that a mean covers: those with a floor and a perfect score that differ."""
    return [t for t in tasks if None not in (t.perfect, t.floor) and t.perfect != t.floor]


def means(
    entries: Sequence[EntryKey], counted: Sequence[TaskColumn], standings: Mapping[str, TaskTests]
) -> dict[EntryKey, Mean]:
    """Compute the means of the entries that have a score on every task that a mean covers."""
    tasks = scaled(counted)
    if not tasks:
        return {}
    full = [
        entry for entry in entries if all(entry in standings[task.name].points for task in tasks)
    ]
    return {entry: _mean(entry, tasks, standings) for entry in full}


def _mean(entry: EntryKey, tasks: Sequence[TaskColumn], standings: Mapping[str, TaskTests]) -> Mean:
    by_source: dict[str, list[float]] = defaultdict(list)
    draws = []
    for task in tasks:
        assert task.perfect is not None and task.floor is not None
        standing, width = standings[task.name], task.perfect - task.floor
        by_source[task.source].append((standing.points[entry] - task.floor) / width)
        draws.append((standing.draws[entry] - task.floor) / width)
    shortest = min(map(len, draws))
    return Mean(
        flat=float(np.mean([share for shares in by_source.values() for share in shares])),
        by_source=float(np.mean([np.mean(shares) for shares in by_source.values()])),
        draws=np.asarray(np.mean([d[:shortest] for d in draws], axis=0)),
    )

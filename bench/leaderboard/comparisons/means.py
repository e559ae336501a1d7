"""Mean over tasks of (score - floor) / (perfect - floor), with its bootstrap replicates."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from bench.leaderboard.board import TaskColumn
from bench.leaderboard.comparisons.task_tests import TaskTests
from bench.leaderboard.entry_key import EntryKey
from bench.scoring.bootstrap import percentiles
from bench.scoring.seed_noise import SeedParts
from bench.scoring.significance import Floats
from bench.scoring.two_way import widened


@dataclass(frozen=True)
class Mean:
    """The mean score of an entry.

    Args:
        flat: mean with tasks weighted equally.
        by_source: mean with sources weighted equally.
        draws: (draws,) `flat` of each bootstrap replicate. Tasks are resampled independently; a
            replicate of a task uses the same examples for all entries, so that the means of two
            entries are paired.
        shares: (tasks,) the scores that `flat` is the mean of.
        seeds: seed noise of `flat`: that of the tasks added up.
        seen: the part of `seeds` that was measured from several seeds.
        units: conservatively, the number of resampling units of the smallest task.
    """

    flat: float
    by_source: float
    draws: Floats
    shares: Floats
    seeds: SeedParts
    seen: SeedParts
    units: int

    @property
    def interval(self) -> tuple[float, float] | None:
        """95 % interval of `flat`, floors held fixed; it holds the noise of seeds where an entry
        has several. None where no replicate has a value."""
        found = percentiles(self.draws)
        if not np.isfinite(found.low):
            return None
        variance = np.asarray(np.var(self.draws[np.isfinite(self.draws)]))
        bounds, point = np.array([found.low, found.high]), np.array(self.flat)
        low, high = widened(bounds, point, variance, seeds=self.seen, units=self.units).tolist()
        return low, high


def scaled(tasks: Sequence[TaskColumn]) -> list[TaskColumn]:
    """Return the tasks that a mean covers: those with a floor and a perfect score that differ."""
    return [t for t in tasks if None not in (t.perfect, t.floor) and t.perfect != t.floor]


def means(
    rows: Sequence[EntryKey], counted: Sequence[TaskColumn], standings: Mapping[str, TaskTests]
) -> dict[EntryKey, Mean]:
    """Compute the means of the entries that have a score on every task that a mean covers."""
    tasks = scaled(counted)
    if not tasks:
        return {}
    full = [row for row in rows if all(row in standings[task.name].points for task in tasks)]
    return {row: _mean(row, tasks, standings) for row in full}


def _mean(row: EntryKey, tasks: Sequence[TaskColumn], standings: Mapping[str, TaskTests]) -> Mean:
    by_source: dict[str, list[float]] = defaultdict(list)
    draws, shares, widths = [], [], []
    for task in tasks:
        assert task.perfect is not None and task.floor is not None
        standing, width = standings[task.name], task.perfect - task.floor
        shares.append((standing.points[row] - task.floor) / width)
        by_source[task.source].append(shares[-1])
        draws.append((standing.draws[row] - task.floor) / width)
        widths.append(width)
    shortest = min(map(len, draws))
    noises = [standings[task.name].noises[row] for task in tasks]
    parts, weights = SeedParts.of(noises), 1 / (len(tasks) * np.array(widths))
    several = np.array([noise.origin == "measured" for noise in noises])
    return Mean(
        flat=float(np.mean(shares)),
        by_source=float(np.mean([np.mean(shares) for shares in by_source.values()])),
        draws=np.asarray(np.mean([d[:shortest] for d in draws], axis=0)),
        shares=np.array(shares),
        seeds=parts.summed(weights),
        seen=parts.only(several).summed(weights[several]),
        units=min(task.test_groups for task in tasks),
    )

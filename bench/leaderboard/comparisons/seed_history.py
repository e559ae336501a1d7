"""Seed noise of a board's cells: measured from their own seeds, or borrowed from the family's other
cells."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from bench.leaderboard.comparisons.main_metric import (
    direction,
    main_score,
    seed_replicates,
    seed_scores,
)
from bench.leaderboard.entry_key import EntryKey
from bench.leaderboard.gather import CellParts, Gathered, TaskParts, TaskRun
from bench.leaderboard.older_results import is_floor
from bench.scoring.seed_noise import (
    FamilyCell,
    SeedNoise,
    borrowed,
    moderated,
    seed_variance,
    unseeded,
)


@dataclass(frozen=True)
class SeedHistory:
    """The seed noise of each family, as far as the stored results show it.

    Args:
        families: by baseline, its cells with several seeds, of all tasks.
        measured: noise of those cells, by task and entry.
        widths: width of the scale of each task's main metric.
    """

    families: Mapping[str, Sequence[FamilyCell]]
    measured: Mapping[tuple[str, EntryKey], SeedNoise]
    widths: Mapping[str, float]

    def noise(self, task: str, row: EntryKey, parts: Sequence[TaskRun]) -> SeedNoise:
        """Return the seed noise of an entry on a task.

        Submitted predictions have none: they are compared as they are.
        """
        if row.outside or not any(part.run.seeded for part in parts):
            return unseeded(len(parts))
        own = self.measured.get((task, row))
        if own is not None:
            return own
        cells = self.families.get(row.baseline, ())
        return borrowed(row.baseline, task, cells, width=self.widths.get(task, 1.0))


NO_HISTORY = SeedHistory({}, {}, {})


def seed_history(gathered: Gathered) -> SeedHistory:
    """Collect the cells with several seeds, whatever test examples they were scored on."""
    families: dict[str, list[FamilyCell]] = defaultdict(list)
    known: dict[tuple[str, EntryKey], SeedNoise] = {}
    widths = {name: _width(task) for name, task in gathered.tasks.items()}
    for name, task in gathered.tasks.items():
        for row, cell in task.cells.items():
            scores = seed_scores(cell.done)
            if len(scores) < 2 or row.outside or not np.isfinite(scores).all():
                continue
            gross, held, df = seed_variance(scores, seed_replicates(cell.done))
            known[name, row] = moderated(gross, held, df)
            if widths[name] > 0 and any(part.run.seeded for part in cell.done):
                families[row.baseline].append(FamilyCell(name, gross, held, df, widths[name]))
    return SeedHistory(families, known, widths)


def _width(task: TaskParts) -> float:
    """Return 1 for scores up to 1; otherwise the distance from the floor to perfect, or as much of
    it as is known."""
    if task.newest is None:
        return 1.0
    way = direction(task.newest.facts)
    if way.greater_is_better and way.perfect == 1:
        return 1.0
    scores = {row: main_score(cell.done) for row, cell in _comparable(task).items()}
    floors = [s for row, s in scores.items() if is_floor(task.cells[row].newest.run)]
    ends = [s for s in (floors or scores.values()) if np.isfinite(s)]
    if way.perfect is not None:
        return max((abs(way.perfect - s) for s in ends), default=0.0)
    known = [s for s in scores.values() if np.isfinite(s)]
    return max(known) - min(known) if known else 0.0


def _comparable(task: TaskParts) -> dict[EntryKey, CellParts]:
    return {row: cell for row, cell in task.cells.items() if cell.done and cell.comparable}

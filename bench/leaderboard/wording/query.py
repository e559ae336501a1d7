"""Queries over a leaderboard that the sentences need: ranked entries, their tasks, significant
differences."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from bench.leaderboard.board import Cell, Entry, Leaderboard, TaskColumn
from bench.leaderboard.comparisons.task_tests import ALPHA
from bench.leaderboard.findings import Comparison
from bench.leaderboard.wording.names import listed, name


@dataclass(frozen=True)
class BoardQuery:
    """Queries over one leaderboard."""

    board: Leaderboard

    @cached_property
    def ranked(self) -> list[Entry]:
        """Ranked entries, in the order of the leaderboard."""
        return [entry for entry in self.board.rows if entry.ranked]

    @cached_property
    def non_floor(self) -> list[Entry]:
        """Ranked entries that are not floor entries."""
        return [entry for entry in self.ranked if not entry.is_floor]

    @cached_property
    def tasks(self) -> list[TaskColumn]:
        """Tasks on which some entry is ranked."""
        return [t for t in self.board.tasks if any(rank(entry, t) for entry in self.ranked)]

    @cached_property
    def done(self) -> list[Cell]:
        """Cells of ranked entries that have a score."""
        cells = (cell for entry in self.ranked for cell in entry.cells.values())
        return [cell for cell in cells if cell.status == "done"]

    @cached_property
    def _comparisons(self) -> dict[tuple[str, frozenset[str]], Comparison]:
        comparisons = (*self.board.comparisons, *self.board.mean_comparisons)
        return {(c.task, frozenset((c.first, c.second))): c for c in comparisons}

    def comparison(self, task: str, first: Entry, second: Entry) -> Comparison | None:
        """Return the comparison of two entries on a task, or by their means where `task` is empty,
        in either order."""
        return self._comparisons.get((task, frozenset((first.id, second.id))))

    def differ(self, task: str, first: Entry, second: Entry) -> bool | None:
        """Return whether two entries differ significantly; None where they were not tested."""
        comparison = self.comparison(task, first, second)
        if comparison is None or comparison.p is None:
            return None
        return comparison.p < ALPHA and not (task == "" and comparison.low <= 0 <= comparison.high)

    def name(self, entry: Entry) -> str:
        """Return the entry's name in sentences."""
        return name(entry, self.ranked)

    def names(self, entries: Sequence[Entry]) -> str:
        """Return the names of several entries in sentences."""
        return listed([self.name(entry) for entry in entries])


def rank(entry: Entry, task: TaskColumn) -> int | None:
    """Return the entry's rank on a task; None without one."""
    cell = entry.cells.get(task.name)
    return None if cell is None else cell.rank


def leaders_of(entries: Sequence[Entry], task: TaskColumn) -> list[Entry]:
    """Return the entries that lead on a task or share the lead, best first."""
    placed = [entry for entry in entries if rank(entry, task)]
    leaders = [r for r in placed if r.cells[task.name].rank == 1 or r.cells[task.name].tied]
    return sorted(leaders, key=lambda entry: rank(entry, task) or 0)

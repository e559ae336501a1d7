"""Queries over a leaderboard that the sentences need: ranked entries, their tasks, significant
differences."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from bench.leaderboard.board import Cell, Leaderboard, Row, TaskColumn
from bench.leaderboard.comparisons.task_tests import ALPHA
from bench.leaderboard.findings import Comparison
from bench.leaderboard.wording.names import listed, name


@dataclass(frozen=True)
class BoardQuery:
    """Queries over one leaderboard."""

    board: Leaderboard

    @cached_property
    def ranked(self) -> list[Row]:
        """Ranked entries, in the order of the leaderboard."""
        return [row for row in self.board.rows if row.ranked]

    @cached_property
    def readers(self) -> list[Row]:
        """Ranked entries that are not floor entries."""
        return [row for row in self.ranked if not row.is_floor]

    @cached_property
    def tasks(self) -> list[TaskColumn]:
        """Tasks on which some entry is ranked."""
        return [t for t in self.board.tasks if any(rank(row, t) for row in self.ranked)]

    @cached_property
    def done(self) -> list[Cell]:
        """Cells of ranked entries that have a score."""
        cells = (cell for row in self.ranked for cell in row.cells.values())
        return [cell for cell in cells if cell.status == "done"]

    @cached_property
    def _contests(self) -> dict[tuple[str, frozenset[str]], Comparison]:
        comparisons = (*self.board.contests, *self.board.mean_contests)
        return {(c.task, frozenset((c.first, c.second))): c for c in comparisons}

    def contest(self, task: str, first: Row, second: Row) -> Comparison | None:
        """Return the comparison of two entries on a task, or by their means where `task` is empty,
        in either order."""
        return self._contests.get((task, frozenset((first.id, second.id))))

    def apart(self, task: str, first: Row, second: Row) -> bool | None:
        """Return whether two entries differ significantly; None where they were not tested."""
        comparison = self.contest(task, first, second)
        if comparison is None or comparison.p is None:
            return None
        return comparison.p < ALPHA and not (task == "" and comparison.low <= 0 <= comparison.high)

    def name(self, row: Row) -> str:
        """Return the entry's name in sentences."""
        return name(row, self.ranked)

    def names(self, rows: Sequence[Row]) -> str:
        """Return the names of several entries in sentences."""
        return listed([self.name(row) for row in rows])


def rank(row: Row, task: TaskColumn) -> int | None:
    """Return the entry's rank on a task; None without one."""
    cell = row.cells.get(task.name)
    return None if cell is None else cell.rank


def tops(rows: Sequence[Row], task: TaskColumn) -> list[Row]:
    """Return the entries that lead on a task or share the lead, best first."""
    placed = [row for row in rows if rank(row, task)]
    leaders = [r for r in placed if r.cells[task.name].rank == 1 or r.cells[task.name].tied]
    return sorted(leaders, key=lambda row: rank(row, task) or 0)

"""The leaderboard in words: the content of the page's and of the Markdown table, computed before
any template."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from bench.data.checks import told
from bench.leaderboard.board import HUMAN, Cell, Leaderboard, Row, TaskColumn
from bench.leaderboard.comparisons.means import scaled
from bench.leaderboard.wording import format as words
from bench.reports.tables import costs


@dataclass(frozen=True)
class CellView:
    """One cell of the table; `status` is done, failed, skipped or none."""

    status: str
    task: str
    anchor: str = ""
    heat: int | None = None
    """Shading by closeness to the best of the task, 0 to `HEAT` - 1; None for a task with equal
    scores."""
    score: str = ""
    interval: str = ""
    rank: str = ""
    best: bool = False
    """True for the first of the task, and for entries tied with it."""
    tied: bool = False
    not_above_floor: bool = False
    comparable: bool = True

    @property
    def beneath(self) -> tuple[str, ...]:
        """Lines under the score."""
        rank = f"rank {self.rank}" if self.rank else ""
        floor = "not above floor" if self.not_above_floor else ""
        rows = "" if self.comparable else "other test rows"
        return tuple(filter(None, (self.interval, rank, floor, rows)))


@dataclass(frozen=True)
class RowView:
    """One line of the table."""

    id: str
    name: str
    about: str
    marks: tuple[str, ...]
    """Remarks on the entry: floor, default recipe."""
    ranked: bool
    outside: bool
    summary: tuple[str, ...]
    """Summary values in the order of SUMMARY."""
    mean_interval: str
    part: str
    """Number of tasks on which it is ranked, where it is not ranked on each."""
    cells: tuple[CellView, ...]
    cost: tuple[str, ...]
    """Costs in the order of `cost_heads`; means over the tasks of the entry's mean, as in the
    chart."""


@dataclass(frozen=True)
class TaskView:
    """One line of the table of tasks: its facts in the order of TASK."""

    name: str
    metric: str
    suite: str
    seen: bool
    """True if its test split was, or may have been, in the training data of pretrained models."""
    facts: tuple[str, ...]


HEAT = 7
"""Number of shading steps."""
SUMMARY = ("mean", "by source", "mean rank", "win rate")
TASK = (
    "version",
    "main metric",
    "test rows",
    "groups",
    "floor",
    "smallest detectable difference",
    "data checks",
    "test scored",
    "seen in pretraining",
    "source",
    "licence",
    "citation",
)


def scored(board: Leaderboard) -> Leaderboard:
    """Return the leaderboard without the tasks that no entry has scored, if there are others: those
    are listed under failures and skips."""
    tasks = tuple(task for task in board.tasks if task.test_scored)
    return replace(board, tasks=tasks) if tasks else board


def scored_on(board: Leaderboard, task: TaskColumn) -> list[Row]:
    """Return the entries with a score on a task, without the human entry."""
    cells = ((row, row.cells.get(task.name)) for row in board.rows if row.id != HUMAN)
    return [row for row, cell in cells if cell is not None and cell.status == "done"]


@dataclass(frozen=True)
class _Range:
    """The worst and the best score of a task among the ranked entries."""

    worst: float
    best: float

    def heat(self, score: float) -> int | None:
        if self.best == self.worst or not math.isfinite(score):
            return None
        share = (score - self.worst) / (self.best - self.worst)
        return min(HEAT - 1, max(0, int(share * HEAT)))


def _range(task: TaskColumn, rows: Sequence[Row]) -> _Range:
    cells = [row.cells[task.name] for row in rows if row.ranked and task.name in row.cells]
    found = [c.scores.get(c.main_metric, math.nan) for c in cells if c.status == "done"]
    known = [score for score in found if math.isfinite(score)] or [0.0]
    ends = (min(known), max(known))
    return _Range(*ends) if task.greater_is_better else _Range(*reversed(ends))


def cell_view(row: Row, task: TaskColumn, number: int, span: _Range) -> CellView:
    """Return an entry's cell on the task with that number."""
    cell = row.cells.get(task.name)
    if cell is None:
        return CellView("none", task.name)
    anchor = f"{row.id}-{number}"
    if cell.status != "done":
        return CellView(cell.status, task.name, anchor)
    return CellView(
        status="done",
        task=task.name,
        anchor=anchor,
        heat=span.heat(cell.scores.get(cell.main_metric, math.nan)),
        score=words.score(cell.scores.get(cell.main_metric)),
        interval=words.interval(cell.intervals.get(cell.main_metric)),
        rank=words.ranks(cell),
        best=is_best(cell, task),
        tied=cell.tied,
        not_above_floor=cell.above_floor is False,
        comparable=cell.comparable,
    )


def is_best(cell: Cell, task: TaskColumn) -> bool:
    """Return whether a score is marked as the best of its task or tied with it."""
    return (cell.tied or cell.rank == 1) and not task.few_units


def counted(board: Leaderboard) -> int:
    """Return the number of tasks on which some entry is ranked: those of mean rank and win rate."""
    cells = (cell for row in board.rows for cell in row.cells.values())
    return len({cell.task for cell in cells if cell.rank is not None})


def cost_heads(board: Leaderboard) -> tuple[str, ...]:
    """Return the headings of an entry's costs."""
    return costs.heads(board, _averaged(board))


def _averaged(board: Leaderboard) -> list[str]:
    return [task.name for task in scaled(board.tasks)]


def row_views(board: Leaderboard) -> tuple[RowView, ...]:
    """Return the lines of the table, best first."""
    spans = [_range(task, board.rows) for task in board.tasks]
    tasks, cost = counted(board), costs.of_rows(board, _averaged(board))
    return tuple(
        RowView(
            id=row.id,
            name=words.name(row),
            about=words.about(row),
            marks=tuple(_marks(row)),
            ranked=row.ranked,
            outside=row.outside,
            summary=_summary(row),
            mean_interval=words.interval(row.mean_interval),
            part=words.part(row, tasks),
            cells=tuple(
                cell_view(row, task, i, span)
                for i, (task, span) in enumerate(zip(board.tasks, spans, strict=True))
            ),
            cost=cost[row.id],
        )
        for row in board.rows
    )


def _marks(row: Row) -> Iterator[str]:
    if row.is_floor:
        yield "floor"
    elif row.ranked and not row.outside and not row.params and not row.variant:
        yield "default recipe"


def _summary(row: Row) -> tuple[str, ...]:
    rank = words.NONE if row.mean_rank is None else f"{row.mean_rank:.1f}"
    win = words.NONE if row.win_rate is None else f"{row.win_rate:.0%}"
    return (words.score(row.mean), words.score(row.mean_by_source), rank, win)


def task_views(board: Leaderboard) -> tuple[TaskView, ...]:
    """Return the lines of the table of tasks."""
    return tuple(
        TaskView(
            task.name,
            task.main_metric,
            task.suite or "",
            task.seen_in_pretraining == "yes",
            _task_facts(task),
        )
        for task in board.tasks
    )


def _task_facts(task: TaskColumn) -> tuple[str, ...]:
    if not task.test_scored:
        return ("not scored by any row", *[""] * (len(TASK) - 1))
    times = "once" if task.test_scored == 1 else f"{task.test_scored:,} times"
    better = "" if task.greater_is_better else " (smaller is better)"
    return (
        str(task.version),
        task.main_metric + better,
        f"{task.test_rows:,}",
        f"{task.test_groups:,}",
        words.score(task.floor),
        words.score(task.detectable),
        told(task.checks) or "nothing found",
        times,
        task.seen_in_pretraining,
        task.source,
        task.licence,
        task.citation,
    )

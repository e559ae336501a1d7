"""The board as words: what the page and the Markdown table show, computed before any template."""

from dataclasses import dataclass

from bench.board import Cell, Leaderboard, Row, TaskColumn
from bench.reports import words


@dataclass(frozen=True)
class CellView:
    """One cell of the grid; `status` is done, failed, skipped or none."""

    status: str
    task: str
    anchor: str = ""
    score: str = ""
    interval: str = ""
    rank: str = ""
    best: bool = False
    """First of its task, or tied with the first."""
    tied: bool = False
    not_above_floor: bool = False
    comparable: bool = True


@dataclass(frozen=True)
class RowView:
    """One line of the grid."""

    id: str
    name: str
    about: str
    is_floor: bool
    ranked: bool
    outside: bool
    summary: tuple[str, ...]
    """In the order of SUMMARY."""
    cells: tuple[CellView, ...]
    cost: tuple[str, ...]
    """In the order of COST; means over the row's tasks."""


@dataclass(frozen=True)
class TaskView:
    """One line of the task table: its facts in the order of TASK."""

    name: str
    metric: str
    suite: str
    facts: tuple[str, ...]


SUMMARY = ("mean", "by source", "mean rank", "win rate")
COST = ("fit", "train rows/s", "predict 1,000", "peak memory", "parameters", "model size")
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


def cell_view(row: Row, task: TaskColumn, number: int) -> CellView:
    """A row's cell on the task of that number."""
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
        score=words.score(cell.scores.get(cell.main_metric)),
        interval=words.interval(cell.intervals.get(cell.main_metric)),
        rank=words.ranks(cell),
        best=cell.tied or cell.rank == 1,
        tied=cell.tied,
        not_above_floor=cell.above_floor is False,
        comparable=cell.comparable,
    )


def row_views(board: Leaderboard) -> tuple[RowView, ...]:
    """The grid's lines, best first."""
    return tuple(
        RowView(
            id=row.id,
            name=words.name(row),
            about=words.about(row),
            is_floor=row.is_floor,
            ranked=row.ranked,
            outside=row.outside,
            summary=_summary(row),
            cells=tuple(cell_view(row, task, i) for i, task in enumerate(board.tasks)),
            cost=_cost(row),
        )
        for row in board.rows
    )


def _summary(row: Row) -> tuple[str, ...]:
    rank = words.NONE if row.mean_rank is None else f"{row.mean_rank:.1f}"
    win = words.NONE if row.win_rate is None else f"{row.win_rate:.0%}"
    return (words.score(row.mean), words.score(row.mean_by_source), rank, win)


def _cost(row: Row) -> tuple[str, ...]:
    means = [words.mean_cost(row, name) for name in _UNITS]
    pairs = zip(_UNITS.values(), means, strict=True)
    return tuple(words.NONE if mean is None else unit(mean) for unit, mean in pairs)


_UNITS = {
    "fit_seconds": words.seconds,
    "examples_per_second": words.rate,
    "predict_seconds_per_1000": words.seconds,
    "peak_bytes": words.size,
    "parameters": words.number,
    "model_bytes": words.size,
}


def cost_of(cell: Cell) -> tuple[str, ...]:
    """One cell's cost in the order of COST, or nothing."""
    cost = cell.cost
    if cost is None:
        return ()
    return tuple(unit(getattr(cost, name)) for name, unit in _UNITS.items())


def task_views(board: Leaderboard) -> tuple[TaskView, ...]:
    """The lines of the task table."""
    return tuple(
        TaskView(task.name, task.main_metric, task.suite or "", _task_facts(task))
        for task in board.tasks
    )


def _task_facts(task: TaskColumn) -> tuple[str, ...]:
    if not task.test_scored:
        return ("not scored by any row", *[""] * (len(TASK) - 1))
    checks = ", ".join(f"{count:,} {name.replace('_', ' ')}" for name, count in task.checks.items())
    times = "once" if task.test_scored == 1 else f"{task.test_scored:,} times"
    better = "" if task.greater_is_better else " (smaller is better)"
    return (
        str(task.version),
        task.main_metric + better,
        f"{task.test_rows:,}",
        f"{task.test_groups:,}",
        words.score(task.floor),
        words.score(task.detectable),
        checks or "nothing found",
        times,
        task.seen_in_pretraining,
        task.source,
        task.licence,
        task.citation,
    )

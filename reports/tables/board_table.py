"""The leaderboard in words: the content of the page's and of the Markdown table, computed before
any template."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from bench.leaderboard.board import HUMAN, Cell, Entry, Leaderboard, TaskColumn
from bench.leaderboard.comparisons.means import scaled
from bench.leaderboard.wording import format as words
from bench.leaderboard.wording.protocol import aside
from bench.reports.tables import costs
from bench.reports.tables.data_checks import in_words


@dataclass(frozen=True)
class CellView:
    """One cell of the table; `status` is done, failed, skipped or none."""

    status: str
    task: str
    anchor: str = ""
    heat: int | None = None
    """Shading by closeness to the best of the task, 0 to `HEAT` - 1; None for a task with equal
    scores, and for a score that is not compared with the others."""
    score: str = ""
    interval: str = ""
    rank: str = ""
    best: bool = False
    """True for the first of the task, and for entries tied with it."""
    tied: bool = False
    not_above_floor: bool = False
    aside: str = ""
    """Why it is not compared with the others; empty where it is."""

    @property
    def beneath(self) -> tuple[str, ...]:
        """Lines under the score."""
        rank = f"rank {self.rank}" if self.rank else ""
        floor = "not above floor" if self.not_above_floor else ""
        return tuple(filter(None, (self.interval, rank, floor, self.aside)))


@dataclass(frozen=True)
class EntryView:
    """One line of the table."""

    id: str
    name: str
    about: str
    marks: tuple[str, ...]
    """Remarks on the entry: floor, default settings."""
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
SUMMARY = ("mean", "mean by source", "mean rank", "win rate")
TASK = (
    "version",
    "main metric",
    "test examples",
    "groups",
    "floor",
    "smallest detectable difference",
    "data checks",
    "test split scored",
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


def scored_on(board: Leaderboard, task: TaskColumn) -> list[Entry]:
    """Return the entries with a score on a task, without the human entry."""
    cells = ((entry, entry.cells.get(task.name)) for entry in board.rows if entry.id != HUMAN)
    return [entry for entry, cell in cells if cell is not None and cell.status == "done"]


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


def _range(task: TaskColumn, entries: Sequence[Entry]) -> _Range:
    cells = [
        entry.cells[task.name] for entry in entries if entry.ranked and task.name in entry.cells
    ]
    scores = [c.scores.get(c.main_metric, math.nan) for c in cells if c.status == "done"]
    known = [score for score in scores if math.isfinite(score)] or [0.0]
    ends = (min(known), max(known))
    return _Range(*ends) if task.greater_is_better else _Range(*reversed(ends))


def cell_view(entry: Entry, task: TaskColumn, number: int, span: _Range) -> CellView:
    """Return an entry's cell on the task with that number."""
    cell = entry.cells.get(task.name)
    if cell is None:
        return CellView("none", task.name)
    anchor = f"{entry.id}-{number}"
    if cell.status != "done":
        return CellView(cell.status, task.name, anchor)
    return CellView(
        status="done",
        task=task.name,
        anchor=anchor,
        heat=span.heat(cell.scores.get(cell.main_metric, math.nan)) if cell.comparable else None,
        score=words.score(cell.scores.get(cell.main_metric)),
        interval=words.interval(cell.intervals.get(cell.main_metric)),
        rank=words.ranks(cell),
        best=is_best(cell, task),
        tied=cell.tied,
        not_above_floor=cell.above_floor is False,
        aside=aside(cell, task),
    )


def is_best(cell: Cell, task: TaskColumn) -> bool:
    """Return whether a score is marked as the best of its task or tied with it."""
    return (cell.tied or cell.rank == 1) and not task.few_units


def counted(board: Leaderboard) -> int:
    """Return the number of tasks on which some entry is ranked: those of mean rank and win rate."""
    cells = (cell for entry in board.rows for cell in entry.cells.values())
    return len({cell.task for cell in cells if cell.rank is not None})


def cost_heads(board: Leaderboard) -> tuple[str, ...]:
    """Return the headings of an entry's costs."""
    return costs.heads(board, _averaged(board))


def _averaged(board: Leaderboard) -> list[str]:
    return [task.name for task in scaled(board.tasks)]


def entry_views(board: Leaderboard) -> tuple[EntryView, ...]:
    """Return the lines of the table, best first."""
    spans = [_range(task, board.rows) for task in board.tasks]
    tasks, cost = counted(board), costs.of_entries(board, _averaged(board))
    return tuple(
        EntryView(
            id=entry.id,
            name=words.name(entry),
            about=words.about(entry),
            marks=tuple(_marks(entry)),
            ranked=entry.ranked,
            outside=entry.outside,
            summary=_summary(entry),
            mean_interval=words.interval(entry.mean_interval),
            part=words.part(entry, tasks),
            cells=tuple(
                cell_view(entry, task, i, span)
                for i, (task, span) in enumerate(zip(board.tasks, spans, strict=True))
            ),
            cost=cost[entry.id],
        )
        for entry in board.rows
    )


def _marks(entry: Entry) -> Iterator[str]:
    if entry.is_floor:
        yield "floor"
    elif entry.ranked and not entry.outside and not entry.params and not entry.variant:
        yield "default settings"


def _summary(entry: Entry) -> tuple[str, ...]:
    rank = words.NONE if entry.mean_rank is None else f"{entry.mean_rank:.1f}"
    win = words.NONE if entry.win_rate is None else f"{entry.win_rate:.0%}"
    return (words.score(entry.mean), words.score(entry.mean_by_source), rank, win)


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
        return ("no entry has a score", *[""] * (len(TASK) - 1))
    times = "once" if task.test_scored == 1 else f"{task.test_scored:,} times"
    better = "" if task.greater_is_better else " (smaller is better)"
    return (
        str(task.version),
        task.main_metric + better,
        f"{task.test_rows:,}",
        f"{task.test_groups:,}",
        words.score(task.floor),
        words.score(task.detectable),
        in_words(task.checks) or "nothing found",
        times,
        task.seen_in_pretraining,
        task.source,
        task.licence,
        task.citation,
    )

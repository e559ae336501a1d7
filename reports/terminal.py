"""The leaderboard as a rich table for a terminal: names are escaped, so that markup in them is
shown as text."""

from rich.console import Group
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from bench.leaderboard.board import Cell, Leaderboard, Row, TaskColumn
from bench.leaderboard.wording import format as words
from bench.leaderboard.wording.advice_text import MEANING
from bench.reports.tables import board_table as view
from bench.reports.tables import multi_task, readouts, word_table
from bench.reports.tables import recommendations as take
from bench.visible import visible

FEW_TASKS, FEW_ROWS = 2, 5
"""Maximum numbers of tasks and of entries that fit across a terminal; with more tasks, tasks run
down and the best entries across."""
FEW_LINES = 12
"""Maximum number of cells whose other readouts a terminal shows."""
SUMMARY = ("mean", "mean rank", "win rate")
TITLE = "Leaderboard"
_KEY = "= tied with the best; ▽ not above the floor."


def table(board: Leaderboard) -> Table:
    """Return the main metric of each cell, with marks for ties and the floor."""
    down = len(board.tasks) > FEW_TASKS
    rows = board.rows[:FEW_ROWS] if down else board.rows
    notes = list(board.limits)
    if len(rows) < len(board.rows):
        which = f"The first {len(rows)} of {len(board.rows)} rows"
        notes.append(f"{which}; `bench report --format html` shows all.")
    found = Table(title=TITLE, caption=escape("\n".join((*notes, _KEY))))
    found.caption_justify = "left"
    found.add_column("task" if down else "baseline", overflow="fold")
    if down:
        _tasks_down(found, board, rows)
    else:
        _rows_down(found, board)
    return found


def everything(board: Leaderboard) -> Group:
    """Return the verdict, the recommendations, the leaderboard, and below it the other readouts and
    the multi-task entries, if any."""
    beside = (
        _beside(readouts.READOUTS, readouts.MEANING, readouts.readouts(board)),
        _beside(multi_task.TWINS, multi_task.TWINS_MEANING, multi_task.twins(board)),
    )
    answer = Text(visible(" ".join(board.verdict)))
    parts = (taken(board), table(board), *beside)
    return Group(answer, *(found for found in parts if found.rows or found.title == TITLE))


def taken(board: Leaderboard) -> Table:
    """Return the recommended entry and its cost for each task."""
    found = Table(title=take.TITLE, caption=escape(MEANING), caption_justify="left")
    advised = take.take(board)
    for heading in advised.head:
        found.add_column(heading, overflow="fold")
    for line in advised.lines:
        found.add_row(*(escape(visible(word)) for word in (line.name, *line.words)))
    return found


def _beside(title: str, meaning: str, facts: word_table.Table) -> Table:
    """Return a table with one column for headings and their words: a terminal is too narrow for one
    column each."""
    found = Table(title=title, caption=escape(meaning), caption_justify="left", show_lines=True)
    if len(facts.lines) > FEW_LINES:
        which = (
            f"The first {FEW_LINES} of {len(facts.lines)}; `bench report --format html` has all."
        )
        found.caption = escape(f"{which}\n{meaning}")
    found.add_column(facts.head[0], overflow="fold", max_width=30)
    found.add_column("figures", overflow="fold")
    for line in facts.lines[:FEW_LINES]:
        pairs = zip(facts.head[1:], line.words, strict=True)
        told = (f"{head} {visible(word)}" for head, word in pairs if word != words.NONE)
        found.add_row(_named(line.name, line.about), escape("; ".join(told)))
    return found


def _rows_down(found: Table, board: Leaderboard) -> None:
    tasks = view.counted(board)
    for heading in (*map(_heading, board.tasks), *SUMMARY):
        found.add_column(heading, justify="right", overflow="fold")
    for row in board.rows:
        cells = [_cell(row.cells.get(task.name), task) for task in board.tasks]
        found.add_row(_name(row), *cells, *_summary(row, tasks))


def _tasks_down(found: Table, board: Leaderboard, rows: tuple[Row, ...]) -> None:
    for row in rows:
        found.add_column(_name(row), justify="right", overflow="fold")
    for task in board.tasks:
        cells = [_cell(row.cells.get(task.name), task) for row in rows]
        found.add_row(_heading(task), *cells, end_section=task is board.tasks[-1])
    tasks = view.counted(board)
    for i, name in enumerate(SUMMARY):
        found.add_row(name, *(_summary(row, tasks)[i] for row in rows))


def _heading(task: TaskColumn) -> str:
    metric = f"\n[dim]{escape(visible(task.main_metric))}[/dim]" if task.main_metric else ""
    return escape(visible(task.name)) + metric


def _name(row: Row) -> str:
    return _named(words.name(row), words.about(row))


def _named(name: str, about: str) -> str:
    plain = escape(visible(name))
    return f"{plain}\n[dim]{escape(visible(about))}[/dim]" if about else plain


def _cell(cell: Cell | None, task: TaskColumn) -> str:
    if cell is None:
        return words.NONE
    if cell.status != "done":
        return f"[dim]{cell.status}[/dim]"
    marks = (" =" if cell.tied else "") + (" ▽" if cell.above_floor is False else "")
    score = words.score(cell.scores.get(cell.main_metric))
    return f"[bold]{score}[/bold]{marks}" if view.is_best(cell, task) else f"{score}{marks}"


def _summary(row: Row, tasks: int) -> tuple[str, str, str]:
    rank = words.NONE if row.mean_rank is None else f"{row.mean_rank:.1f}"
    if part := words.part(row, tasks):
        rank = f"{rank}\n[dim]{part}[/dim]"
    win = words.NONE if row.win_rate is None else f"{row.win_rate:.0%}"
    return words.score(row.mean), rank, win

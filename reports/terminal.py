"""The leaderboard as a rich table for a terminal: names are escaped, so that markup in them is
shown as text."""

from rich.console import Group
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from bench.costs.volumes import DEFAULT
from bench.leaderboard.board import Cell, Entry, Leaderboard, TaskColumn
from bench.leaderboard.wording import format as words
from bench.leaderboard.wording.advice import meaning
from bench.leaderboard.wording.protocol import TITLE, aside, protocol
from bench.reports.tables import board_table as view
from bench.reports.tables import multi_task, readouts, volumes, word_table
from bench.reports.tables import recommendations as take
from bench.visible import visible

FEW_TASKS, FEW_ROWS = 2, 5
"""Maximum numbers of tasks and of entries that fit across a terminal; with more tasks, tasks run
down and the best entries across."""
FEW_LINES = 12
"""Maximum number of cells whose other readouts a terminal shows."""
SUMMARY = ("mean", "mean rank", "win rate")
FIGURES = (2, 3, 4, 5)
"""Columns of a recommendation that hold figures."""
NARROWEST = len("all tasks")
"""Smallest width of a column of names."""
_KEY = "= tied with the best; ▽ not significantly above the floor."


def table(board: Leaderboard) -> Table:
    """Return the main metric of each cell, with marks for ties and the floor."""
    down = len(board.tasks) > FEW_TASKS
    entries = board.rows[:FEW_ROWS] if down else board.rows
    notes = [protocol(board), *board.limits]
    if len(entries) < len(board.rows):
        which = f"The first {len(entries)} of {len(board.rows)} entries"
        notes.append(f"{which}; `bench report --format html` shows all.")
    grid = Table(title=TITLE, caption=escape("\n".join((*notes, _KEY))))
    grid.caption_justify = "left"
    grid.add_column("task" if down else "baseline", overflow="fold")
    if down:
        _tasks_down(grid, board, entries)
    else:
        _entries_down(grid, board)
    return grid


def everything(board: Leaderboard) -> Group:
    """Return the verdict, the recommendations, the leaderboard, and below it the other readouts and
    the multi-task entries, if any."""
    extra = (
        _narrow_table(readouts.READOUTS, readouts.MEANING, readouts.readouts(board)),
        _narrow_table(multi_task.TWINS, multi_task.TWINS_MEANING, multi_task.twins(board)),
    )
    chosen = board.selection.words if board.selection else ()
    answer = Text(visible("\n".join((*chosen, " ".join(board.verdict)))))
    parts = (taken(board), at_volumes(volumes.advice(board)), table(board), *extra)
    return Group(answer, *(part for part in parts if part.rows or part.title == TITLE))


def taken(board: Leaderboard) -> Table:
    """Return the recommended entry and its cost for each task."""
    return recommendations(take.recommended(board), board.needs.volume)


def recommendations(facts: word_table.Table, volume: int = DEFAULT) -> Table:
    """Return a table of recommendations for a number of texts, with an explanation."""
    found = Table(title=take.TITLE, caption=escape(meaning(volume)), caption_justify="left")
    for number, heading in enumerate(facts.head):
        # Names may break anywhere, figures only between words: they would be unreadable.
        cells = [visible((line.name, *line.words)[number]) for line in facts.lines]
        longest = max(map(len, " ".join([heading, *cells]).split()))
        narrowest = longest if number in FIGURES else min(longest, NARROWEST)
        found.add_column(heading, overflow="fold", min_width=narrowest)
    for line in facts.lines:
        found.add_row(*(escape(visible(word)) for word in (line.name, *line.words)))
    return found


def at_volumes(facts: word_table.Table) -> Table:
    """Return a table of what is recommended for other numbers of texts."""
    found = Table(title=volumes.ADVICE, caption=volumes.ADVICE_MEANING, caption_justify="left")
    for heading in facts.head:
        found.add_column(heading, overflow="fold", min_width=NARROWEST)
    for line in facts.lines:
        found.add_row(*(escape(visible(word)) for word in (line.name, *line.words)))
    return found


def _narrow_table(title: str, meaning: str, facts: word_table.Table) -> Table:
    """Return a table with one column for headings and their words: a terminal is too narrow for one
    column each."""
    grid = Table(title=title, caption=escape(meaning), caption_justify="left", show_lines=True)
    if len(facts.lines) > FEW_LINES:
        which = (
            f"The first {FEW_LINES} of {len(facts.lines)}; `bench report --format html` shows all."
        )
        grid.caption = escape(f"{which}\n{meaning}")
    grid.add_column(facts.head[0], overflow="fold", max_width=30)
    grid.add_column("values", overflow="fold")
    for line in facts.lines[:FEW_LINES]:
        pairs = zip(facts.head[1:], line.words, strict=True)
        values = (f"{head} {visible(word)}" for head, word in pairs if word != words.NONE)
        grid.add_row(_labelled(line.name, line.about), escape("; ".join(values)))
    return grid


def _entries_down(grid: Table, board: Leaderboard) -> None:
    tasks = view.counted(board)
    for heading in (*map(_heading, board.tasks), *SUMMARY):
        grid.add_column(heading, justify="right", overflow="fold")
    for entry in board.rows:
        cells = [_cell(entry.cells.get(task.name), task) for task in board.tasks]
        grid.add_row(_name(entry), *cells, *_summary(entry, tasks))


def _tasks_down(grid: Table, board: Leaderboard, entries: tuple[Entry, ...]) -> None:
    for entry in entries:
        grid.add_column(_name(entry), justify="right", overflow="fold")
    for task in board.tasks:
        cells = [_cell(entry.cells.get(task.name), task) for entry in entries]
        grid.add_row(_heading(task), *cells, end_section=task is board.tasks[-1])
    tasks = view.counted(board)
    for i, name in enumerate(SUMMARY):
        grid.add_row(name, *(_summary(entry, tasks)[i] for entry in entries))


def _heading(task: TaskColumn) -> str:
    metric = f"\n[dim]{escape(visible(task.main_metric))}[/dim]" if task.main_metric else ""
    return escape(visible(task.name)) + metric


def _name(entry: Entry) -> str:
    return _labelled(words.name(entry), words.about(entry))


def _labelled(name: str, about: str) -> str:
    plain = escape(visible(name))
    return f"{plain}\n[dim]{escape(visible(about))}[/dim]" if about else plain


def _cell(cell: Cell | None, task: TaskColumn) -> str:
    if cell is None:
        return words.NONE
    if cell.status != "done":
        return f"[dim]{cell.status}[/dim]"
    marks = (" =" if cell.tied else "") + (" ▽" if cell.above_floor is False else "")
    score = words.score(cell.scores.get(cell.main_metric))
    if cell.rank is None:  # not ranked: it looks apart, and says why
        lines = "\n".join(filter(None, (f"{score}{marks}", aside(cell, task))))
        return f"[dim]{lines}[/dim]"
    return f"[bold]{score}[/bold]{marks}" if view.is_best(cell, task) else f"{score}{marks}"


def _summary(entry: Entry, tasks: int) -> tuple[str, str, str]:
    rank = words.NONE if entry.mean_rank is None else f"{entry.mean_rank:.1f}"
    if part := words.part(entry, tasks):
        rank = f"{rank}\n[dim]{part}[/dim]"
    win = words.NONE if entry.win_rate is None else f"{entry.win_rate:.0%}"
    return words.score(entry.mean), rank, win

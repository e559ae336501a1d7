"""The board as a rich table for a terminal: baselines down, tasks across."""

from rich.markup import escape
from rich.table import Table

from bench.board import Cell, Leaderboard, Row
from bench.reports import words


def table(board: Leaderboard) -> Table:
    """Main metric with rank of each cell; names are escaped, so markup in them shows as text."""
    found = Table(
        title="Leaderboard",
        caption=escape("\n".join((*board.limits, _KEY))),
        caption_justify="left",
    )
    found.add_column("baseline", overflow="fold", no_wrap=False)
    for task in board.tasks:
        heading = f"{task.name}\n{task.main_metric}" if task.main_metric else task.name
        found.add_column(escape(_clean(heading)), justify="right", overflow="fold")
    for name in ("mean", "mean rank", "win rate"):
        found.add_column(name, justify="right")
    for row in board.rows:
        cells = [_cell(row.cells.get(task.name)) for task in board.tasks]
        found.add_row(_name(row), *cells, *_summary(row))
    return found


_KEY = "= tied with the best; ▽ not above the floor."


def _clean(text: str) -> str:
    """Without control characters, which could steer the terminal."""
    return "".join(c if c.isprintable() or c == "\n" else "\ufffd" for c in text)


def _name(row: Row) -> str:
    extra = words.about(row)
    return escape(_clean(row.baseline)) + (f" [dim]{escape(_clean(extra))}[/dim]" if extra else "")


def _cell(cell: Cell | None) -> str:
    if cell is None:
        return words.NONE
    if cell.status != "done":
        return f"[dim]{cell.status}[/dim]"
    marks = (" =" if cell.tied else "") + (" ▽" if cell.above_floor is False else "")
    score = words.score(cell.scores.get(cell.main_metric))
    return f"[bold]{score}[/bold]{marks}" if cell.tied or cell.rank == 1 else f"{score}{marks}"


def _summary(row: Row) -> tuple[str, str, str]:
    rank = words.NONE if row.mean_rank is None else f"{row.mean_rank:.1f}"
    win = words.NONE if row.win_rate is None else f"{row.win_rate:.0%}"
    return words.score(row.mean), rank, win

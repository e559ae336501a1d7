"""The table of scores in LaTeX (booktabs)."""

from collections.abc import Sequence

from bench.leaderboard.board import Leaderboard
from bench.reports.tables import board_table as view
from bench.visible import visible

_SPECIAL = {
    "\\": r"\textbackslash{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "−": "$-$",
    **{character: "\\" + character for character in "&%$#_{}"},
}


def escape(text: str) -> str:
    """Escape a text for LaTeX."""
    line = visible(" ".join(text.split()))
    return "".join(_SPECIAL.get(character, character) for character in line)


def latex(board: Leaderboard) -> str:
    """Return a `tabular` of main metrics; the best of each task and its ties are in bold."""
    head = ["Baseline", *(escape(task.name) for task in board.tasks), "Mean"]
    metrics = ["", *(escape(task.main_metric) for task in board.tasks), ""]
    lines = [_joined(head), _joined(metrics), r"\midrule"]
    lines += [_joined(_line(entry)) for entry in view.entry_views(board)]
    columns = "l" + "r" * (len(board.tasks) + 1)
    return "\n".join(
        [rf"\begin{{tabular}}{{{columns}}}", r"\toprule", *lines, r"\bottomrule", r"\end{tabular}"]
    )


def _joined(fields: Sequence[str]) -> str:
    return " & ".join(fields) + r" \\"


def _line(entry: view.EntryView) -> list[str]:
    name = escape(entry.name) + (
        rf" {{\footnotesize {escape(entry.about)}}}" if entry.about else ""
    )
    return [name, *(_cell(cell) for cell in entry.cells), escape(entry.summary[0])]


def _cell(cell: view.CellView) -> str:
    if cell.status != "done":
        return "--"
    score = rf"\textbf{{{escape(cell.score)}}}" if cell.best else escape(cell.score)
    return f"{score} {{\\scriptsize {escape(cell.interval)}}}" if cell.interval else score

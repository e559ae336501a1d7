"""The table of scores in LaTeX (booktabs), and a matching methods paragraph."""

import re
from collections.abc import Sequence

from bench.leaderboard.board import Leaderboard
from bench.leaderboard.wording import format as words
from bench.reports.tables import board_table as view
from bench.scoring.bootstrap import DRAWS
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


def methods(board: Leaderboard) -> str:
    """Return a paragraph for a paper: entries, seeds, tests, versions; about this store alone."""
    seeds = sorted({s for entry in board.rows for cell in entry.cells.values() for s in cell.seeds})
    sizes = sorted({task.test_rows for task in board.tasks if task.test_rows})
    tasks = len(board.tasks)
    versions = [f"{name} {board.environment[key]}" for name, key in _versions(board)]
    sentences = [
        f"We compared {len(board.rows)} entries (baselines with their settings) on "
        f"{tasks} {'task' if tasks == 1 else 'tasks'} with textbench.",
        f"All entries of a task were given the same labelled examples and scored once on the same "
        f"{_sizes(sizes)} test examples, with {_seeds(seeds)}.",
        f"Intervals are 95 % from {DRAWS:,} bootstrap draws over test examples, resampled by "
        "group; entries were compared by paired tests on the same draws, with the noise of seeds "
        "(Student's t, Satterthwaite's degrees of freedom) and Holm's correction within each task; "
        "ties with the best are by Hsu's multiple comparisons with the best.",
        *board.limits,
    ]
    if versions:
        sentences.append(f"Versions: {', '.join(versions)}.")
    return " ".join(sentences)


def _versions(board: Leaderboard) -> list[tuple[str, str]]:
    pattern = re.compile(r"(?:versions?|libraries|packages) (\S+)$")
    return [(m.group(1), key) for key in board.environment if (m := pattern.search(key))]


def _sizes(sizes: Sequence[int]) -> str:
    if not sizes:
        return "no"
    return f"{sizes[0]:,}" if len(sizes) == 1 else f"{sizes[0]:,} to {sizes[-1]:,}"


def _seeds(seeds: Sequence[int]) -> str:
    if len(seeds) == 1:
        return f"one seed ({seeds[0]})"
    return f"{len(seeds)} seeds ({words.seeds(seeds)})"

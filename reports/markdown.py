"""The leaderboard as GitHub Markdown: a table to read, with details folded below it."""

from collections.abc import Iterable, Sequence

from bench.errors import Problem
from bench.guards.markdown import as_html, escape
from bench.leaderboard.board import Leaderboard
from bench.leaderboard.wording import format as words
from bench.leaderboard.wording.advice import meaning
from bench.leaderboard.wording.methods import methods
from bench.leaderboard.wording.protocol import TITLE, protocol
from bench.reports.charts import learning_curves as curves
from bench.reports.tables import board_table as view
from bench.reports.tables import recommendations as take
from bench.reports.tables import volumes, word_table
from bench.reports.tables.cell_details import Detail, TableView, details
from bench.reports.tables.sections import Section, sections

LONGEST = 65_536
"""Maximum number of characters in a GitHub comment: a longer report omits the cells' details."""


def render(board: Leaderboard) -> str:
    """Render the whole report, the table open and the rest folded; every name is escaped."""
    board = view.scored(board)
    parts = [
        "# Leaderboard",
        *_selection(board),
        *_verdict(board),
        *_limits(board),
        *_advice(board),
    ]
    parts += [f"## {TITLE}", escape(protocol(board)), _grid(board), _KEY]
    parts += _folded("Average cost per task", [_costs(board)])
    parts += [text for section in sections(board) for text in _section(section)]
    parts += _curves(board)
    parts += _folded("Tasks", [_tasks(board)])
    parts += _folded("Methods", [escape(methods(board))])
    parts += _problems("Failed", board.failures)
    parts += _problems("Skipped", board.skips)
    parts += _problems("Problems with results", board.problems)
    return _joined([*parts, *_details(board, len(_joined(parts)))])


def _joined(parts: Sequence[str]) -> str:
    return "\n\n".join(parts) + "\n"


_KEY = (
    "Main metric \\[95 % interval\\] rank (range that the tests allow); = tied with the best; "
    "▽ not significantly above the floor. Mean: of (score − floor) / (perfect − floor) over tasks. "
    "Mean rank and win rate: among the entries ranked on every task."
)


def _table(head: Sequence[str], lines: Iterable[Sequence[str]], alignment: str = "--:") -> str:
    """Return a table of cells that are already escaped. They are not padded: the widest name would
    make every line as long as its own."""
    rule = [":--", *[alignment] * (len(head) - 1)]
    return "\n".join(f"| {' | '.join(line)} |" for line in (head, rule, *lines))


def _selection(board: Leaderboard) -> list[str]:
    return [escape(" ".join(board.selection.words))] if board.selection else []


def _verdict(board: Leaderboard) -> list[str]:
    return [f"**{escape(' '.join(board.verdict))}**"] if board.verdict else []


def _limits(board: Leaderboard) -> list[str]:
    return _listed(board.limits)


def _listed(sentences: Sequence[str]) -> list[str]:
    return ["\n".join(f"- {escape(sentence)}" for sentence in sentences)] if sentences else []


def _advice(board: Leaderboard) -> list[str]:
    """Return the recommendations over all and by task, and the clear crossovers of families."""
    table = take.recommended(board)
    if not table.lines:
        return []
    lines = [[escape(word) for word in (line.name, *line.words)] for line in table.lines]
    return [
        f"## {take.TITLE}",
        escape(meaning(board.needs.volume)),
        _table(table.head, lines, ":--"),
        *_at_volumes(board),
        *_listed(take.crossings(board)),
        *_folded("In sentences", _listed(take.sentences(board))),
    ]


def _at_volumes(board: Leaderboard) -> list[str]:
    table = volumes.advice(board)
    if not table.lines:
        return []
    lines = [[escape(word) for word in (line.name, *line.words)] for line in table.lines]
    return [
        f"### {volumes.ADVICE}",
        escape(volumes.ADVICE_MEANING),
        _table(table.head, lines, ":--"),
    ]


def _folded(summary: str, parts: Sequence[str]) -> list[str]:
    return (
        [f"<details><summary>{as_html(summary)}</summary>", *parts, "</details>"] if parts else []
    )


def _grid(board: Leaderboard) -> str:
    head = ["baseline", *view.SUMMARY, *(escape(f"{t.name} {t.main_metric}") for t in board.tasks)]
    entries = view.entry_views(board)
    return _table(head, [[_name(r), *_summary(r), *map(_cell, r.cells)] for r in entries])


def _summary(entry: view.EntryView) -> list[str]:
    """Return the summary cells, with the number of tasks where an entry is not ranked on each."""
    mean, by_source, rank, wins = entry.summary
    return [mean, by_source, f"{rank} ({entry.part})" if entry.part else rank, wins]


def _name(entry: view.EntryView | word_table.Line) -> str:
    return escape(entry.name) + (f" ({escape(entry.about)})" if entry.about else "")


def _cell(cell: view.CellView) -> str:
    if cell.status != "done":
        return words.NONE if cell.status == "none" else cell.status
    marks = ["="] * cell.tied + ["▽"] * cell.not_above_floor
    marks += [cell.aside] * bool(cell.aside)
    bounds = cell.interval.replace("[", "\\[").replace("]", "\\]")
    score = f"**{cell.score}**" if cell.best else cell.score
    return " ".join(p for p in (score, *marks, bounds, cell.rank) if p)


def _section(section: Section) -> list[str]:
    lines = [[_name(line), *map(escape, line.words)] for line in section.table.lines]
    head = [escape(word) for word in section.table.head]
    return _folded(section.title, [escape(section.meaning), _table(head, lines)])


def _curves(board: Leaderboard) -> list[str]:
    tables = [_words(drawing.table) for drawing in curves.drawings(board)]
    return _folded(curves.TITLE, [escape(curves.MEANING), *tables] if tables else [])


def _costs(board: Leaderboard) -> str:
    lines = [[_name(entry), *entry.cost] for entry in view.entry_views(board)]
    return _table(["baseline", *view.cost_heads(board)], lines)


def _problems(title: str, problems: Sequence[Problem]) -> list[str]:
    lines = "\n".join(f"- **{escape(p.where)}**: {escape(p.what)}" for p in problems)
    return [f"## {title}", lines] if problems else []


def _tasks(board: Leaderboard) -> str:
    lines = [[escape(word) for word in (t.name, *t.facts)] for t in view.task_views(board)]
    return _table(["task", *view.TASK], lines)


def _details(board: Leaderboard, before: int) -> list[str]:
    """Return the details of each cell, where the report is short enough for them."""
    cells = sum(task.name in entry.cells for entry in board.rows for task in board.tasks)
    parts = ["## Details of every result"]
    for detail in details(board):
        parts.append(_detail(detail))
        if before + len(_joined(parts)) > LONGEST:
            return [f"The details of the {cells:,} results are in the HTML and JSON reports."]
    return parts


def _detail(detail: Detail) -> str:
    lines = [*detail.facts, *(("predictions", path) for path in detail.files)]
    facts = "\n".join(f"- {name}: {escape(value)}" for name, value in lines)
    tables = [f"{escape(t.caption)}\n\n{_words(t)}" for t in detail.tables]
    title = f"{detail.task}: {detail.title}"
    return "\n\n".join(_folded(title, [facts, *tables]))


def _words(table: TableView) -> str:
    lines = [[escape(word) for word in line] for line in table.lines]
    return _table([escape(word) for word in table.head], lines)

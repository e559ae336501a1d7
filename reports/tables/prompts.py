"""Entries with another prompt compared with the same entry under the task's own."""

from bench.leaderboard.board import Leaderboard
from bench.leaderboard.wording import format as words
from bench.reports.tables.word_table import Line, Table

TITLE = "Prompts compared"
MEANING = (
    "The main metric under another of the task's prompts minus that under its main prompt, all "
    "else equal, with the 95 % interval of the paired difference."
)
_HEAD = (
    "prompt",
    "entry",
    "metric",
    "score",
    "score, main prompt",
    "difference",
    "95 % interval",
    "seeds",
)


def wordings(board: Leaderboard) -> Table:
    """Return a line for each cell with another prompt."""
    entries = {entry.id: entry for entry in board.rows}
    numbers = {task.name: i for i, task in enumerate(board.tasks)}
    lines = []
    for pair in board.wordings:
        entry = entries[pair.multi]
        prompt = entry.cells[pair.task].settings.get("prompt", "")
        better = "" if pair.greater_is_better else " (smaller is better)"
        columns = (
            str(prompt),
            words.named(words.name(entry), words.apart(entry, board.rows)),
            pair.metric + better,
            words.score(pair.multi_score),
            words.score(pair.single_score),
            words.difference(pair.difference),
            words.interval(pair.interval),
            words.seeds(pair.seeds),
        )
        lines.append(Line(f"{pair.multi}-{numbers[pair.task]}", pair.task, "", columns))
    return Table(("task", *_HEAD), tuple(lines))

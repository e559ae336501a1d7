"""Tables of language models' results under their other readouts."""

from collections.abc import Iterator
from dataclasses import replace

from bench.leaderboard.board import Cell, Leaderboard, Readout
from bench.leaderboard.wording import format as words
from bench.models.refusals import RULE
from bench.reports.tables.word_table import Line, Table

READOUTS = "How answers were read"
MEANING = (
    "By likelihood, which ranks, the answer is the most probable of those that the task allows. "
    "Greedy, the model writes its answer itself (spans and text are always read this way); one "
    f"that is none of the task's answers is unreadable and counts as wrong. {RULE} Sampled answers "
    "never rank."
)


def readouts(board: Leaderboard) -> Table:
    """Return a line for each cell with a greedy readout; empty columns are left out."""
    full = [
        Line(
            f"{entry.id}-{number}", words.name(entry), words.apart(entry, board.rows), _words(cell)
        )
        for number, task in enumerate(board.tasks)
        for entry in board.rows
        if (cell := entry.cells.get(task.name)) and "greedy" in cell.readouts
    ]
    filled = [i for i in range(len(_HEAD)) if any(x.words[i] != words.NONE for x in full)]
    lines = (replace(x, words=tuple(x.words[i] for i in filled)) for x in full)
    return Table(("baseline", *(_HEAD[i] for i in filled)), tuple(lines))


_HEAD = (
    "task",
    "metric",
    "by likelihood",
    "greedy",
    "greedy accuracy",
    "unreadable",
    "refused",
    "label of another task",
    "truncated texts",
    "sample, mean ± sd",
)


def _words(cell: Cell) -> tuple[str, ...]:
    """Return the words of a line in the order of the head."""
    greedy, main = cell.readouts["greedy"], cell.main_metric
    cut = cell.counts.cut if cell.counts else 0
    return (
        cell.task,
        main,
        words.score(cell.scores.get(main)),
        words.score(greedy.scores.get(main)),
        words.score(None if main == "accuracy" else greedy.scores.get("accuracy")),
        irregular(greedy),
        f"{greedy.refused:,}",
        words.NONE if greedy.foreign is None else f"{greedy.foreign:,}",
        f"{cut:,}",
        sample(cell, main),
    )


def irregular(greedy: Readout) -> str:
    """Return `4.7% (7 of 150)`."""
    count = greedy.unparsed + greedy.refused
    return f"{greedy.irregular_rate:.1%} ({count:,} of {greedy.answers:,})"


def sample(cell: Cell, metric: str) -> str:
    """Return `.412 ± .018`: mean and standard deviation over the samples."""
    readout = cell.readouts.get("sample")
    if readout is None or metric not in readout.scores:
        return words.NONE
    spread = f" ± {words.score(readout.sd[metric])}" if metric in readout.sd else ""
    return words.score(readout.scores[metric]) + spread


def irregular_lines(greedy: Readout) -> Iterator[tuple[str, str, str]]:
    """Yield each irregular answer: its text, its kind, and its frequency."""
    for answer in greedy.irregular:
        kind = "refused" if answer.refused else "unparsed"
        yield answer.answer or "(empty)", kind, f"{answer.count:,}"
    if greedy.irregular_rest:
        yield "all others", "", f"{greedy.irregular_rest:,}"

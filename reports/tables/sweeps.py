"""Tables of swept entries: a task's entries by swept value, with their losses and answers."""

from collections.abc import Callable, Iterator
from functools import partial

from bench.leaderboard.board import Cell, Entry, Leaderboard, TaskColumn
from bench.leaderboard.wording import format as words
from bench.records import TRAIN_SIZE
from bench.reports.tables import readouts
from bench.reports.tables.board_table import scored_on
from bench.reports.tables.word_table import Line, Table

TITLE = "Sweeps"
MEANING = (
    "Entries by their swept values. Loss: training loss of the first and the last step. "
    "Unreadable: greedy answers that are none of the task's, the most frequent ones quoted; they "
    "are wrong in the greedy score only, since by likelihood every answer is one of the task's."
)
FEW = 3
"""Maximum number of irregular answers listed."""
_BESIDE = ("accuracy", "macro_f1")
"""Metrics shown in addition to the main one."""
_Column = tuple[str, Callable[[Cell], str]]


def sweeps(board: Leaderboard) -> Iterator[tuple[str, Table]]:
    """Yield the title and table of each task with swept scored, in the order of the tasks."""
    for number, task in enumerate(board.tasks):
        scored = scored_on(board, task)
        entries = sorted(scored, key=partial(_place, task))
        names = dict.fromkeys(
            name for entry in entries for name in entry.swept if name != TRAIN_SIZE
        )
        if any(entry.swept for entry in entries):
            axes = ["labelled examples"] * any(
                TRAIN_SIZE in entry.swept for entry in entries
            ) + list(names)
            yield f"{task.name} by {', '.join(axes)}", _table(entries, task, number, list(names))


def _place(task: TaskColumn, entry: Entry) -> tuple[bool, str, int, list[tuple[float, str]]]:
    """Sort key: floors first, then by family, by number of labelled examples, by other swept
    values."""
    cell = entry.cells[task.name]
    texts = [str(entry.swept[name]) for name in sorted(entry.swept) if name != TRAIN_SIZE]
    values = [(_number(text), text) for text in texts]
    return not entry.is_floor, entry.baseline, cell.train_rows + cell.validation_rows, values


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return 0.0


def _table(entries: list[Entry], task: TaskColumn, number: int, names: list[str]) -> Table:
    columns = list(_columns(task))
    full = [[say(entry.cells[task.name]) for _, say in columns] for entry in entries]
    filled = [i for i in range(len(columns)) if any(line[i] != words.NONE for line in full)]
    lines = [
        Line(
            f"{entry.id}-{number}",
            words.name(entry),
            _aside(entry),
            (
                *(str(entry.swept.get(name, words.NONE)) for name in names),
                *(line[i] for i in filled),
            ),
        )
        for entry, line in zip(entries, full, strict=True)
    ]
    return Table(("baseline", *names, *(columns[i][0] for i in filled)), tuple(lines))


def _aside(entry: Entry) -> str:
    if entry.full_data_row:
        return "all examples, not ranked"
    return "not ranked" if entry.larger else ""


def _columns(task: TaskColumn) -> Iterator[_Column]:
    main = task.main_metric
    yield "labelled examples", _labelled
    yield main, lambda cell: _score(cell, main)
    for name in _BESIDE:
        if name != main:
            yield name, lambda cell, name=name: words.score(cell.scores.get(name))  # type: ignore[misc]
    yield f"{main} on training data", lambda cell: words.score(cell.train_scores.get(main))
    yield "loss", loss
    yield "greedy", lambda cell: words.score(_greedy(cell, main))
    yield "unreadable", _irregular
    yield "sample, mean ± sd", lambda cell: readouts.sample(cell, main)


def _labelled(cell: Cell) -> str:
    return words.NONE if cell.outside else f"{cell.train_rows + cell.validation_rows:,}"


def _score(cell: Cell, metric: str) -> str:
    return f"{words.score(cell.scores.get(metric))} {words.interval(cell.intervals.get(metric))}"


def loss(cell: Cell) -> str:
    """Return `2.31 → .048`: the loss of the first and the last step, or epoch where no steps are
    known."""
    if not cell.history or "train_loss" not in cell.history[0]:
        return words.NONE
    first = cell.history[0].get("first_step_loss", cell.history[0]["train_loss"])
    last = cell.history[-1].get("last_step_loss", cell.history[-1]["train_loss"])
    return f"{words.score(first)} → {words.score(last)}"


def _greedy(cell: Cell, metric: str) -> float | None:
    greedy = cell.readouts.get("greedy")
    return None if greedy is None else greedy.scores.get(metric)


def _irregular(cell: Cell) -> str:
    """Return `none`, `all`, or the number and the most frequent: `7 of 872: “i” 3, “a” 2, others
    2`."""
    greedy = cell.readouts.get("greedy")
    if greedy is None:
        return words.NONE
    count = greedy.unparsed + greedy.refused
    if not count:
        return "none"
    quoted = [f"“{answer.answer}” {answer.count:,}" for answer in greedy.irregular[:FEW]]
    others = count - sum(answer.count for answer in greedy.irregular[:FEW])
    quotes = ", ".join([*quoted, *([f"others {others:,}"] if quoted and others else [])])
    share = "all" if count == greedy.answers else f"{count:,} of {greedy.answers:,}"
    return f"{share}: {quotes}" if quotes else share

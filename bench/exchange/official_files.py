"""Write stored predictions as the official submission files of their task, or as a plain table."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from bench.data.source import Source, data_folders
from bench.data.submission import submitted
from bench.errors import UserError
from bench.exchange.cell_texts import TaskTexts, Texts
from bench.exchange.output_folder import made_aside, refuse_taken, written
from bench.guards.spreadsheet import quoted_cell
from bench.leaderboard.lookup import finished
from bench.leaderboard.odd_results import as_store_error
from bench.outputs.base import Answer
from bench.records import Result, TaskScores
from bench.registry import Registry, load_task
from bench.store.predictions import read_predictions
from bench.task import Task
from bench.visible import visible

ANSWERS = "answers.tsv"
"""File for a task without a submission format."""
_TEST_OF = {
    "task": "the task's own test split",
    "cut": "split off train by textbench: not the official test, do not submit them",
    "folds": "all examples of the task, by cross-validation: not the official test, do not "
    "submit them",
    None: "which may or may not be the official test (the result is too old to say)",
}
Answers = Mapping[str, Answer | None]


@dataclass(frozen=True)
class Part:
    """The files of a task's test split, or of its texts without gold.

    Args:
        title: the task's name, with the name of the part where there are two.
        rows: description of the examples.
        answers: number of parsed answers.
        unparsed: number of unparsed answers.
        instead: the text written for unparsed answers.
        altered: number of lines in a plain table that have spaces or signs in place of tabs, line
            breaks or control characters.
    """

    title: str
    rows: str
    answers: int
    unparsed: int
    instead: str
    altered: int = 0


@dataclass(frozen=True)
class Decoded:
    """The folder that was written, its files, and the examples that they answer."""

    folder: Path
    files: Sequence[str]
    parts: Sequence[Part]

    @property
    def answers(self) -> int:
        """Number of parsed answers."""
        return sum(part.answers for part in self.parts)

    @property
    def unparsed(self) -> int:
        """Number of unparsed answers."""
        return sum(part.unparsed for part in self.parts)


def decode(results: Path, cell: str, to: Path, source: Source) -> Decoded:
    """Write a cell's answers.

    With several tasks, each has a sub-folder of its name. For a task with both scored test examples
    and texts without gold, the former are in a sub-folder `test`, the latter in `unscored`. Every
    example is in the files; `Part.instead` says what is written in place of an unparsed answer.

    Args:
        results: the results folder.
        cell: a result's key or its first characters: all its tasks; or BASELINE/TASK[/SEED].
        to: a folder that is empty or does not exist; it is written completely or not at all.
        source: the user's plugins, and the tasks' data, which is read only for official files that
            need the texts.

    Raises:
        UserError: no such cell, more than one, or an unfinished one; a folder that is not empty; a
            task that has changed since the cell was run; data that is needed but is unavailable,
            or differs from the data that the cell was run on.
        StoreError: the stored result is damaged.
        PluginError: the task's `submission` raised an exception.
    """
    refuse_taken(to)
    data_folders(source.data)  # a missing folder is a mistake even where it is not read
    result = finished(results, cell)
    scored = [s for s in result.results if "/" not in cell or s.task == cell.split("/")[1]]
    registry = Registry("tasks", source.plugins)
    files: dict[str, bytes] = {}
    summaries: list[Part] = []
    for scores in scored:
        task = _unchanged_task(load_task(registry[scores.task]), scores)
        texts = TaskTexts(result, scores, source)
        parts = _parts(results / "runs" / result.key, result, scores)
        for name, table in parts.items():
            place = "/".join([*([scores.task] * (len(scored) > 1)), *([name] * (len(parts) > 1))])
            with as_store_error(f"runs/{result.key}: its answers to {scores.task}"):
                stored = _read(table, name, task)
            inputs = texts.of(name, list(stored.answers))
            answers = _in_order(stored, inputs) if task.submission else stored.answers
            files |= _files(task, answers, inputs, place)
            rows = _rows_in_words(name, len(answers), result, scores, task)
            summaries.append(
                _part(scores.task + f"/{name}" * (len(parts) > 1), rows, task, answers)
            )
    _write(files, to)
    return Decoded(to, tuple(written(to).files), tuple(summaries))


def _unchanged_task(task: Task, scores: TaskScores) -> Task:
    output = json.loads(json.dumps(task.output.spec()))
    if (task.version, output) != (scores.version, scores.output):
        raise UserError(
            f"task {task.name} has changed since the run (version {scores.version}, now "
            f"{task.version}); run it again"
        )
    return task


def _parts(folder: Path, result: Result, scores: TaskScores) -> dict[str, pa.Table]:
    """Return the predictions for the test examples, and for texts without gold where there are
    any."""
    names = {"test": scores.predictions}
    without_gold = scores.predictions.replace("predictions-", "unscored-", 1)
    if without_gold != scores.predictions and without_gold in result.files:
        names["unscored"] = without_gold
    rows = {"test": scores.data.test}
    return {part: read_predictions(folder / n, rows.get(part)) for part, n in names.items()}


@dataclass(frozen=True)
class _Stored:
    answers: Answers
    ordered: bool


def _read(table: pa.Table, part: str, task: Task) -> _Stored:
    """Return a part's answers, in the order of the task's files where that is known."""
    placed = "place" in table.column_names
    ordered = table.sort_by("place") if placed else table
    rows = zip(ordered["id"].to_pylist(), ordered["value"].to_pylist(), strict=True)
    answers = {id_: None if v is None else task.output.from_json(json.loads(v)) for id_, v in rows}
    return _Stored(answers, placed or part != "test")


def _in_order(stored: _Stored, inputs: Texts) -> Answers:
    """Put answers into the data's order: older results store test ids alone, and some official
    scorers compare line by line."""
    return stored.answers if stored.ordered else {id_: stored.answers[id_] for id_ in inputs}


def _part(title: str, rows: str, task: Task, answers: Answers) -> Part:
    unparsed = sum(answer is None for answer in answers.values())
    return Part(
        title, rows, len(answers) - unparsed, unparsed, _instead(task), _altered(task, answers)
    )


def _instead(task: Task) -> str:
    if task.submission is None:
        return f"left empty in {ANSWERS}"
    answer = _plain(task, task.output.fallback_answer())
    return task.unparsed_policy or (
        f"written as {answer!r}, since organisers want an answer to every text; the leaderboard "
        "counts them as wrong"
    )


def _rows_in_words(part: str, count: int, result: Result, scores: TaskScores, task: Task) -> str:
    """Describe the answered examples: people must not submit answers to anything but the official
    test."""
    if part == "unscored":
        return f"{count:,} texts of the official test, whose gold answers are not published"
    test_of, drawn = scores.data.test_of, result.limit.test == count
    origin = "the official test" if test_of == "task" and task.submission else _TEST_OF[test_of]
    return (
        f"{count:,} test examples, {origin}"
        + "; a limit left examples out: do not submit these" * drawn
    )


def _files(task: Task, answers: Answers, inputs: Texts, place: str) -> dict[str, bytes]:
    if task.submission is None:
        files: Mapping[str, bytes] = {ANSWERS: _table(task, answers)}
    else:
        files = submitted(task, answers, inputs)
    return {f"{place}/{name}".lstrip("/"): data for name, data in files.items()}


def _table(task: Task, answers: Answers) -> bytes:
    """Write `id` and answer: a label, number or text, anything else as JSON; empty if unparsed.
    Cells that a spreadsheet would execute start with an apostrophe."""
    lines = ("\t".join(map(_cell, fields)) for fields in _fields(task, answers))
    return "".join(f"{line}\n" for line in lines).encode()


def _fields(task: Task, answers: Answers) -> Iterator[tuple[str, str]]:
    for id_, answer in answers.items():
        yield id_, "" if answer is None else _plain(task, answer)


def _altered(task: Task, answers: Answers) -> int:
    if task.submission is not None:
        return 0
    return sum(any(_shown(f) != f for f in fields) for fields in _fields(task, answers))


def _cell(text: str) -> str:
    return quoted_cell(_shown(text))


def _shown(text: str) -> str:
    return visible(" ".join(text.splitlines()).replace("\t", " "))


def _plain(task: Task, answer: Answer) -> str:
    plain = task.output.to_json(answer)
    return plain if isinstance(plain, str) else json.dumps(plain, ensure_ascii=False)


def _write(files: Mapping[str, bytes], to: Path) -> None:
    with made_aside(to) as folder:
        for name, data in files.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)

"""Stored predictions as the official submission files of their task, or as a plain table."""

import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from bench.answers import Answer
from bench.cells import finished
from bench.errors import BenchError, PluginError, UserError
from bench.folder import made_aside, refuse_taken, written
from bench.plugins import Registry, load_task
from bench.records import Result, TaskScores
from bench.task import Task

ANSWERS = "answers.tsv"
"""What is written of a task without a submission form."""


@dataclass(frozen=True)
class Decoded:
    """What was written: the folder and its files, the answers in them, and the rows left out
    because their answer could not be read."""

    folder: Path
    files: Sequence[str]
    answers: int
    unread: int


@dataclass(frozen=True)
class _Found:
    answers: Mapping[str, Answer]
    unread: int


def decode(results: Path, cell: str, to: Path, plugins: Sequence[Path] = ()) -> Decoded:
    """Write a cell's answers.

    Of several tasks, each has a sub-folder of its name. Of a task with both scored test rows and
    texts without gold, the first are in a sub-folder `test`, the others in `unscored`. A row
    whose answer could not be read is in no file.

    Args:
        results: the results folder.
        cell: a result's key or the beginning of one: all its tasks; or BASELINE/TASK[/SEED].
        to: a folder that is empty or not there; it is whole or absent.
        plugins: the user's plugin folders.

    Raises:
        UserError: no such cell, more than one, or an unfinished one; a folder that is taken; a
            task that is not what it was when the cell was run.
        StoreError: what is stored is damaged.
        PluginError: the task's `submission` broke.
    """
    refuse_taken(to)
    result = finished(results, cell)
    scored = [s for s in result.results if "/" not in cell or s.task == cell.split("/")[1]]
    registry = Registry("tasks", plugins)
    files: dict[str, bytes] = {}
    answers = unread = 0
    for scores in scored:
        task = _same(load_task(registry[scores.task]), scores)
        parts = _parts(results / "runs" / result.key, result, scores, task)
        for name, found in parts.items():
            place = "/".join([*([scores.task] * (len(scored) > 1)), *([name] * (len(parts) > 1))])
            files |= _files(task, found.answers, place)
            answers, unread = answers + len(found.answers), unread + found.unread
    _write(files, to)
    return Decoded(to, tuple(written(to).files), answers, unread)


def _same(task: Task, scores: TaskScores) -> Task:
    now = json.loads(json.dumps(task.output.spec()))
    if (task.version, now) != (scores.version, scores.output):
        raise UserError(
            f"task {task.name}: it is not what it was when the cell was run (version "
            f"{scores.version}, now {task.version}); run it again"
        )
    return task


def _parts(folder: Path, result: Result, scores: TaskScores, task: Task) -> dict[str, _Found]:
    """The answers to test rows, and to texts without gold where there are any."""
    names = {"test": scores.predictions}
    without_gold = scores.predictions.replace("predictions-", "unscored-", 1)
    if without_gold != scores.predictions and without_gold in result.files:
        names["unscored"] = without_gold
    return {part: _read((folder / name).read_bytes(), task) for part, name in names.items()}


def _read(raw: bytes, task: Task) -> _Found:
    table = pq.read_table(io.BytesIO(raw), columns=["id", "value"]).to_pydict()
    rows = list(zip(table["id"], table["value"], strict=True))
    read = {id_: task.output.from_json(json.loads(v)) for id_, v in rows if v is not None}
    return _Found(read, len(rows) - len(read))


def _files(task: Task, answers: Mapping[str, Answer], place: str) -> dict[str, bytes]:
    if task.submission is None:
        found: Any = {ANSWERS: _table(task, answers)}
    else:
        found = _submitted(task, answers)
    return {f"{place}/{name}".lstrip("/"): data for name, data in found.items()}


def _submitted(task: Task, answers: Mapping[str, Answer]) -> Mapping[str, bytes]:
    assert task.submission is not None
    try:
        found = dict(task.submission(answers))
    except BenchError:
        raise
    except Exception as error:  # The task's own code is foreign: it may raise anything.
        raise PluginError(
            f"task {task.name}: its submission failed: {type(error).__name__}: {error}"
        ) from error
    for name, data in found.items():
        if not isinstance(name, str) or Path(name).name != name or not isinstance(data, bytes):
            raise PluginError(
                f"task {task.name}: its submission gives {name!r}; give file names and bytes"
            )
    return found


def _table(task: Task, answers: Mapping[str, Answer]) -> bytes:
    """`id` and answer: a label, number or text as it is, anything else as JSON."""
    lines = []
    for id_, answer in answers.items():
        plain = task.output.to_json(answer)
        said = plain if isinstance(plain, str) else json.dumps(plain, ensure_ascii=False)
        lines.append(
            "\t".join(" ".join(field.splitlines()).replace("\t", " ") for field in (id_, said))
        )
    return "".join(f"{line}\n" for line in lines).encode()


def _write(files: Mapping[str, bytes], to: Path) -> None:
    with made_aside(to) as folder:
        for name, data in files.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)

"""Read submitted prediction files strictly, reporting every mistake with its row."""

import hashlib
import json
import math
import re
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.data.prepare import PreparedTask
from bench.errors import DataError, UserError, did_you_mean, quoted
from bench.example import Example
from bench.exchange.plausible import refuse_odd
from bench.files import read_table
from bench.files.tables import refuse_separator
from bench.guards.spreadsheet import unquoted_cell
from bench.outputs import (
    FreeText,
    MultiLabel,
    Regression,
    SingleLabel,
    Span,
    Spans,
)
from bench.outputs.base import Answer, Output
from bench.prediction import Prediction
from bench.runs.planning.default_folds import tested

SEPARATOR = "|"
"""Separator between the labels of a multi-label answer; a JSON list is accepted as well."""
SCORE = "score:"
"""Prefix of a score column; the label follows."""
READ_ONLY = ("text", "pair")
"""Columns that `template` writes for the reader; they are ignored on reading."""
FORMS = {".csv": ",", ".tsv": "\t", ".tab": "\t", ".jsonl": ""}
"""File name suffixes, and the column separator of each."""
MOST = 8
"""Maximum number of mistakes listed in a message."""
_NUMBER = re.compile(r"\s*[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?\s*", re.ASCII)
Line = tuple[int, Mapping[str, Any]]


@dataclass(frozen=True)
class Brought:
    """A file's predictions by example id, its name and the sha256 of its bytes."""

    predictions: Mapping[str, Prediction]
    file: str
    sha256: str


def read_predictions(path: Path, prepared: PreparedTask) -> Brought:
    """Read a file of predictions for a task's test split, or for a part of it.

    A CSV, TSV or JSON Lines file with `id`, `prediction` and optionally `score:LABEL`, then for
    every label and row. A prediction is a label, labels separated by `|` or as a JSON list, a
    number, a text, or the JSON of any other answer; an empty one is unparsed.

    Args:
        path: the file.
        prepared: the task.

    Raises:
        UserError: there is no such file, or it has unknown columns.
        DataError: invalid rows, with all mistakes found in them.
    """
    if path.suffix.lower() not in FORMS:
        raise UserError(f"{path}: give a file whose name ends in {', '.join(FORMS)}")
    try:
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError as error:
        raise UserError(f"{path}: {error.strerror}") from None
    lines = _lines(path, {row.id for row in tested(prepared)})
    labels = _scored_labels(path, lines, prepared.task.output)
    predictions, faults = _predictions(lines, prepared, labels)
    if faults:
        raise DataError("\n".join(f"{path}, {fault}" for fault in _cut(faults)))
    return Brought(predictions, path.name, digest)


def _cut(faults: Sequence[str]) -> list[str]:
    unlisted = len(faults) - MOST
    return [*faults[:MOST], *([f"and {unlisted:,} more rows"] if unlisted > 0 else [])]


def _lines(path: Path, ids: Container[str]) -> list[Line]:
    """Return the rows with their numbers; the header is row 1."""
    if path.suffix.lower() == ".jsonl":
        return _objects(path)
    refuse_separator(path)
    table = read_table(path)
    rows = (dict(zip(table.columns, row, strict=True)) for row in table.rows)
    return list(enumerate((_unquoted(row, ids) for row in rows), 2))


def _unquoted(line: dict[str, str], ids: Container[str]) -> dict[str, str]:
    """Restore the task's id in a row: the template quotes cells that a spreadsheet would
    execute."""
    plain = unquoted_cell(line.get("id", ""))
    return {**line, "id": plain} if plain in ids else line


def _objects(path: Path) -> list[Line]:
    objects: list[Line] = []
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise DataError(f"{path}: not UTF-8 (byte {error.start + 1}); save it as UTF-8") from None
    for number, line in enumerate(text.split("\n"), 1):
        if line.strip():
            data = _json(line, f"{path}, row {number}")
            if not isinstance(data, dict):
                raise DataError(f"{path}, row {number}: not a JSON object")
            objects.append((number, data))
    if not objects:
        raise DataError(f"{path}: no rows")
    return objects


def _json(text: str, what: str) -> Any:
    def refuse(word: str) -> None:
        raise ValueError(f"{word} is not a number")

    try:
        return json.loads(text, parse_constant=refuse)
    except (ValueError, RecursionError) as error:
        raise DataError(f"{what}: not valid JSON: {error}") from None


def _scored_labels(path: Path, lines: Sequence[Line], output: Output) -> tuple[str, ...]:
    """Return the labels if the file has scores, else nothing.

    Raises:
        UserError: a column is missing or unknown, or only some labels have scores.
    """
    columns = list(dict.fromkeys(name for _, line in lines for name in line))
    accepted = ["id", "prediction", *READ_ONLY, *(f"{SCORE}{label}" for label in output.labels)]
    for name in ("id", "prediction"):
        if name not in columns:
            raise UserError(f"{path}: there is no column '{name}'; {did_you_mean(name, columns)}")
    for name in columns:
        if name not in accepted:
            raise UserError(f"{path}: unknown column '{name}'; {did_you_mean(name, accepted)}")
    missing = [name for name in accepted[4:] if name not in columns]
    if missing and len(missing) < len(output.labels):
        raise UserError(
            f"{path}: there is no column '{missing[0]}'; give scores for every label, or for none"
        )
    return () if missing else output.labels


def _predictions(
    lines: Sequence[Line], prepared: PreparedTask, labels: Sequence[str]
) -> tuple[dict[str, Prediction], list[str]]:
    test = {row.id: row for row in tested(prepared)}
    first: dict[str, int] = {}
    predictions: dict[str, Prediction] = {}
    faults: list[str] = []
    for number, line in lines:
        try:
            id_ = _id(line, number, first, prepared, test)
            predictions[id_] = _prediction(prepared.task.output, line, test[id_], labels)
        except DataError as error:
            faults.append(f"row {number}: {error}")
    return predictions, faults


def _id(
    line: Mapping[str, Any],
    number: int,
    first: dict[str, int],
    prepared: PreparedTask,
    test: Mapping[str, Example],
) -> str:
    value = line.get("id")
    id_ = str(value) if isinstance(value, int) and not isinstance(value, bool) else value
    if not isinstance(id_, str) or id_ == "":
        raise DataError("no id")
    if id_ in first:
        raise DataError(f"id {id_!r} occurs twice, first in row {first[id_]}")
    first[id_] = number
    if id_ in prepared.position and id_ not in test:
        raise DataError(f"id {id_!r} belongs to the training data, not to the test split")
    if id_ not in test:
        raise DataError(
            f"id {id_!r} is not one of the {len(test):,} test examples; `bench score "
            f"--template --task {prepared.task.name}` writes the ids"
        )
    return id_


def _prediction(
    output: Output, line: Mapping[str, Any], row: Example, labels: Sequence[str]
) -> Prediction:
    if "prediction" not in line:
        raise DataError("no prediction; an empty one would count as wrong")
    value = _value(output, line["prediction"], row.text)
    scores = tuple(_score(line, label) for label in labels) if labels else None
    prediction = Prediction(value, scores, status="unparsed" if value is None else "ok")
    refuse_odd(output, prediction)
    return prediction


def _score(line: Mapping[str, Any], label: str) -> float:
    text = line.get(f"{SCORE}{label}", "")
    return _number(text, f"{SCORE}{label}")


def _number(value: Any, what: str) -> float:
    plain = isinstance(value, int | float) and not isinstance(value, bool)
    try:
        good = plain or (isinstance(value, str) and _NUMBER.fullmatch(value))
        number = float(value) if good else math.nan
    except OverflowError:
        number = math.inf
    if not math.isfinite(number):
        raise DataError(f"{what} {quoted(value)} is not a number")
    return number


def _value(output: Output, value: Any, text: str) -> Answer | None:
    """Return the answer; None where the prediction is empty.

    Raises:
        DataError: it is not a valid answer of the task.
    """
    if value is None or (isinstance(value, str) and not value.strip()):
        return None
    data = _data(output, value)
    try:
        answer = output.from_json(data)
    except (TypeError, ValueError, KeyError, IndexError, AttributeError, OverflowError):
        raise DataError(f"prediction {quoted(value)} is not a valid answer in JSON") from None
    # Labels and positions are validated as for our own baselines.
    return output.check(answer, text) if output.labels else answer


def _data(output: Output, value: Any) -> Any:
    """Return the prediction as the JSON data that the output parses."""
    if isinstance(output, Regression):
        return _number(value, "prediction")
    if isinstance(output, FreeText) and not isinstance(value, str):
        raise DataError(f"prediction {quoted(value)} is not a string")
    if isinstance(output, MultiLabel):
        return _listed(output, value)
    if isinstance(output, SingleLabel | FreeText):
        return value
    data = _json(value, f"prediction {quoted(value)}") if isinstance(value, str) else value
    return _without_objects(data) if isinstance(output, Spans) else data


def _without_objects(data: Any) -> Any:
    """Return spans written as objects, `{"start": 0, "end": 3, "label": "PER"}`, as lists.

    Raises:
        DataError: an object lacks one of the three.
    """
    if isinstance(data, list):
        return [_without_objects(item) for item in data]
    if not isinstance(data, dict):
        return data
    if missing := [name for name in Span._fields if name not in data]:
        raise DataError(
            f"span {quoted(data)} has no {missing[0]!r}: write [start, end, label], or an object "
            "with start, end and label"
        )
    return [data[name] for name in Span._fields]


def _listed(output: MultiLabel, value: Any) -> Any:
    if isinstance(value, str) and value not in output.labels:
        if not value.lstrip().startswith("["):
            return [part.strip() for part in value.split(SEPARATOR)]
        value = _json(value, f"prediction {quoted(value)}")
    if not isinstance(value, str | list):
        raise DataError(f"prediction {quoted(value)} is not a list of labels")
    return [value] if isinstance(value, str) else value

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
from bench.files.reading import Material, read, read_objects
from bench.files.reading.material import written
from bench.guards.spreadsheet import unquoted_cell
from bench.outputs import FreeText, MultiLabel, Regression, SingleLabel
from bench.outputs.base import Answer, Output
from bench.prediction import Prediction
from bench.runs.planning.default_folds import tested

SEPARATOR = "|"
"""Separator between the labels of a multi-label answer; a JSON list is accepted as well."""
SCORE = "score:"
"""Prefix of a score column; the label follows."""
READ_ONLY = ("text", "pair")
"""Columns that `template` writes for the reader; they are ignored on reading."""
MOST = 8
"""Maximum number of mistakes listed in a message."""
_NUMBER = re.compile(r"\s*[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?\s*", re.ASCII)
Line = tuple[str, Mapping[str, Any]]
"""A row's place, as `p.csv, line 7`, and its values."""


@dataclass(frozen=True)
class Brought:
    """A file's predictions by example id, its name, the sha256 of its bytes, and what was repaired
    or dropped on reading."""

    predictions: Mapping[str, Prediction]
    file: str
    sha256: str
    repaired: tuple[str, ...] = ()


def read_predictions(path: Path, prepared: PreparedTask) -> Brought:
    """Read a file of predictions for a task's test split, or for a part of it.

    A file of any form that `bench.files.reading` takes, with `id`, `prediction` and optionally
    `score:LABEL`, then for every label and row. A prediction is a label, labels separated by `|` or
    as a list, a number, a text, or the JSON of any other answer; an empty one is unparsed. In the
    four-column files of the ExtremITA lab, the answers are the task's targets in words.

    Args:
        path: the file.
        prepared: the task.

    Raises:
        UserError: there is no such file, or it has unknown columns.
        DataError: invalid rows, with all mistakes found in them.
    """
    material = read(path)
    ids = {row.id for row in tested(prepared)}
    if material.form == "text to text":
        lines = _in_words(material, prepared)
    elif material.form == "JSON Lines" and path.is_file():
        # As written: in a table, a missing value is the same as an empty one.
        lines = [(f"{path}, line {number}", line) for number, line in read_objects(path)]
    else:
        rows = (_unquoted(row, ids) for row in material.rows())
        lines = [(material.where(place), row) for place, row in enumerate(rows)]
    labels = _scored_labels(path, lines, prepared.task.output)
    predictions, faults = _predictions(lines, prepared, labels)
    if faults:
        raise DataError("\n".join(_cut(faults)))
    told = (f"{path}: {fault.told}" for fault in material.faults)
    return Brought(predictions, path.name, _digest(path, material), tuple(told))


def _digest(path: Path, material: Material) -> str:
    """Return the sha256 of a file's bytes, or of the rows that a folder or data set holds."""
    if path.is_file():
        return hashlib.sha256(path.read_bytes()).hexdigest()
    rows = json.dumps([*material.rows()], default=str, ensure_ascii=False)
    return hashlib.sha256(rows.encode("utf-8", "surrogatepass")).hexdigest()


def _in_words(material: Material, prepared: PreparedTask) -> list[Line]:
    """Return the rows of the task in a four-column file, their answers parsed.

    Raises:
        DataError: no row names the task.
    """
    task, texts = prepared.task, {row.id: row.text for row in tested(prepared)}
    lines = list[Line]()
    for place, row in enumerate(material.rows()):
        if row["task"] != task.name:
            continue
        said, text = row["target"], texts.get(row["id"], "")
        answer = task.output.decode(said, text, words=task.prompt.label_words)
        value = None if answer is None else task.output.to_json(answer)
        lines.append((material.where(place), {"id": row["id"], "prediction": value}))
    if not lines:
        named = ", ".join(map(repr, dict.fromkeys(material.strings("task"))))
        raise DataError(f"{material.source}: no row of the task {task.name}, only of {named}")
    return lines


def _cut(faults: Sequence[str]) -> list[str]:
    unlisted = len(faults) - MOST
    return [*faults[:MOST], *([f"and {unlisted:,} more rows"] if unlisted > 0 else [])]


def _unquoted(line: dict[str, Any], ids: Container[str]) -> dict[str, Any]:
    """Restore the task's id in a row: the template quotes cells that a spreadsheet would
    execute."""
    id_ = line.get("id")
    plain = unquoted_cell(id_) if isinstance(id_, str) else ""
    return {**line, "id": plain} if plain in ids else line


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
    first: dict[str, str] = {}
    predictions: dict[str, Prediction] = {}
    faults: list[str] = []
    for place, line in lines:
        try:
            id_ = _id(line, place, first, prepared, test)
            predictions[id_] = _prediction(prepared.task.output, line, test[id_], labels)
        except DataError as error:
            faults.append(f"{place}: {error}")
    return predictions, faults


def _id(
    line: Mapping[str, Any],
    place: str,
    first: dict[str, str],
    prepared: PreparedTask,
    test: Mapping[str, Example],
) -> str:
    value = line.get("id")
    id_ = str(value) if isinstance(value, int) and not isinstance(value, bool) else value
    if isinstance(id_, float) and written(id_) in test:
        raise DataError(
            f"id {id_} is not one of the test examples, but {written(id_)!r} is: write the ids as "
            "whole numbers or texts"
        )
    if id_ is None or id_ == "":
        raise DataError("no id")
    if not isinstance(id_, str):
        raise DataError(f"id {quoted(id_)} is not a text or a whole number")
    if id_ in first:
        raise DataError(f"id {id_!r} occurs twice, first in {first[id_]}")
    first[id_] = place
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
    return Prediction(value, scores, status="unparsed" if value is None else "ok")


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
    if isinstance(output, SingleLabel | FreeText) or not isinstance(value, str):
        return value
    return _json(value, f"prediction {quoted(value)}")


def _listed(output: MultiLabel, value: Any) -> Any:
    if isinstance(value, str) and value not in output.labels:
        if not value.lstrip().startswith("["):
            return [part.strip() for part in value.split(SEPARATOR)]
        value = _json(value, f"prediction {quoted(value)}")
    if not isinstance(value, str | list):
        raise DataError(f"prediction {quoted(value)} is not a list of labels")
    return [value] if isinstance(value, str) else value

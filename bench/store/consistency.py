"""Consistency checks of a record, beyond what its types enforce."""

import math
import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bench.errors import quoted
from bench.records import Confusion, Result, TaskScores

DEEPEST = 20
"""The deepest nesting of lists and dictionaries in parameters, settings and the like."""
LARGEST = 2**1023
"""Limit for integers: smaller ones can be converted to float."""
_HEX = re.compile(r"[0-9a-f]*")
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?(\+00:00|Z)", re.ASCII)
_FILE = re.compile(r"[^/\\\0]{1,255}")


def faults(result: Result) -> Iterator[str]:
    """Yield each inconsistency of a record, in words.

    Args:
        result: a record of the right types.
    """
    yield from _faults_of_run(result)
    for name, value in _free_form(result):
        if not is_plain(value):
            yield f"{name} is nested deeper than {DEEPEST} levels or has a number that is too large"
    for scores in result.results:
        for fault in (*_faults_of_files(result, scores), *_faults_of_task(scores)):
            yield f"task {quoted(scores.task)}: {fault}"


def _faults_of_run(result: Result) -> Iterator[str]:
    if not _is_time(result.started):
        yield f"started is {quoted(result.started)}, not a time in UTC"
    for name in (*result.files, *result.artefacts):
        if not is_file_name(name):
            yield f"it names a file outside its folder: {quoted(name)}"
    if missing := [name for name in result.artefacts if name not in result.files]:
        yield f"its artefact {quoted(missing[0])} is not among its files"
    if len({*result.tasks}) < len(result.tasks) or "" in result.tasks:
        yield f"its tasks are {quoted(result.tasks)}: names must be unique"
    scored = tuple(scores.task for scores in result.results)
    if scored != (result.tasks if result.status == "done" else ()):
        yield f"it is {result.status} on {quoted(result.tasks)} but has scores of {quoted(scored)}"


def is_file_name(name: str) -> bool:
    """Return True if a name can be that of a file directly in the run's folder."""
    return bool(_FILE.fullmatch(name)) and name not in (".", "..", "result.json")


def _is_time(text: str) -> bool:
    # Results are sorted by these strings, so only one format of a time is accepted.
    try:
        return bool(_TIME.fullmatch(text) and datetime.fromisoformat(text))
    except ValueError:
        return False


def faults_of_draws(scores: TaskScores, draws: NDArray[np.float32], expected: int) -> Iterator[str]:
    """Yield each inconsistency of a task's bootstrap draws, in words.

    Args:
        scores: the task's record.
        draws: the draws of the main metric.
        others: the number of draws of the run's first task, which all tasks must have.
    """
    if not len(draws) or len(draws) != expected:
        yield f"{scores.replicates} has {len(draws)} draws, the first task's file has {expected}"
    elif math.isfinite(scores.scores[scores.main_metric]) and not np.isfinite(draws).any():
        yield f"{scores.replicates} has no numbers although there is a score"


def _free_form(result: Result) -> Iterator[tuple[str, Any]]:
    yield from (("params", result.params), ("settings", result.settings), ("swept", result.swept))
    yield "provenance", result.provenance
    yield from (("output", scores.output) for scores in result.results)


def is_plain(value: Any, depth: int = DEEPEST) -> bool:
    """Return True if data from JSON is not nested too deeply and has no integer that is too
    large."""
    if isinstance(value, dict | list):
        parts = value.values() if isinstance(value, dict) else value
        return depth > 0 and all(is_plain(part, depth - 1) for part in parts)
    return not isinstance(value, int) or abs(value) < LARGEST


def _faults_of_files(result: Result, scores: TaskScores) -> Iterator[str]:
    own = scores.calibration.predictions if scores.calibration else ""
    for name in filter(None, (scores.predictions, scores.replicates, own)):
        if name not in result.files or name in result.artefacts:
            yield f"its file {quoted(name)} is not listed in the record"


def _faults_of_task(scores: TaskScores) -> Iterator[str]:
    if scores.main_metric not in scores.scores:
        yield f"its main metric {quoted(scores.main_metric)} has no score"
    yield from _faults_of_counts(scores)
    if scores.right and not _is_bits(scores.right, scores.data.test):
        yield (
            f"right is {quoted(scores.right)}, not one bit for each of {scores.data.test} examples"
        )
    if (own := scores.calibration) and bool(own.examples) != bool(own.predictions):
        yield f"it counts {own.examples} calibration examples in file {quoted(own.predictions)}"
    if scores.confusion and not _is_table(scores.confusion):
        yield "its confusion matrix has a count outside its rows and columns"
    if not _has_labels(scores.output):
        yield f"the labels of its answers are {quoted(scores.output.get('labels'))}"


def _faults_of_counts(scores: TaskScores) -> Iterator[str]:
    test, counts = scores.data.test, scores.counts
    if counts.test != test:
        yield f"it counts {counts.test} test examples, but its data has {test}"
    if scores.data.groups > test:
        yield f"it has {scores.data.groups} groups of {test} test examples"
    for name in ("unparsed", "refused", "leaked", "cut"):
        if getattr(counts, name) > counts.test:
            yield f"it counts {getattr(counts, name)} {name} of {counts.test} test examples"


def _is_bits(right: str, rows: int) -> bool:
    return len(right) == 2 * -(-rows // 8) and bool(_HEX.fullmatch(right))


def _is_table(confusion: Confusion) -> bool:
    rows, columns = len(confusion.rows), len(confusion.columns)
    return all(i < rows and j < columns for i, j, _ in confusion.cells)


def _has_labels(output: dict[str, Any]) -> bool:
    """Return True if the labels of an answer space, if any, are distinct strings."""
    labels = output.get("labels", [])
    words = isinstance(labels, list) and all(isinstance(label, str) for label in labels)
    return words and len({*labels}) == len(labels)

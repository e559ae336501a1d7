"""Read the predictions on a stored run's calibration examples: see `bench.records`."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.errors import StoreError, quoted
from bench.outputs import Answer, Output
from bench.outputs.from_spec import output_of
from bench.prediction import Prediction
from bench.records import CalibrationFacts, Result, TaskScores
from bench.store.integrity import verified
from bench.store.predictions import columns_of, read_predictions
from bench.store.record_file import Damaged

_COLUMNS = ("id", "gold", "value", "scores", "raw", "status")


@dataclass(frozen=True, slots=True)
class CalibrationExample:
    """A labelled example with a prediction by a fit that had not learnt from it.

    Args:
        id: the example's id.
        gold: its gold answer.
        prediction: the prediction, with a score for each label where the family gives them.
        fold: in a run with folds, the fold that it is tested in: for this fold, choose on the
            others; None without folds.
    """

    id: str
    gold: Answer
    prediction: Prediction
    fold: int | None = None


@dataclass(frozen=True)
class CalibrationPredictions:
    """The calibration examples of a run on one task, in the order of their ids.

    Args:
        facts: how they were made.
        output: the task's answer space.
        examples: the examples with their predictions.
    """

    facts: CalibrationFacts
    output: Output
    examples: tuple[CalibrationExample, ...]


def calibration_predictions(folder: Path, task: str) -> CalibrationPredictions:
    """Return the predictions on a stored run's calibration examples.

    Args:
        folder: the run's folder, `runs/KEY` in a results folder.
        task: the name of one of its tasks.

    Raises:
        StoreError: the run cannot be used, is not of this task, or has no calibration examples; the
            message says why.
    """
    scores = _scores(_record(folder), folder, task)
    facts = scores.calibration
    if facts is None or not facts.predictions:
        why = facts.reason if facts else "it was stored without, or is a floor or from outside"
        raise StoreError(f"{folder}: no calibration examples of task {task}: {why}")
    path, output = folder / facts.predictions, output_of(scores.output)
    wanted = [*_COLUMNS, *({"fold", "cut"} & columns_of(path))]
    rows = read_predictions(path, facts.examples, wanted).to_pylist()
    try:
        examples = tuple(_examples(output, rows))
    except (ValueError, TypeError, LookupError, AttributeError) as error:
        raise StoreError(f"{path}: not used: {type(error).__name__}: {quoted(error)}") from None
    return CalibrationPredictions(facts, output, examples)


def _record(folder: Path) -> Result:
    try:
        return verified(folder)
    except Damaged as error:
        raise StoreError(f"{folder}: not used: {error}") from None


def _scores(result: Result, folder: Path, task: str) -> TaskScores:
    for scores in result.results:
        if scores.task == task:
            return scores
    raise StoreError(f"{folder}: a {result.status} run without scores of task {task}")


def _examples(output: Output, rows: list[dict[str, Any]]) -> Iterator[CalibrationExample]:
    for row in rows:
        value = None if row["value"] is None else output.from_json(json.loads(row["value"]))
        scores = None if row["scores"] is None else tuple(row["scores"])
        prediction = Prediction(
            value, scores, row["raw"], row["status"], truncated=bool(row.get("cut", False))
        )
        gold = output.from_json(json.loads(row["gold"]))
        yield CalibrationExample(row["id"], gold, prediction, row.get("fold"))

"""Reading a stored run's calibration examples: gold, predictions, and what is refused."""

from dataclasses import replace
from pathlib import Path

import pytest

from bench.errors import StoreError
from bench.outputs import Regression, SingleLabel, Span, Spans
from bench.outputs.base import Answer, Output
from bench.prediction import Prediction
from bench.records import CalibrationFacts
from bench.runs.cells.calibration import Calibration
from bench.runs.cells.calibration_facts import calibration_facts, calibration_file
from bench.runs.cells.fit_predict import CellTask
from bench.store.calibration import calibration_predictions
from bench.store.consistency import faults
from bench.store.store import Store
from bench.task import Example
from tests.support.by_heart import ROWS, TASK, cell_of
from tests.support.fakes import fake_result

FILE = "calibration-0.parquet"


def stored(folder: Path, cell: CellTask, found: Calibration, *, rows: int | None = None) -> Path:
    """Store a made-up result with these calibration examples; the run's folder."""
    result, facts = fake_result(task="pets").result, calibration_facts(found, FILE)
    if rows is not None:
        facts = facts.model_copy(update={"examples": rows})
    output = cell.task.output.spec()
    (scores,) = result.results
    scores = scores.model_copy(update={"calibration": facts, "output": output})
    files = dict.fromkeys((scores.predictions, scores.replicates), b"")
    if facts.predictions:
        files[FILE] = calibration_file(cell, found)
    Store(folder).prepare()
    Store(folder).write(result.model_copy(update={"results": (scores,)}), files)
    return folder / "runs" / result.key


def cell_with(output: Output, gold: Answer) -> CellTask:
    rows = [Example(row.id, row.text, gold) for row in ROWS]
    return CellTask(replace(TASK, output=output, metrics=()), cell_of().chosen, rows)


@pytest.mark.parametrize(
    ("output", "gold", "said"),
    [
        (SingleLabel("cat", "dog"), "cat", Prediction("dog", (0.25, 0.75))),
        (SingleLabel("cat", "dog"), "cat", Prediction(None, (0.5, 0.5), "a bird", "unparsed")),
        (Regression(0, 5), 2.5, Prediction(3.25)),
        (Spans("animal"), (Span(0, 4, "animal"),), Prediction(())),
    ],
)
def test_gold_and_predictions_come_back_as_they_were(
    tmp_path: Path, output: Output, gold: Answer, said: Prediction
) -> None:
    cell = cell_with(output, gold)
    folder = stored(tmp_path, cell, Calibration("cross_fitted", (3, 5), (said, said), fits=5))
    found = calibration_predictions(folder, "pets")
    assert found.facts.fits == 5 and found.output.spec() == output.spec()
    assert [e.id for e in found.examples] == ["r03", "r05"]
    assert all(e.gold == gold and e.prediction == said and e.fold is None for e in found.examples)


def test_with_folds_each_example_has_the_fold_that_it_is_tested_in(tmp_path: Path) -> None:
    said = (Prediction("cat"),) * 3
    own = Calibration("cross_fitted", (0, 1, 2), said, fits=2, folds=(1, 0, 1))
    found = calibration_predictions(stored(tmp_path, cell_of(), own), "pets")
    assert [(e.id, e.fold) for e in found.examples] == [("r00", 1), ("r01", 0), ("r02", 1)]


def test_a_result_without_them_says_why(tmp_path: Path) -> None:
    folder = stored(tmp_path, cell_of(), Calibration("none", reason="there are 9"))
    with pytest.raises(StoreError, match="no calibration examples of task pets: there are 9"):
        calibration_predictions(folder, "pets")
    with pytest.raises(StoreError, match="without scores of task birds"):
        calibration_predictions(folder, "birds")


def test_a_file_with_another_number_of_rows_is_refused(tmp_path: Path) -> None:
    found = Calibration("reserved", (0, 1), (Prediction("cat"),) * 2, fits=1)
    folder = stored(tmp_path, cell_of(), found, rows=3)
    with pytest.raises(StoreError, match="it has 2 rows, but its record says 3"):
        calibration_predictions(folder, "pets")


def test_an_edited_file_is_refused(tmp_path: Path) -> None:
    found = Calibration("reserved", (0, 1), (Prediction("cat"),) * 2, fits=1)
    folder = stored(tmp_path, cell_of(), found)
    (folder / FILE).write_bytes(b"PAR1")
    with pytest.raises(StoreError, match="not used"):
        calibration_predictions(folder, "pets")


@pytest.mark.parametrize(("examples", "predictions"), [(3, ""), (0, FILE), (3, "elsewhere")])
def test_a_record_at_odds_with_its_file_is_damaged(examples: int, predictions: str) -> None:
    result = fake_result().result
    (scores,) = result.results
    facts = CalibrationFacts(method="reserved", examples=examples, predictions=predictions)
    scores = scores.model_copy(update={"calibration": facts})
    names = dict.fromkeys([scores.predictions, scores.replicates, FILE], "0" * 64)
    changes = {"results": (scores,), "files": names}
    assert list(faults(result.model_copy(update=changes)))

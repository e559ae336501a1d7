"""Which of its labelled rows a family's answers hang on: said by the family, shown on the page."""

from pathlib import Path
from typing import Any

import pytest

from bench.baseline import TaskData
from bench.baselines.llama_zero_shot import BASELINE as LlamaZeroShot
from bench.leaderboard.compute import compute
from bench.outputs import MultiLabel, Output, SingleLabel
from bench.records import CalibrationFacts
from bench.reports.tables.cell_details import details
from bench.task import Example, Prompt, Task
from tests.support.fakes import fake_result, fake_scores
from tests.support.tiny_llama import tiny_llama

SHOWN = "2 training examples, in the prompt"
CHOSEN = "the validation examples, for thresholds"


def data(output: Output, gold: Any) -> TaskData:
    """Two train rows and a row for validation."""
    task = Task(
        name="made_up",
        output=output,
        load=lambda files: {},
        prompt=Prompt(instruction="Decide which label fits."),
        licence="",
        citation="",
        source="",
    )
    rows = [Example(str(i), "the cherry was sweet", gold) for i in range(3)]
    return TaskData(task, rows[:2], rows[2:])


@pytest.mark.parametrize(
    ("output", "gold", "shots", "used", "ids"),
    [
        (SingleLabel("sweet", "sour"), "sweet", 0, "none", ""),
        (SingleLabel("sweet", "sour"), "sweet", 2, SHOWN, "01"),
        (MultiLabel("sweet", "sour"), frozenset({"sweet"}), 0, CHOSEN, "2"),
        (MultiLabel("sweet", "sour"), frozenset({"sweet"}), 2, f"{SHOWN}; {CHOSEN}", "012"),
    ],
)
def test_a_prompted_model_says_which_rows_it_used(
    tmp_path: Path, output: Output, gold: Any, shots: int, used: str, ids: str
) -> None:
    family = LlamaZeroShot(model=str(tiny_llama(tmp_path)), shots=shots, precision="bf16")
    fit = family.fit([data(output, gold)], seed=0)
    assert fit.examples_used == used and fit.learnt is not None
    assert sorted(fit.learnt["made_up"]) == [*ids]


def test_the_page_tells_the_rows_that_were_given_from_those_that_were_used() -> None:
    given, none = (
        dict(next(details(compute([fake_result(used=used)], []))).facts) for used in ("", "none")
    )
    assert given["labelled rows given"] == "100 train and 28 validation"
    assert "of these it used" not in given and none["of these it used"] == "none"
    assert "learnt from" not in none


@pytest.mark.parametrize(
    ("facts", "told"),
    [
        (
            CalibrationFacts(method="reserved", examples=24, fits=1, left_out=24, predictions="p"),
            "24, reserved: the fit did not learn from them",
        ),
        (
            CalibrationFacts(method="cross_fitted", examples=1280, fits=5, predictions="p"),
            "1,280, predicted by 5 fits that had not learnt from them",
        ),
        (CalibrationFacts(method="none", reason="there are 9"), "none: there are 9"),
    ],
)
def test_the_page_tells_which_calibration_examples_there_are(
    facts: CalibrationFacts, told: str
) -> None:
    scores = fake_scores("reviews", 0.8, calibration=facts)
    shown = dict(next(details(compute([fake_result(scores=scores)], []))).facts)
    assert shown["calibration examples among these"] == told


def test_a_result_from_before_calibration_examples_is_shown_without() -> None:
    shown = dict(next(details(compute([fake_result()], []))).facts)
    assert "calibration examples among these" not in shown

"""Calibration examples of language models, prompted and fine-tuned, alone and on several tasks."""

from dataclasses import replace
from typing import Any

import pytest

from bench.baselines.llama_zero_shot import BASELINE as LlamaZeroShot
from bench.baselines.qlora import BASELINE as Qlora
from bench.baselines.qlora_multi import BASELINE as QloraMulti
from bench.outputs import FreeText, MultiLabel, Output
from bench.outputs.base import Answer
from bench.records import Result
from bench.runs.cells.cell import run_cell
from bench.runs.cells.fit_predict import CellTask
from bench.runs.cells.meter import Meter
from bench.runs.planning.row_selection import choose
from bench.task import Example
from tests.support.adapters import model
from tests.support.folds import PETS, prepared, run_of

__all__ = ["model"]
SMALL = {"precision": "bf16", "max_output": 2, "max_input": 64}
LORA = {**SMALL, "epochs": 1, "max_steps": 1, "rank": 2}


def cell_of(
    labelled: int, name: str = "pets", output: Output = PETS.output, **gold: Answer
) -> CellTask:
    """A task of so many labelled examples, and half as many for the test."""
    answers = [gold.get(label, label) for label in ("cat", "dog")]
    rows = [
        Example(f"{name}{n}", f"{name} number {n}", answers[n % 2])
        for n in range(labelled * 3 // 2)
    ]
    task = replace(PETS, name=name, output=output, metrics=())
    return CellTask(task, choose(replace(prepared(rows), task=task), None, None, 0), rows)


def done(family: Any, params: dict[str, Any], *cells: CellTask) -> Result:
    run = run_of(cells[0].chosen).model_copy(
        update={"tasks": tuple(cell.chosen for cell in cells), "params": params}
    )
    result = run_cell(run, family, cells, Meter(1)).result
    assert result.status == "done", result.reason
    return result


def told(result: Result) -> list[tuple[str, int, int]]:
    facts = [scores.calibration for scores in result.results]
    return [(f.method, f.examples, f.left_out) for f in facts if f]


@pytest.mark.parametrize(("shots", "examples"), [(0, 60), (2, 58)])
def test_a_prompted_model_predicts_all_but_its_shots(model: str, shots: int, examples: int) -> None:
    result = done(LlamaZeroShot, {"model": model, "shots": shots, **SMALL}, cell_of(60))
    assert told(result) == [("never_learnt", examples, 0)]


def test_where_thresholds_are_chosen_on_validation_it_is_left_out(model: str) -> None:
    labels = {"cat": frozenset({"a"}), "dog": frozenset({"a", "b"})}
    cell = cell_of(60, output=MultiLabel("a", "b"), **labels)
    result = done(LlamaZeroShot, {"model": model, **SMALL}, cell)
    assert told(result) == [("never_learnt", 60 - len(cell.chosen.validation), 0)]


def test_an_adapter_does_not_learn_from_the_examples_that_it_reserves(model: str) -> None:
    result = done(Qlora, {"model": model, **LORA}, cell_of(100))
    assert told(result) == [("reserved", 20, 20)]


def test_one_adapter_for_several_tasks_has_them_for_each(model: str) -> None:
    free = cell_of(100, "others", FreeText(), cat="a cat", dog="a dog")
    result = done(QloraMulti, {"model": model, **LORA}, cell_of(100), free)
    assert told(result) == [("reserved", 20, 20)] * 2

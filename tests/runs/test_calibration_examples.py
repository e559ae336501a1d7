"""Calibration examples: every fit predicts labelled examples that it has not learnt from."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, ClassVar

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.baseline import FitInfo, Prediction, TaskData
from bench.data.checks import marks, near
from bench.data.split import set_apart
from bench.outputs import MultiLabel
from bench.records import CalibrationFacts
from bench.run_context import RunContext, running_in
from bench.runs.cells.calibration import Calibration
from bench.runs.cells.calibration_plan import (
    CHEAP_UP_TO,
    FEWEST,
    FEWEST_TO_RESERVE,
    method_of,
)
from bench.runs.cells.cell import Outcome, run_cell
from bench.runs.cells.fit_predict import CellTask, answer
from bench.runs.cells.meter import Meter
from bench.runs.planning.row_selection import choose, folded
from bench.task import Example, Input, Task
from tests.support.folds import PETS, prepared, run_of
from tests.support.rows import ANIMALS, ROWS, rows_of


class Honest:
    """Refuses to predict whatever is near an example that it learnt from."""

    multi_task: ClassVar[bool] = False
    seeded: ClassVar[bool] = False
    full_data_entry: ClassVar[bool] = False
    libraries: ClassVar[tuple[str, ...]] = ()
    fits: ClassVar[list[set[str]]] = []

    def fit(self, data: Sequence[TaskData], *, seed: int) -> FitInfo:
        learnt = [row for task in data for row in self.learns(task)]
        self.learnt = {mark for row in learnt for mark in marks(row, "made up")}
        Honest.fits.append({row.id for row in learnt})
        names = {task.task.name: [row.id for row in self.learns(task)] for task in data}
        return FitInfo(parameters=1, model_bytes=8, learnt=names)

    def learns(self, task: TaskData) -> Sequence[Example]:
        return task.labelled

    def predict(self, task: Task, inputs: Sequence[Input]) -> Sequence[Prediction]:
        assert not any(near(row) in self.learnt for row in inputs)
        return [Prediction("cat", raw=f"{len(Honest.fits)}") for _ in inputs]


class Cheap(Honest):
    """Is fitted again for its calibration examples."""

    full_data_entry = True


class Prompted(Honest):
    """Learns from the first three examples."""

    prompted = True

    def learns(self, task: TaskData) -> Sequence[Example]:
        return task.train[:3]


class Greedy(Prompted):
    """Says that it learns from little, and not from what."""

    def fit(self, data: Sequence[TaskData], *, seed: int) -> FitInfo:
        return replace(super().fit(data, seed=seed), learnt=None)


class Middling(Honest):
    """Is fitted again where that is cheap."""

    cross_fits_up_to = 300


class Floor(Honest):
    """Needs no text."""

    is_floor = True


class Breaks(Cheap):
    """Cannot be fitted a second time."""

    def fit(self, data: Sequence[TaskData], *, seed: int) -> FitInfo:
        if Honest.fits:
            raise ValueError("once is enough")
        return super().fit(data, seed=seed)


def cell_of(labelled: int = 120, **changes: Any) -> CellTask:
    """A task with so many labelled examples and half as many for the test."""
    number = labelled // 2
    rows = rows_of(cat=number, dog=number, newt=number)
    rows = sorted(rows, key=lambda row: int(row.id.partition("-")[2]))
    task = prepared(rows)
    return CellTask(PETS, choose(task, None, None, 0), rows, **changes)


def done(family: type[Honest], *cells: CellTask) -> Outcome:
    Honest.fits = []
    run = run_of(cells[0].chosen).model_copy(update={"tasks": tuple(c.chosen for c in cells)})
    return run_cell(run, family, cells, Meter(1))


def facts(family: type[Honest], cell: CellTask) -> CalibrationFacts | None:
    result = done(family, cell).result
    assert result.status == "done", result.reason
    return result.results[0].calibration


def predicted(family: type[Honest], *cells: CellTask) -> list[Calibration]:
    Honest.fits = []
    run = run_of(cells[0].chosen)
    answers = answer(run, family, cells, Meter(1)).answers
    return [part.calibration for part in answers if part.calibration]


def test_a_cheap_family_is_fitted_five_times_more_and_predicts_every_labelled_example() -> None:
    cell = cell_of()
    (found,) = predicted(Cheap, cell)
    assert sorted(found.rows) == sorted(cell.labelled) and found.fits == 5
    own, *further = Honest.fits
    assert len(own) == 120 and [len(ids) for ids in further] == [96] * 5
    for row, prediction in zip(found.rows, found.predictions, strict=True):
        # `raw` counts the fits before: the first one is the run's own.
        assert cell.rows[row].id not in Honest.fits[int(prediction.raw or 0) - 1]


def test_a_costly_family_gives_up_a_fifth_drawn_by_class_and_none_of_validation() -> None:
    cell = cell_of()
    (found,) = predicted(Honest, cell)
    (learnt,) = Honest.fits
    reserved = {cell.rows[i].id for i in found.rows}
    assert len(reserved) == 24 and reserved.isdisjoint(learnt) and len(learnt) == 96
    assert {cell.rows[i].id for i in cell.chosen.validation} <= learnt
    assert Counter(id_.partition("-")[0] for id_ in reserved) == {"cat": 8, "dog": 8, "newt": 8}


def test_the_record_says_how_many_were_reserved_and_names_their_file() -> None:
    outcome = done(Honest, cell_of())
    own = outcome.result.results[0].calibration
    assert own is not None and (own.method, own.examples, own.left_out) == ("reserved", 24, 24)
    assert own.predictions in outcome.files


def test_a_prompted_family_gives_up_nothing_and_predicts_all_but_its_shots() -> None:
    cell = cell_of()
    (found,) = predicted(Prompted, cell)
    shots = {*cell.chosen.train[:3]}
    assert {*found.rows} == {*cell.labelled} - shots and found.left_out == 0


def test_a_prompted_family_that_does_not_say_what_it_learnt_from_has_none() -> None:
    own = facts(Greedy, cell_of())
    assert own is not None and own.method == "none" and own.examples == 0
    assert own.reason == "only 0 were not learnt from"


def test_a_floor_has_none_and_says_nothing() -> None:
    assert facts(Floor, cell_of()) is None


@pytest.mark.parametrize(
    ("family", "fewest"), [(Honest, FEWEST_TO_RESERVE), (Cheap, FEWEST), (Prompted, FEWEST + 3)]
)
def test_of_too_few_labelled_examples_none_is_given_up(family: type[Honest], fewest: int) -> None:
    rows = [Example(f"{n}", f"text {n}", ANIMALS.labels[n % 3]) for n in range(fewest + 10)]
    few, enough = (
        replace(cell_of(), rows=rows, chosen=_chosen(labelled, len(rows)))
        for labelled in (fewest - 1, fewest)
    )
    none = facts(family, few)
    assert len(Honest.fits) == 1
    some = facts(family, enough)
    assert none is not None and none.method == "none" and none.reason and none.left_out == 0
    assert some is not None and some.examples >= FEWEST


def _chosen(labelled: int, rows: int) -> Any:
    places = tuple(range(rows))
    parts = {"train": places[: labelled - 1], "validation": places[labelled - 1 : labelled]}
    return cell_of().chosen.model_copy(update={**parts, "test": places[labelled:]})


@pytest.mark.parametrize(("family", "most"), [(Cheap, CHEAP_UP_TO), (Middling, 300), (Honest, 0)])
def test_size_decides_whether_a_family_is_fitted_again(family: type[Honest], most: int) -> None:
    assert method_of(family(), most) == "cross_fitted"
    assert method_of(family(), most + 1) == "reserved"


def test_an_error_in_a_further_fit_spoils_no_result() -> None:
    outcome = done(Breaks, cell_of())
    own = outcome.result.results[0].calibration
    assert outcome.result.status == "done" and own is not None and own.method == "none"
    assert own.reason == "predicting them failed: ValueError: once is enough"


def test_what_they_cost_is_told_apart_from_the_fit() -> None:
    cost = done(Cheap, cell_of()).result.cost
    assert cost is not None and cost.calibration_seconds > 0
    assert cost.predicted == 60


def test_a_further_fit_does_not_go_on_from_the_runs_own_checkpoints(tmp_path: Path) -> None:
    with running_in(RunContext(folder=tmp_path)):
        predicted(Cheap, cell_of())
    assert len(list(tmp_path.iterdir())) == 5


@pytest.mark.parametrize("family", [Honest, Cheap])
def test_with_folds_the_other_folds_serve_and_nothing_is_given_up(family: type[Honest]) -> None:
    rows = rows_of(cat=60, dog=60)
    cell = CellTask(PETS, folded(prepared(rows), None, 3, 0), rows)
    (found,) = predicted(family, cell)
    assert [len(ids) for ids in Honest.fits] == [80] * 3 and found.fits == 3
    assert sorted(found.rows) == [*range(120)] and found.left_out == 0
    for row, fold in zip(found.rows, found.folds, strict=True):
        assert row in cell.chosen.folds[fold].test and rows[row].id not in Honest.fits[fold]


def test_a_floor_has_none_with_folds_either() -> None:
    rows = rows_of(cat=20, dog=20)
    assert not predicted(Floor, CellTask(PETS, folded(prepared(rows), None, 2, 0), rows))


class Joint(Honest):
    """Learns all tasks at once."""

    multi_task = True


class CheapJoint(Joint):
    """Is fitted again for its calibration examples."""

    full_data_entry = True


@pytest.mark.parametrize("family", [Joint, CheapJoint])
def test_what_one_task_calibrates_on_is_learnt_in_no_other(family: type[Honest]) -> None:
    one = cell_of()
    # The same texts with other answers, as tasks of one study have.
    rows = [replace(row, id=f"o{row.id}", target="newt") for row in one.rows]
    other = CellTask(replace(PETS, name="others"), one.chosen, rows)
    for found, cell in zip(predicted(family, one, other), (one, other), strict=True):
        assert len(found.rows) >= 20
        for row, prediction in zip(found.rows, found.predictions, strict=True):
            learnt = Honest.fits[int(prediction.raw or 0) - 1]
            plain = cell.rows[row].id.removeprefix("o")
            assert plain not in learnt and f"o{plain}" not in learnt


@settings(max_examples=60)
@given(ROWS, st.integers(1, 20), st.integers(0, 3))
def test_groups_and_near_duplicates_are_set_apart_whole_and_no_class_is_used_up(
    rows: list[Example], wanted: int, seed: int
) -> None:
    cut = len(rows) // 3
    beside, rows = rows[:cut], rows[cut:]
    apart = {*set_apart(rows, ANIMALS, wanted, seed=seed, beside=beside)}
    left = [row for i, row in enumerate(rows) if i not in apart]
    assert len(apart) <= wanted and {r.target for r in left} == {r.target for r in rows}
    held = {mark for row in [*left, *beside] for mark in marks(row, "made up")}
    assert all(held.isdisjoint(marks(rows[i], "made up")) for i in apart)


def test_no_label_of_several_is_used_up() -> None:
    rows = [Example(f"{n}", f"text {n}", frozenset("a")) for n in range(20)]
    rare = Example("rare", "another", frozenset("ab"))
    apart = set_apart([*rows, rare], MultiLabel("a", "b"), 15, seed=0)
    assert len(apart) == 15 and 20 not in apart


def test_the_same_texts_are_set_apart_whatever_their_ids_and_order() -> None:
    rows = rows_of(cat=50, dog=50)
    renamed = [replace(row, id=f"x{n}") for n, row in enumerate(reversed(rows))]
    one, other = (
        {of[i].text for i in set_apart(of, ANIMALS, 20, seed=0)} for of in (rows, renamed)
    )
    assert one == other and len(one) == 20

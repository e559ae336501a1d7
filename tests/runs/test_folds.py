"""Folds: every row is tested once, by a fit that has seen neither it nor its group."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import ClassVar

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from bench.baseline import FitInfo, Prediction, TaskData
from bench.data.checks import near
from bench.errors import DataError
from bench.records import Limit
from bench.run_context import RunContext, current, running_in
from bench.runs.cells.cell import run_cell
from bench.runs.cells.fit_predict import Answers, CellTask, answer
from bench.runs.cells.meter import Meter
from bench.runs.planning.keys import Code
from bench.runs.planning.row_selection import apart, folded
from bench.runs.planning.run_spec import FoldRows, TaskRows
from bench.task import Example, Input, Task
from tests.support.folds import PETS, prepared, run_of
from tests.support.planning import planned, plugins
from tests.support.plugins_for_tests import add_task
from tests.support.rows import ROWS, rows_of

__all__ = ["plugins"]
FOLDS = st.integers(2, 6)


def dealt(
    rows: Sequence[Example], folds: int, *, train: int | None = None, seed: int = 0
) -> TaskRows:
    """The rows in folds; what has too few groups is of no use here."""
    try:
        return folded(prepared(rows), train, folds, seed)
    except DataError:
        assume(False)
        raise


def sides(part: FoldRows) -> list[set[int]]:
    return [{*part.train, *part.validation}, {*part.test}]


@settings(max_examples=40)
@given(ROWS, FOLDS, st.integers(0, 3))
def test_every_row_is_tested_exactly_once(rows: list[Example], folds: int, seed: int) -> None:
    found = dealt(rows, folds, seed=seed)
    tested = [i for part in found.folds for i in part.test]
    assert len(found.folds) == folds and all(part.test for part in found.folds)
    assert sorted(tested) == sorted(found.test) == list(range(len(rows)))


@settings(max_examples=40)
@given(ROWS, FOLDS, st.none() | st.integers(1, 30))
def test_no_group_and_no_near_duplicate_stands_astride_a_fold(
    rows: list[Example], folds: int, train: int | None
) -> None:
    for part in dealt(rows, folds, train=train).folds:
        groups, texts = (
            [{value(rows[i]) for i in side} - {None, b""} for side in sides(part)]
            for value in (lambda row: row.group, near)
        )
        assert not groups[0] & groups[1] and not texts[0] & texts[1]


@settings(max_examples=40)
@given(ROWS, FOLDS, st.none() | st.integers(1, 30))
def test_a_fold_learns_from_the_others_rows_up_to_the_limit(
    rows: list[Example], folds: int, train: int | None
) -> None:
    for part in dealt(rows, folds, train=train).folds:
        rest, learnt = len(rows) - len(part.test), [*part.train, *part.validation]
        assert len(learnt) == len(set(learnt)) == min(rest, train or rest)


def test_folds_are_of_one_size_and_have_each_classes_share() -> None:
    rows = rows_of(cat=60, dog=30, newt=10)
    for part in dealt(rows, 5).folds:
        assert Counter(rows[i].target for i in part.test) == {"cat": 12, "dog": 6, "newt": 2}


def test_each_seed_deals_anew_and_tests_the_same_rows() -> None:
    one, same, other = (dealt(rows_of(cat=40, dog=20), 4, seed=seed) for seed in (0, 0, 1))
    assert one == same and one.folds != other.folds and one.train_hash != other.train_hash
    assert one.test_hash == other.test_hash


def test_another_number_of_folds_is_another_key(plugins: Path) -> None:
    keys = {planned(plugins, folds=folds)[0].key for folds in (2, 3, None)}
    assert len(keys) == 3


def test_every_baseline_gets_the_same_rows(plugins: Path) -> None:
    runs = planned(plugins, baselines=["odd", "unseeded"], folds=3, seeds=[0, 1], limit_train=50)
    by_seed = [[run.tasks for run in runs if run.seed == seed] for seed in (0, 1)]
    assert [len(tasks) for tasks in by_seed] == [2, 2]
    assert by_seed[0][0] == by_seed[0][1] != by_seed[1][0] == by_seed[1][1]


def test_a_family_without_a_seed_follows_the_deal(plugins: Path) -> None:
    runs = planned(plugins, baselines=["unseeded"], folds=3, seeds=[0, 1])
    assert [(run.seed, run.seeded) for run in runs] == [(0, True), (1, True)]


def test_folds_that_were_asked_for_test_every_example_on_any_profile(plugins: Path) -> None:
    (run,) = planned(plugins, folds=3, profile="quick")
    assert len(run.tasks[0].test) == 200 and run.limit == Limit(train=128, test=None)
    assert run.variant == "3 folds"


def test_a_limit_on_the_test_holds_for_all_folds_together(plugins: Path) -> None:
    runs = planned(plugins, folds=3, limit_test=20, seeds=[0, 1])
    tested = [sorted(i for part in run.tasks[0].folds for i in part.test) for run in runs]
    assert len(tested[0]) == 20 and tested[0] == tested[1] == sorted(runs[0].tasks[0].test)
    (larger,) = planned(plugins, folds=3, limit_test=50)
    assert {*runs[0].tasks[0].test} < {*larger.tasks[0].test}


@pytest.mark.parametrize(("limit", "full"), [(50, [False, True]), (134, [False])])
def test_a_cheap_family_learns_from_all_examples_of_the_other_folds_beside_a_limit(
    plugins: Path, limit: int, full: list[bool]
) -> None:
    code = Code({"naive_bayes": "s"}, {"naive_bayes": "l"})
    runs = planned(plugins, code, baselines=["naive_bayes"], limit_train=limit, folds=3)
    assert [run.full_data_row for run in runs] == full
    assert len(runs[-1].tasks[0].folds[0].train) > 100


def test_more_folds_than_groups_names_the_task_and_both_numbers(plugins: Path) -> None:
    add_task(plugins, "colours", rows=8)
    assert len(planned(plugins, folds=8)[0].tasks[0].folds) == 8
    said = "9 folds need at least 9 groups of examples, but there are 8; give fewer folds"
    with pytest.raises(DataError, match=said):
        planned(plugins, folds=9)


class Careful:
    """Remembers what it learnt, and refuses to be tested on it."""

    multi_task: ClassVar[bool] = False
    seeded: ClassVar[bool] = False
    full_data_entry: ClassVar[bool] = False
    libraries: ClassVar[tuple[str, ...]] = ()

    def fit(self, data: Sequence[TaskData], *, seed: int) -> FitInfo:
        self.learnt = {example.id for example in data[0].labelled}
        return FitInfo(parameters=len(self.learnt), model_bytes=8)

    def predict(self, task: Task, inputs: Sequence[Input]) -> Sequence[Prediction]:
        assert not self.learnt & {row.id for row in inputs}
        return [Prediction("cat", raw=row.id) for row in inputs]

    def artefacts(self) -> dict[str, bytes]:
        return {"notes.bin": b"of the last fold"}


class KeepsNotes(Careful):
    """Leaves a file behind, and goes on from one that it finds, as a fit with checkpoints does."""

    def fit(self, data: Sequence[TaskData], *, seed: int) -> FitInfo:
        folder = current().folder
        assert folder is not None and not list(folder.iterdir())
        (folder / "checkpoint").touch()
        return super().fit(data, seed=seed)


class Heavy(Careful):
    """Memory is for one of them."""

    alive: ClassVar[int] = 0

    def __init__(self) -> None:
        Heavy.alive += 1

    def __del__(self) -> None:
        Heavy.alive -= 1

    def fit(self, data: Sequence[TaskData], *, seed: int) -> FitInfo:
        assert Heavy.alive == 1
        return super().fit(data, seed=seed)


def cell_of(folds: int) -> CellTask:
    rows = rows_of(cat=13, dog=7)
    return CellTask(PETS, dealt(rows, folds), rows)


def answered(cell: CellTask, family: type[Careful] = Careful) -> Answers:
    meter = Meter(1)
    (found,) = answer(run_of(cell.chosen), family, [cell], meter).answers
    assert meter.predicted == len(cell.rows)
    return found


@pytest.mark.parametrize("folds", [2, 3, 20])
def test_each_row_is_answered_by_a_fit_that_has_not_seen_it(folds: int) -> None:
    cell = cell_of(folds)
    assert [p.raw for p in answered(cell).test] == [cell.rows[i].id for i in cell.chosen.test]


def test_no_fold_goes_on_from_what_another_left_behind(tmp_path: Path) -> None:
    with running_in(RunContext(folder=tmp_path)):
        answered(cell_of(3), KeepsNotes)
    assert len(list(tmp_path.rglob("checkpoint"))) == 3


def test_no_folds_model_is_kept_in_memory_beside_the_next() -> None:
    answered(cell_of(3), Heavy)


def test_a_fold_that_a_limit_leaves_without_a_test_is_not_fitted() -> None:
    rows = rows_of(cat=13, dog=7)
    cell = CellTask(PETS, folded(prepared(rows), None, 10, 0, test=3), rows)
    (found,) = answer(run_of(cell.chosen), Careful, [cell], meter := Meter(1)).answers
    assert [p.raw for p in found.test] == [rows[i].id for i in cell.chosen.test]
    assert meter.predicted == 3


def test_the_record_is_of_all_rows_and_keeps_no_folds_model() -> None:
    cell = cell_of(4)
    result = run_cell(run_of(cell.chosen), Careful, [cell], Meter(1)).result
    assert (result.status, result.artefacts) == ("done", ()), result.reason
    assert result.results[0].counts.test == 20 and result.results[0].scores["accuracy"] == 0.65


@settings(max_examples=30)
@given(ROWS, ROWS, FOLDS, st.integers(0, 3))
def test_what_a_fold_tests_in_one_task_is_learnt_in_no_other(
    rows: list[Example], others: list[Example], folds: int, seed: int
) -> None:
    # The second task has the first one's texts, and some of its own.
    tasks = [prepared(rows), prepared([*rows, *(replace(r, id=f"o{r.id}") for r in others)])]
    try:
        found = apart(tasks, [folded(task, None, folds, seed) for task in tasks])
    except DataError:
        assume(False)
        raise
    for one, other, mine, its in ((0, 1, *found), (1, 0, *reversed(found))):
        for learns, tests in zip(mine.folds, its.folds, strict=True):
            learnt = {near(tasks[one].rows[i]) for i in (*learns.train, *learns.validation)}
            assert learnt.isdisjoint({near(tasks[other].rows[i]) for i in tests.test} - {b""})

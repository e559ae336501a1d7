"""`--score-train`: the rows that were learnt from are scored beside the test rows."""

from pathlib import Path

import pytest

from bench.baseline import Prediction
from bench.leaderboard.compute import compute
from bench.metrics import accuracy, roc_auc
from bench.records import Result, TaskScores
from bench.reports.tables.cell_details import details
from bench.runs.cells.cell import run_cell
from bench.runs.cells.fit_predict import CellTask, answer
from bench.runs.cells.meter import Meter
from bench.runs.planning.row_selection import folded
from bench.scoring.evaluate import train_scores
from bench.task import Task
from tests.support.by_heart import ROWS, SPLITS, TASK, ByHeart, cell_of
from tests.support.fakes import fake_result, fake_scores
from tests.support.folds import prepared, run_of
from tests.support.planning import planned, plugins
from tests.support.plugins_for_tests import add_baseline
from tests.support.runs import run_all

__all__ = ["plugins"]


def scored(cell: CellTask, *, score_train: bool = True) -> TaskScores:
    run = run_of(cell.chosen).model_copy(update={"score_train": score_train})
    result = run_cell(run, ByHeart, [cell], Meter(1)).result
    assert result.status == "done", result.reason
    (found,) = Result.model_validate_json(result.model_dump_json()).results
    return found


def test_train_scores_are_kept_apart_from_those_of_the_test() -> None:
    found = scored(cell_of())
    assert set(found.train_scores) == set(found.scores)
    assert (found.train_scores["accuracy"], found.scores["accuracy"]) == (1.0, 0.5)


def test_only_the_rows_that_were_learnt_from_are_asked_again_and_after_the_test() -> None:
    scored(cell_of())
    asked = [[ROWS[i].id for i in SPLITS[split]] for split in ("test", "train")]
    assert ByHeart.asked[:2] == asked  # behind them, single texts are timed


def test_unasked_the_train_rows_are_not_answered() -> None:
    assert scored(cell_of(), score_train=False).train_scores == {}
    assert [len(ids) for ids in ByHeart.asked if len(ids) > 1] == [len(SPLITS["test"])]


def test_without_train_rows_there_are_no_train_scores() -> None:
    assert scored(cell_of(train=())).train_scores == {}


def test_train_rows_do_not_count_in_the_cost_of_predicting() -> None:
    cell, meter = cell_of(), Meter(1)
    answer(run_of(cell.chosen).model_copy(update={"score_train": True}), ByHeart, [cell], meter)
    assert meter.predicted == len(SPLITS["test"])


def test_of_folds_each_is_scored_on_what_it_learnt() -> None:
    cell = CellTask(TASK, folded(prepared(ROWS), None, 3, 0), ROWS)
    assert scored(cell).train_scores["accuracy"] == 1.0


def test_of_several_fits_the_mean_is_kept_of_what_all_have() -> None:
    task = Task(**{**vars(TASK), "metrics": (accuracy, roc_auc)})
    sure = [Prediction(str(row.target), (0.5, 0.5)) for row in ROWS]
    bare = [Prediction("cat") for _ in ROWS]
    found = train_scores(task, [(ROWS, sure), (ROWS, bare)])
    assert found["accuracy"] == 0.75 and "roc_auc" not in found
    assert "roc_auc" in train_scores(task, [(ROWS, sure)]) and train_scores(task, []) == {}


def test_scoring_train_rows_is_part_of_the_key(plugins: Path, tmp_path: Path) -> None:
    plain, (asked,) = planned(plugins), planned(plugins, score_train=True)
    file = tmp_path / "made.toml"
    file.write_text("score_train = true\n")
    assert asked.score_train and asked.key != plain[0].key
    assert planned(plugins, experiment=str(file))[0].key == asked.key


def test_of_seeds_the_board_has_the_mean_and_the_page_a_column() -> None:
    parts = [fake_scores("reviews", 0.6, train_scores={"macro_f1": s}) for s in (0.8, 1.0)]
    board = compute([fake_result(scores=s, seed=i) for i, s in enumerate(parts)], [])
    assert board.rows[0].cells["reviews"].train_scores == {"macro_f1": pytest.approx(0.9)}
    (detail,) = details(board)
    assert detail.tables[0].head == ("metric", "score", "95 % interval", "on training data")
    assert [line[3] for line in detail.tables[0].lines] == [".900", "–"]


def test_a_real_run_stores_them(tmp_path: Path) -> None:
    add_baseline(tmp_path / "plugins", "odd")
    (found,) = run_all(tmp_path, score_train=True)["odd"].result.results
    assert set(found.train_scores) == set(found.scores)

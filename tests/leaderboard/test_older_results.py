"""What a run's record says of itself, and how a record of before is read, which does not."""

import pytest

from bench.leaderboard.compute import compute
from bench.leaderboard.older_results import Variant, variant
from bench.leaderboard.wording.format import about
from bench.records import TRAIN_SIZE, Limit
from bench.store.store import StoredResult
from tests.support.fakes import fake_multi, fake_result


def floors(*results: StoredResult) -> set[str]:
    return {row.baseline for row in compute(results, []).rows if row.is_floor}


def test_a_baseline_of_any_name_is_a_floor_where_its_record_says_so() -> None:
    results = [fake_result("coin", score=0.5, is_floor=True), fake_result("model", is_floor=False)]
    board = compute(results, [])
    assert floors(*results) == {"coin"} and board.tasks[0].floor == 0.5
    assert {row.baseline: row.cells["reviews"].above_floor for row in board.rows} == {
        "coin": None,
        "model": True,
    }


def test_a_name_alone_makes_no_floor_of_a_record_that_says_otherwise() -> None:
    assert floors(fake_result("majority", is_floor=False), fake_result()) == set()


def test_the_floors_of_a_store_of_before_are_known() -> None:
    assert floors(fake_result("majority"), fake_result("stratified_random"), fake_result()) == {
        "majority",
        "stratified_random",
    }


@pytest.mark.parametrize(
    ("baseline", "twin", "pairs"),
    [("all_in_one", "alone", 1), ("alone_multi", "", 0), ("alone_multi", None, 1)],
)
def test_a_multi_task_record_names_its_twin_and_one_of_before_by_its_ending(
    baseline: str, twin: str | None, pairs: int
) -> None:
    parts = [fake_result(baseline, task, single_task_twin=twin) for task in ("reviews", "other")]
    board = compute([fake_multi(*parts, baseline=baseline), fake_result("alone")], [])
    assert len(board.twins) == pairs


def test_a_variant_of_before_is_read_with_the_values_that_were_given() -> None:
    given = {"alpha": 0.1, "word": "a, b=c", "same": 1}
    text = "word=a, b=c, alpha=0.1, depth=3, train=64, 5 folds"
    limit = Limit(train=64)
    run = fake_result(settings=given, variant=text, limit=limit).result
    swept = {"word": "a, b=c", "alpha": 0.1, TRAIN_SIZE: 64, "depth": "3"}
    assert variant(run) == Variant(swept, 5)


def test_the_text_of_a_record_that_has_the_fields_is_not_read() -> None:
    shown = {"variant": "word=x, 9 folds, train=7", "swept": {"word": "x, 9 folds, train=7"}}
    board = compute([fake_result(limit=Limit(train=7), **shown)], [])
    assert (board.rows[0].swept, board.rows[0].folds) == (shown["swept"], 0)
    assert about(board.rows[0]).endswith("7 examples")

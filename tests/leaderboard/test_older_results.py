"""What a run's record says of itself, and how a record of before is read, which does not."""

import pytest

from bench.leaderboard.compute import compute
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

"""What rows cost, and which no other beats at that cost."""

import json
import math

import pytest

from bench.leaderboard.comparisons.cost_quality import (
    Point,
    entry_cost,
    front,
    is_measured,
    known_cost,
    mean_points,
    task_points,
)
from bench.leaderboard.compute import compute
from bench.reports.tables import costs
from bench.store.store import StoredResult
from tests.support.costs import spent
from tests.support.fakes import fake_multi, fake_result, fake_scores


def result(name: str, score: float, fit: float, task: str = "reviews") -> StoredResult:
    return fake_result(name, task, score, cost=spent(fit))


def test_what_is_better_or_cheaper_than_all_others_is_on_the_front() -> None:
    points = {"d": Point(4, 0.9), "c": Point(3, 0.6), "b": Point(2, 0.7), "a": Point(1, 0.5)}
    assert front(points) == {"a", "b", "d"}


def test_of_rows_as_good_only_the_cheaper_is_on_the_front() -> None:
    assert front({"a": Point(1, 0.5), "b": Point(2, 0.5)}) == {"a"}


def test_of_rows_as_dear_only_the_better_is_on_the_front() -> None:
    assert front({"a": Point(1, 0.5), "b": Point(1, 0.6)}) == {"b"}


def test_equal_rows_are_on_the_front_together() -> None:
    assert front({"a": Point(1, 0.5), "b": Point(1, 0.5)}) == {"a", "b"}


@pytest.mark.parametrize(
    "odd", [None, Point(math.nan, 0.9), Point(0, math.nan), Point(0, math.inf)]
)
def test_what_is_not_known_is_left_out_and_beats_nothing(odd: Point | None) -> None:
    assert front({"a": Point(1, 0.5), "odd": odd}) == {"a"}
    assert front({"odd": odd}) == set()


def test_the_total_is_the_time_to_fit_and_to_predict_1000_texts() -> None:
    board = compute([result("lstm", 0.8, 10.0)], [])
    assert task_points(board, board.tasks[0]) == {board.rows[0].id: Point(12.0, 0.8)}


def test_each_measure_is_a_cost_of_its_own() -> None:
    board = compute([result("lstm", 0.8, 10.0)], [])
    names = ("fit_seconds", "predict_seconds_per_1000", "peak_bytes", "parameters", "model_bytes")
    found = [task_points(board, board.tasks[0], name)[board.rows[0].id] for name in names]
    assert [point and point.cost for point in found] == [10, 2, 7, 5, 3]


def test_of_an_error_less_is_the_better_quality() -> None:
    scores = {n: fake_scores("km", s, metric="rmse") for n, s in (("a", 9.0), ("b", 2.0))}
    board = compute([fake_result(n, "km", scores=s, cost=spent(1)) for n, s in scores.items()], [])
    (best,) = front(task_points(board, board.tasks[0]))
    assert next(row for row in board.rows if row.id == best).baseline == "b"


def test_a_row_over_tasks_is_its_mean_against_its_mean_cost() -> None:
    results = [result("majority", 0.0, 0.0, task) for task in ("x", "y")]
    results += [result("lstm", 0.6, 10.0, "x"), result("lstm", 0.8, 30.0, "y")]
    board = compute(results, [])
    lstm = next(row for row in board.rows if row.baseline == "lstm")
    point = mean_points(board)[lstm.id]
    assert point == Point(22.0, pytest.approx(0.7))


def test_a_fit_for_several_tasks_counts_once_over_them() -> None:
    parts = [result("qlora", 0.8, 30.0, task) for task in ("x", "y", "z")]
    (row,) = compute([fake_multi(*parts)], []).rows
    assert entry_cost(row, ["x", "y", "z"]) == pytest.approx(10.0 + 2.0)
    assert entry_cost(row, ["x", "y", "z"], "peak_bytes") == 7


def test_a_cost_in_words_is_that_of_the_tasks_in_the_mean_where_there_are_any() -> None:
    parts = [result("lstm", 0.8, 10.0, "x"), result("lstm", 0.8, 30.0, "y")]
    (row,) = compute([*parts, result("lstm", 0.8, 90.0, "ranks_only")], []).rows
    assert known_cost(row, ["x", "y"]) == entry_cost(row, ["x", "y"]) == 22.0
    assert known_cost(row, ["x", "elsewhere"]) == 12.0
    assert known_cost(row, ["elsewhere"]) == pytest.approx((12 + 32 + 92) / 3)


def test_a_row_without_any_cost_has_none_in_words() -> None:
    (row,) = compute([fake_result("lstm", cost=None)], []).rows
    assert known_cost(row, ["reviews"]) is None


def test_a_full_data_row_is_no_point() -> None:
    full = fake_result("naive_bayes", score=0.9, full_data_row=True)
    board = compute([result("lstm", 0.8, 1.0), full], [])
    assert len(task_points(board, board.tasks[0])) == 1


def test_a_row_without_a_cost_on_every_task_has_none_over_them() -> None:
    parts = [result("lstm", 0.8, 1.0, "x"), fake_result("lstm", "y", cost=None)]
    (row,) = compute(parts, []).rows
    assert entry_cost(row, ["x", "y"]) is None


def test_the_energy_of_a_fit_for_several_tasks_is_shared_among_them() -> None:
    drawn = spent(30.0, energy_joules=600.0)
    parts = [fake_result("qlora", task, 0.8, cost=drawn) for task in ("x", "y", "z")]
    (row,) = compute([fake_multi(*parts)], []).rows
    assert entry_cost(row, ["x", "y", "z"], "energy_joules") == pytest.approx(200.0)


def test_energy_is_the_mean_over_seeds() -> None:
    drawn = [spent(1.0, energy_joules=joules) for joules in (10.0, 30.0)]
    runs = [fake_result("lstm", seed=i, cost=cost) for i, cost in enumerate(drawn)]
    (row,) = compute(runs, []).rows
    assert entry_cost(row, ["reviews"], "energy_joules") == 20.0


def test_energy_that_one_seed_does_not_know_is_not_known() -> None:
    drawn = [spent(1.0, energy_joules=10.0), spent(1.0)]
    runs = [fake_result("lstm", seed=i, cost=cost) for i, cost in enumerate(drawn)]
    (row,) = compute(runs, []).rows
    assert entry_cost(row, ["reviews"], "energy_joules") is None


@pytest.mark.parametrize(("joules", "expected"), [(5.0, True), (0.0, True), (None, False)])
def test_a_cost_is_measured_where_all_that_has_a_cost_has_it(
    joules: float | None, expected: bool
) -> None:
    runs = [fake_result("lstm", cost=spent(1.0, energy_joules=7.0)), fake_result("b", cost=None)]
    runs.append(fake_result("bert", cost=spent(2.0, energy_joules=joules)))
    assert is_measured(compute(runs, []), "energy_joules") is expected


def test_a_result_of_before_energy_was_counted_is_read() -> None:
    (stored,) = [fake_result("lstm", cost=spent(1.0))]
    old = stored.result.model_dump(mode="json")
    del old["cost"]["energy_joules"]
    read = type(stored.result).model_validate_json(json.dumps(old))
    assert read.cost and read.cost.energy_joules is None


def test_a_board_without_a_gpu_says_nothing_of_one() -> None:
    board = compute([result("lstm", 0.8, 1.0)], [])
    assert costs.heads(board, ["reviews"]) == costs.HEADS


def test_a_gpus_memory_and_energy_stand_beside_rows_that_need_none() -> None:
    drawn = spent(1.0, energy_joules=600.0, device_bytes=3 << 30)
    board = compute([fake_result("lstm", cost=drawn), result("naive_bayes", 0.8, 1.0)], [])
    found = costs.of_entries(board, ["reviews"])
    said = {row.baseline: found[row.id][len(costs.HEADS) :] for row in board.rows}
    assert costs.heads(board, ["reviews"])[len(costs.HEADS) :] == ("GPU memory", "GPU energy")
    assert said == {"lstm": ("3.0 GiB", "600 J"), "naive_bayes": ("–", "–")}


def test_energy_that_is_known_on_one_of_two_tasks_is_not_that_of_the_row() -> None:
    drawn = spent(1.0, energy_joules=600.0, device_bytes=3 << 30)
    known = spent(1.0, device_bytes=1 << 30)
    parts = [fake_result("lstm", "x", cost=drawn), fake_result("lstm", "y", cost=known)]
    board = compute(parts, [])
    assert costs.heads(board, ["x", "y"])[len(costs.HEADS) :] == ("GPU memory",)
    assert costs.of_entries(board, ["x", "y"])[board.rows[0].id][-1] == "2.0 GiB"

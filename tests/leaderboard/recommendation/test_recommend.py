"""Recommendations from results: what competes, what is never taken, and the numbers beside it."""

import numpy as np
import pytest

from bench.errors import UserError
from bench.leaderboard.board import Leaderboard
from bench.leaderboard.compute import compute
from bench.leaderboard.findings import Advice
from bench.leaderboard.recommendation.recommend import recommend
from bench.records import MetricDirection
from tests.support.boards import BOARDS, board, entry, floor
from tests.support.costs import spent
from tests.support.fakes import fake_draws, fake_multi, fake_result, fake_scores, fake_store


def advised(found: Leaderboard, task: str = "reviews", margin: float | None = None) -> Advice:
    return next(one for one in recommend(found, margin) if one.task == task)


def taken(found: Leaderboard, task: str = "reviews", margin: float | None = None) -> str:
    """The recommended baseline; empty: none."""
    id_ = advised(found, task, margin).take
    return next((row.baseline for row in found.rows if row.id == id_), "")


def near(cheap: float) -> Leaderboard:
    return board(floor(), entry("bert", 0.8, 90.0), entry("naive_bayes", cheap))


def test_the_cheapest_that_is_expected_to_lose_little_is_taken() -> None:
    assert taken(near(0.79)) == "naive_bayes"


def test_one_that_is_expected_to_lose_more_than_the_margin_is_not() -> None:
    assert taken(near(0.77)) == "bert"


def test_a_wider_margin_takes_what_a_narrow_one_does_not() -> None:
    assert [taken(near(0.77), margin=margin) for margin in (0.02, 0.05)] == ["bert", "naive_bayes"]


def test_the_numbers_are_those_of_the_taken_and_the_best() -> None:
    advice = advised(near(0.79))
    assert (advice.score, advice.best_score) == (0.79, 0.8)
    assert (advice.cost, advice.best_cost, advice.margin) == (3.0, 92.0, 0.02)
    assert advice.expected_regret == pytest.approx(0.01, abs=0.004)
    assert advice.probability_within_margin is not None
    assert 0.9 < advice.probability_within_margin <= 1


def test_the_board_carries_the_recommendations_over_all_tasks_last() -> None:
    found = compute(fake_store(), [])
    assert found.advice == recommend(found)
    assert [one.task for one in found.advice] == ["task_0", "task_1", "task_2", ""]


def test_a_floor_entry_is_never_taken_however_cheap() -> None:
    assert taken(board(floor(), entry("bert", 0.8, 90.0)), margin=0.6) == "bert"


def test_an_entry_that_does_not_beat_guessing_is_never_taken() -> None:
    found = board(
        floor(), entry("bert", 0.8, 90.0, noise=0.1), entry("naive_bayes", 0.31, noise=0.1)
    )
    assert taken(found, margin=0.6) == "bert"


def test_where_nothing_beats_guessing_nothing_is_taken() -> None:
    advice = advised(BOARDS["nothing beats guessing"]())
    assert (advice.take, advice.best, advice.score, advice.cost) == ("", "", None, None)


@pytest.mark.parametrize(("units", "expected"), [(29, ""), (30, "a")])
def test_nothing_is_taken_from_fewer_than_30_test_examples(units: int, expected: str) -> None:
    scores = (("majority", 0.3), ("a", 0.8), ("b", 0.5))
    assert taken(board(*(entry(n, s, facts={"test": units}) for n, s in scores))) == expected


def test_groups_of_test_examples_are_the_units() -> None:
    data = fake_scores("reviews", 0.8).data.model_copy(update={"groups": 12})
    [advice] = board(floor(facts={"data": data}), entry("a", 0.8, facts={"data": data})).advice
    assert advice.take == "" and "a test of 12 groups is too small" in advice.words


def test_a_metric_without_a_margin_is_recommended_on_only_with_one_given() -> None:
    found = BOARDS["error without margin"]()
    assert taken(found) == "" and taken(found, margin=0.5) == "lstm"


def test_a_margin_that_a_task_declares_counts_for_it() -> None:
    way = MetricDirection(greater_is_better=True, perfect=1.0, margin=0.05)
    scores = (("majority", 0.3, 0.0), ("bert", 0.8, 90.0), ("naive_bayes", 0.77, 1.0))
    found = board(*(entry(*one, facts={"way": way}) for one in scores))
    assert advised(found).margin == 0.05 and taken(found) == "naive_bayes"


def test_an_entry_that_learnt_from_all_labelled_examples_competes() -> None:
    found = board(floor(), entry("bert", 0.4, 90.0), entry("naive_bayes", 0.9, full_data_row=True))
    assert taken(found) == "naive_bayes"


def test_an_entry_whose_noise_is_unknown_does_not_compete() -> None:
    odd = fake_result("b", score=0.9, draws=np.full(400, np.nan, np.float32))
    assert taken(board(floor(), entry("a", 0.8), odd)) == "a"


def test_an_entry_of_unknown_cost_is_taken_only_where_it_is_the_best() -> None:
    known = entry("bert", 0.8, 90.0)
    unknown = [entry("lstm", score, cost=None) for score in (0.79, 0.9)]
    assert [taken(board(floor(), known, one)) for one in unknown] == ["bert", "lstm"]


@pytest.mark.parametrize("tasks", [["x", "y"], ["x"]])
def test_a_shared_fit_is_divided_among_its_tasks(tasks: list[str]) -> None:
    shared = fake_multi(*(entry("qlora", 0.8, 100.0, task=task) for task in ("x", "y")))
    others = [floor(task) for task in tasks]
    found = board(*others, shared)
    assert advised(found, "x").cost == pytest.approx(100 / 2 + 2)


def test_a_shared_fit_is_divided_over_all_tasks_too() -> None:
    shared = fake_multi(*(entry("qlora", 0.8, 100.0, task=task) for task in ("x", "y")))
    found = board(floor("x"), floor("y"), shared)
    assert advised(found, "").cost == pytest.approx(100 / 2 + 2)


def test_over_all_tasks_the_score_is_the_mean_way_from_guessing_to_perfect() -> None:
    advice = advised(BOARDS["two tasks"](), "")
    assert advice.score == pytest.approx((0.79 - 0.3) / 0.7)
    assert advice.best_score == pytest.approx((0.8 - 0.3) / 0.7)


def test_over_all_tasks_only_entries_with_a_score_on_each_compete() -> None:
    found = board(
        *(floor(task) for task in ("x", "y")),
        *(entry("bert", 0.8, 90.0, task=task) for task in ("x", "y")),
        entry("naive_bayes", 0.95, task="x"),
    )
    assert taken(found, "") == "bert" and taken(found, "x") == "naive_bayes"


def test_one_task_alone_has_no_recommendation_over_all() -> None:
    assert [one.task for one in near(0.79).advice] == ["reviews"]


def test_tasks_with_different_numbers_of_draws_count_over_all() -> None:
    short = [
        fake_result(name, "y", score, draws=fake_draws("y", score, own=name)[:250])
        for name, score in (("majority", 0.3), ("bert", 0.8))
    ]
    found = board(floor("x"), entry("bert", 0.8, task="x", seeded=True), *short)
    assert taken(found, "") == "bert"


def test_a_tiny_task_does_not_count_over_all() -> None:
    assert [one.task for one in BOARDS["tiny and not"]().advice] == ["reviews", "tiny"]


def test_an_unknown_task_is_named_with_its_neighbours() -> None:
    with pytest.raises(UserError, match="did you mean 'task"):
        recommend(compute(fake_store(), []), task="task_O")


def test_a_task_that_no_entry_has_scored_is_refused() -> None:
    with pytest.raises(UserError, match="no entry has scored it"):
        recommend(compute(fake_store(), []), task="far_away")


def test_a_margin_in_the_wrong_unit_is_refused_before_anything_is_said() -> None:
    with pytest.raises(UserError, match="--margin 2: scores of reviews"):
        recommend(near(0.79), 2)


def test_a_margin_that_fits_one_task_alone_can_be_given_for_it() -> None:
    bounded = [floor("y"), entry("bert", 0.8, task="y")]
    errors = [
        entry(name, score, task="x", facts={"metric": "rmse"}, cost=spent(1.0))
        for name, score in (("majority", 9.0), ("bert", 2.0))
    ]
    found = board(*bounded, *errors)
    with pytest.raises(UserError, match="or name one task with --task"):
        recommend(found, 3.0)
    assert recommend(found, 3.0, "x")[0].take.startswith("bert")

"""Advice and crossovers: what is recommended, and that the words claim no more than was found."""

import numpy as np
import pytest

from bench.errors import UserError
from bench.leaderboard.board import Leaderboard
from bench.leaderboard.compute import compute
from bench.leaderboard.findings import Advice, Crossover
from bench.leaderboard.wording.advice import recommend
from bench.records import ModelFacts
from bench.store.store import StoredResult
from tests.support.advice import at_size, results
from tests.support.costs import spent
from tests.support.fakes import fake_draws, fake_result, fake_scores, fake_store


def advised(*found: StoredResult, margin: float = 0.02) -> Advice:
    (advice,) = recommend(compute(found, []), margin)
    return advice


def baseline(board: Leaderboard, id_: str) -> str:
    return next((row.baseline for row in board.rows if row.id == id_), "")


def taken(*found: StoredResult, margin: float = 0.02) -> str:
    return baseline(compute(found, []), advised(*found, margin=margin).cheapest)


def test_the_cheapest_row_within_the_margin_is_taken_and_the_words_say_that_it_is_worse() -> None:
    found = results(bert=(0.8, 90.0), naive_bayes=(0.79, 1.0))
    assert taken(*found) == "naive_bayes"
    words = advised(*found).words
    assert ".010 worse than that of bert" in words and "do tell the two apart" in words
    assert "cannot tell" not in words and "31 times as much" in words


def test_a_row_beyond_the_margin_that_the_tests_tell_apart_is_not_near() -> None:
    found = results(bert=(0.8, 90.0), naive_bayes=(0.77, 1.0))
    assert taken(*found) == "bert"
    assert "no cheaper row is within .020 of it or tied with it" in advised(*found).words


def test_a_row_beyond_the_margin_that_is_tied_is_near_and_the_words_say_why() -> None:
    found = results(noise=0.2, bert=(0.8, 90.0), naive_bayes=(0.77, 1.0))
    assert taken(*found) == "naive_bayes"
    words = advised(*found).words
    assert "more than .020, but the tests cannot tell the two apart" in words
    assert "8 times in 10" in words


def test_a_score_exactly_at_the_margin_is_near() -> None:
    assert taken(*results(bert=(0.8, 90.0), naive_bayes=(0.78, 1.0))) == "naive_bayes"
    assert taken(*results(bert=(0.8, 90.0), naive_bayes=(0.78, 1.0)), margin=0.019) == "bert"


def test_numbers_stand_beside_the_words() -> None:
    advice = advised(*results(bert=(0.8, 96.0), naive_bayes=(0.79, 0.0)))
    assert advice.difference == pytest.approx(0.01)
    assert (advice.cost, advice.cost_ratio, advice.tied) == (2.0, 49.0, False)


def test_a_floor_row_is_never_taken_however_cheap() -> None:
    assert taken(*results(bert=(0.8, 90.0)), margin=1.0) == "bert"


def test_a_row_not_surely_above_the_floor_is_never_taken() -> None:
    found = results(noise=0.2, bert=(0.8, 90.0), naive_bayes=(0.31, 1.0))
    assert taken(*found, margin=1.0) == "bert"


def test_where_nothing_is_surely_above_the_floor_that_is_said_and_nothing_taken() -> None:
    advice = advised(*results(noise=0.2, bert=(0.31, 90.0)))
    assert (advice.best, advice.cheapest, advice.difference) == ("", "", None)
    assert "nothing is surely above the floor" in advice.words


def test_without_a_floor_row_the_words_say_that_nothing_is_known_of_guessing() -> None:
    assert "beats guessing" in advised(fake_result("bert")).words


def test_a_better_score_that_is_not_surely_above_the_floor_is_named() -> None:
    draws = fake_draws("reviews", 0.9, own="lstm") + np.random.default_rng(1).normal(0, 1, 400)
    wild = fake_result("lstm", score=0.9, draws=draws, cost=spent(1))
    words = advised(*results(bert=(0.8, 90.0), naive_bayes=(0.6, 1.0)), wild).words
    assert words.startswith("reviews: bert.")
    assert "Better scores that are not surely above the floor: lstm (.900)." in words
    assert "cannot tell" not in words


def test_of_an_error_the_smaller_is_the_best() -> None:
    scores = {"majority": (9.0, 0.0), "bert": (2.0, 90.0), "lstm": (2.01, 1.0), "x": (5.0, 0.1)}
    found = [
        fake_result(
            name,
            "km",
            scores=fake_scores("km", score, metric="rmse"),
            draws=fake_draws("km", score, own=name),
            cost=spent(fit),
        )
        for name, (score, fit) in scores.items()
    ]
    assert taken(*found) == "lstm"
    assert advised(*found).difference == pytest.approx(0.01)


def test_a_full_data_row_is_never_taken_but_mentioned() -> None:
    full = fake_result("naive_bayes", score=0.85, full_data_row=True, cost=spent(2.0))
    found = [*results(bert=(0.8, 90.0), naive_bayes=(0.6, 1.0)), full]
    assert taken(*found) == "bert"
    mention = "Not ranked, since it learnt from more: naive_bayes (all examples) with macro_f1 .850"
    assert mention in advised(*found).words


def test_where_nothing_is_taken_a_full_data_row_above_the_floor_is_mentioned() -> None:
    full = fake_result("naive_bayes", score=0.85, full_data_row=True, cost=spent(2.0))
    advice = advised(*results(noise=0.2, naive_bayes=(0.31, 1.0)), full)
    assert advice.cheapest == "" and advice.all_rows.startswith("naive-bayes")
    assert "it learnt from more: naive_bayes (all examples) with macro_f1 .850" in advice.words


def test_costs_of_different_machines_are_told_as_such() -> None:
    bert = fake_result("bert", score=0.8, cost=spent(90.0, device="a made-up GPU"))
    words = advised(*results(naive_bayes=(0.79, 1.0)), bert).words
    assert "not measured alike" in words


def test_a_row_without_a_cost_is_not_called_cheap() -> None:
    bert = fake_result("bert", score=0.8, cost=None)
    assert "was not measured" in advised(*results(), bert).words


def test_a_stand_in_is_called_that() -> None:
    facts = ModelFacts(
        name="small", of="a", revision="1", sha256={}, parameters=1, stand_in_for="Llama 2 7B"
    )
    words = advised(*results(), fake_result("qlora", score=0.8, model=facts)).words
    assert "qlora (small, a stand-in for Llama 2 7B)" in words


def test_ties_of_the_best_with_dearer_rows_are_told() -> None:
    words = advised(*results(noise=0.2, bert=(0.79, 90.0), lstm=(0.8, 1.0))).words
    assert "cannot tell it from another row" in words


def over_all(
    margin: float = 0.02, noise: float = 0.02, **rows: tuple[float, float, float]
) -> Advice:
    """Advice over two tasks from the scores on them and the seconds to fit."""
    found = [
        one
        for number, task in enumerate(("x", "y"))
        for one in results(task, noise, **{n: (row[number], row[2]) for n, row in rows.items()})
    ]
    return recommend(compute(found, []), margin)[-1]


def test_over_all_tasks_the_mean_is_held_against_the_margin_and_the_test_of_means_is_told() -> None:
    advice = over_all(bert=(0.8, 0.8, 90.0), naive_bayes=(0.79, 0.79, 1.0))
    assert advice.task == "" and advice.cheapest.startswith("naive-bayes")
    assert "within .020, though the tests do tell the two apart" in advice.words


def test_over_all_tasks_a_mean_that_is_tied_with_the_best_is_near() -> None:
    advice = over_all(noise=0.2, bert=(0.8, 0.8, 90.0), naive_bayes=(0.77, 0.77, 1.0))
    assert advice.tied and advice.cheapest.startswith("naive-bayes")
    assert "more than .020, but the tests cannot tell the two apart" in advice.words


def test_over_all_tasks_a_row_must_be_above_the_floor_wherever_the_best_is() -> None:
    advice = over_all(bert=(0.8, 0.8, 90.0), naive_bayes=(1.0, 0.3, 1.0), margin=1.0)
    assert advice.cheapest.startswith("bert")
    assert "what is cheaper" in advice.words and "(naive_bayes) is not surely" in advice.words


def test_over_all_tasks_those_without_certainty_are_named() -> None:
    advice = over_all(bert=(0.8, 0.3, 90.0))
    assert "Not surely above the floor on y." in advice.words


def test_one_task_gives_no_advice_over_all() -> None:
    assert [a.task for a in recommend(compute(results(bert=(0.8, 1.0)), []))] == ["reviews"]


def test_an_unknown_task_is_named_with_its_neighbours() -> None:
    board = compute(fake_store(), [])
    with pytest.raises(UserError, match="did you mean 'task"):
        recommend(board, task="task_O")


def test_a_task_that_no_ranked_row_has_scored_is_refused() -> None:
    with pytest.raises(UserError, match="no ranked row has scored it"):
        recommend(compute(fake_store(), []), task="far_away")


@pytest.mark.parametrize("margin", [-0.1, float("nan")])
def test_a_margin_below_zero_is_refused(margin: float) -> None:
    with pytest.raises(UserError, match="margin"):
        recommend(compute(fake_store(), []), margin)


def test_the_board_carries_the_advice() -> None:
    board = compute(fake_store(), [])
    assert board.advice == recommend(board)
    assert [a.task for a in board.advice] == ["task_0", "task_1", "task_2", ""]


def crossings(
    half: float = 0.01, metric: str = "macro_f1", **lines: dict[int, float]
) -> tuple[Crossover, ...]:
    """Overtakings of learning curves, each scores by size."""
    found = [
        at_size(name, size, score, half, metric)
        for name, points in lines.items()
        for size, score in points.items()
    ]
    return compute(found, []).crossovers


def test_a_crossing_names_the_last_size_before_and_the_first_after() -> None:
    naive, bert = {100: 0.6, 500: 0.7, 900: 0.72}, {100: 0.4, 500: 0.6, 900: 0.8}
    (one,) = crossings(naive_bayes=naive, bert=bert)
    assert (one.first, one.from_rows, one.second, one.to_rows) == ("naive_bayes", 500, "bert", 900)
    assert one.sure and "do not overlap at either" in one.words


def test_a_crossing_whose_intervals_meet_is_not_sure() -> None:
    lines = {"naive_bayes": {100: 0.6, 500: 0.7}, "bert": {100: 0.4, 500: 0.71}}
    (one,) = crossings(**lines)  # type: ignore[arg-type]
    assert not one.sure and "their intervals overlap at 500" in one.words


def test_lines_that_never_cross_overtake_nothing() -> None:
    assert crossings(a={100: 0.6, 500: 0.7}, b={100: 0.5, 500: 0.6}) == ()


def test_where_two_lines_touch_neither_is_ahead() -> None:
    assert crossings(a={100: 0.6, 500: 0.7, 900: 0.8}, b={100: 0.5, 500: 0.7, 900: 0.75}) == ()
    (one,) = crossings(a={100: 0.6, 500: 0.7, 900: 0.8}, b={100: 0.5, 500: 0.7, 900: 0.9})
    assert (one.from_rows, one.to_rows) == (100, 900)


def test_of_an_error_the_lower_line_is_ahead() -> None:
    (one,) = crossings(metric="rmse", a={100: 0.4, 500: 0.4}, b={100: 0.6, 500: 0.2})
    assert (one.first, one.second) == ("a", "b")


def test_sizes_that_only_one_family_has_say_nothing() -> None:
    assert crossings(a={100: 0.6, 500: 0.7, 900: 0.1}, b={100: 0.5, 500: 0.6}) == ()

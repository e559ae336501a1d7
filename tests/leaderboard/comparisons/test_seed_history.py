"""Seed noise on a board: where it comes from, and what it changes."""

import numpy as np
import pytest

from bench.leaderboard.board import Cell, Leaderboard
from bench.leaderboard.compute import compute
from bench.records import Limit, MetricDirection, Outside
from bench.scoring.seed_priors import VARIANCES, WIDENING
from bench.store.store import StoredResult
from tests.support.fakes import fake_draws, fake_result, fake_scores


def several(
    baseline: str, task: str, *scores: float, limit: int | None = None
) -> list[StoredResult]:
    """A run for each score, with seeds 0, 1 and so on, and draws that all of them share."""
    draws = fake_draws(task, scores[0])
    return [
        fake_result(baseline, task, score, seed=seed, draws=draws, limit=Limit(train=limit))
        for seed, score in enumerate(scores)
    ]


def cell(board: Leaderboard, baseline: str, task: str, limit: int | None = None) -> Cell:
    [row] = [r for r in board.rows if (r.baseline, r.limit_train) == (baseline, limit)]
    return row.cells[task]


def test_several_seeds_are_measured() -> None:
    found = cell(compute(several("bert", "a", 0.7, 0.8, 0.9), []), "bert", "a")
    assert (found.training_sd, found.training_sd_from) == (pytest.approx(0.1), "measured")


def test_one_seed_borrows_from_another_size_before_another_task() -> None:
    results = [
        *several("bert", "a", 0.8, limit=100),
        *several("bert", "a", 0.7, 0.8, limit=500),
        *several("bert", "b", 0.2, 0.8, limit=100),
    ]
    found = cell(compute(results, []), "bert", "a", 100)
    assert (found.training_sd, found.training_sd_from) == (pytest.approx(0.005**0.5), "borrowed")


def test_without_several_seeds_anywhere_the_prior_is_taken() -> None:
    found = cell(compute(several("bert", "a", 0.8), []), "bert", "a")
    assert found.training_sd == pytest.approx((WIDENING * VARIANCES["bert"]) ** 0.5)
    assert found.training_sd_from == "prior"


def test_another_task_lends_on_the_scale_of_its_metric() -> None:
    """An error of 20 at the floor and 0 at best: a tenth of the scale is 2."""
    way = MetricDirection(greater_is_better=False, perfect=0.0)
    errors = {"majority": 20.0, "bert": 5.0}
    there = [
        fake_result(n, "km", s, scores=fake_scores("km", s, metric="error", direction=way))
        for n, s in errors.items()
    ]
    found = compute([*several("bert", "a", 0.7, 0.8, 0.9), *there], [])
    assert cell(found, "bert", "km").training_sd == pytest.approx(2.0)


def test_unseeded_families_and_submitted_predictions_have_none() -> None:
    file = Outside(file="p.csv", sha256="0" * 64)
    results = [
        fake_result("naive_bayes", "a", seeded=False),
        fake_result("theirs", "a", outside=file, cost=None, seeded=False),
    ]
    found = compute(results, [])
    for name in ("naive_bayes", "theirs"):
        assert cell(found, name, "a").training_sd == 0
        assert cell(found, name, "a").training_sd_from == "none"


def test_families_within_the_noise_of_their_seeds_are_not_told_apart() -> None:
    results = [*several("x", "a", 0.70, 0.80, 0.90), *several("y", "a", 0.60, 0.70, 0.80)]
    [contest] = compute(results, []).comparisons
    assert contest.p is not None and contest.p > 0.2
    assert contest.low < 0 < contest.high


def test_the_interval_of_a_mean_over_seeds_holds_their_noise() -> None:
    steady, wild = (
        cell(compute(several("x", "a", *scores), []), "x", "a").intervals["macro_f1"]
        for scores in ((0.8, 0.8, 0.8), (0.7, 0.8, 0.9))
    )
    assert wild[1] - wild[0] > 3 * (steady[1] - steady[0])


def test_the_noise_of_the_tasks_adds_up_in_a_mean() -> None:
    """Net variance .01 and three seeds on each of two tasks, whose scale is half as wide."""
    floor = [fake_result("majority", t, 0.5, seeded=False) for t in "ab"]
    runs = [r for t in "ab" for r in several("x", t, 0.7, 0.8, 0.9)]
    [row] = [r for r in compute([*floor, *runs], []).rows if r.baseline == "x"]
    assert row.mean_interval is not None
    half = (row.mean_interval[1] - row.mean_interval[0]) / 2
    se = np.sqrt(2 * (0.01 / 3 / 0.25) / 4)
    assert half > 2.3 * se  # four degrees of freedom


def test_the_number_of_other_entries_changes_the_floors_tests_by_their_number_alone() -> None:
    """Pairs of the others, of which there are 66, do not."""
    ours = [fake_result("majority", score=0.6, seeded=False)]
    ours += [fake_result("ours", score=0.6087, seeded=False)]
    others = [fake_result(f"o{i}", score=0.6 + i / 1e4, seeded=False) for i in range(10)]
    assert cell(compute([*ours, *others], []), "ours", "reviews").above_floor


def test_fewer_than_thirty_units_tie_nobody_and_say_so() -> None:
    def board(test: int) -> Leaderboard:
        scores = {n: fake_scores("reviews", s, test=test) for n, s in (("a", 0.8), ("b", 0.7995))}
        return compute([fake_result(n, scores=s, seeded=False) for n, s in scores.items()], [])

    few, enough = board(28), board(30)
    assert [cell(few, n, "reviews").tied for n in "ab"] == [False, False]
    assert [cell(enough, n, "reviews").tied for n in "ab"] == [True, True]
    assert (few.tasks[0].few_units, enough.tasks[0].few_units) == (True, False)
    assert any(s.startswith("Too few test examples") for s in few.limits)
    assert "surely" not in few.verdict[0]


def test_the_difference_to_be_found_grows_with_the_number_of_pairs() -> None:
    def task(entries: int) -> tuple[float, float]:
        rows = [fake_result(f"x{i}", score=0.8, seeded=False) for i in range(entries)]
        [column] = compute(rows, []).tasks
        assert column.detectable is not None and column.detectable_alone is not None
        return column.detectable, column.detectable_alone

    two, eight = task(2), task(8)
    assert two[0] == two[1]
    assert eight[0] / eight[1] == pytest.approx(3.97 / 2.8, rel=0.05)


def test_means_have_probabilities_and_a_sentence_for_which_tasks_they_hold() -> None:
    tasks = ("t0", "t1", "t2", "t3", "t4")
    levels = {"majority": 0.2, "x": 0.8, "y": 0.799}
    rows = [fake_result(n, t, s, seeded=False) for n, s in levels.items() for t in tasks]
    found = compute(rows, [])
    by_pair = {c.difference: c for c in found.mean_comparisons}
    near, far = by_pair[min(by_pair)], by_pair[max(by_pair)]
    assert near.probability_equal is not None and near.probability_equal > 0.9
    assert far.probability_first is not None and far.probability_first > 0.9
    [told] = [s for s in found.limits if s.startswith("Means, their intervals")]
    assert "these 5 tasks. On tasks like these, x against y: " in told
    assert told.endswith("under 1 % better, over 99 % within 2 points, under 1 % worse.")


def test_the_mean_over_one_task_has_no_probabilities() -> None:
    rows = [fake_result(n, score=s) for n, s in (("majority", 0.2), ("x", 0.8))]
    [contest] = compute(rows, []).mean_comparisons
    assert contest.probability_equal is None
    assert not any(s.startswith("Means, their intervals") for s in compute(rows, []).limits)


def test_the_sentence_on_one_seed_says_where_the_noise_comes_from() -> None:
    [told] = [s for s in compute(several("bert", "a", 0.8), []).limits if "one seed" in s]
    assert told.endswith(" take it from values shipped with textbench.")

"""Every two rows side by side: who is compared, the difference, what only one of them has right."""

import math
from typing import Any

import numpy as np
import pytest

from bench.leaderboard.board import Leaderboard
from bench.leaderboard.compute import compute
from bench.leaderboard.findings import Comparison
from bench.records import Limit, Outside
from bench.scoring.significance import compare, difference_interval, difference_intervals
from bench.store.store import StoredResult
from tests.support.fakes import fake_draws, fake_result, fake_scores


def board(*results: StoredResult) -> Leaderboard:
    return compute(results, [])


def names(found: Leaderboard, contest: Comparison) -> str:
    by_id = {row.id: row.baseline for row in found.rows}
    return by_id[contest.first] + by_id[contest.second]


def right(baseline: str, bits: bytes, **fields: Any) -> StoredResult:
    return fake_result(baseline, scores=fake_scores("reviews", 0.8, right=bits.hex()), **fields)


def test_every_pair_of_a_task_stands_once_in_the_order_of_the_board() -> None:
    scores = {"majority": 0.2, "a": 0.5, "b": 0.9, "c": 0.7}
    found = board(*(fake_result(n, score=s) for n, s in scores.items()))
    pairs = [names(found, contest) for contest in found.comparisons]
    assert pairs == ["bc", "ba", "bmajority", "ca", "cmajority", "amajority"]
    assert {contest.task for contest in found.comparisons} == {"reviews"}


def test_the_difference_is_first_less_second_with_the_interval_paired() -> None:
    pair = [fake_result(n, score=s, seeded=False) for n, s in (("a", 0.8), ("b", 0.6))]
    [contest] = board(*pair).comparisons
    draws = [fake_draws("reviews", s, own=n).astype(float) for n, s in (("a", 0.8), ("b", 0.6))]
    bounds = difference_interval(*draws)
    assert contest.difference == pytest.approx(0.2)
    assert (contest.low, contest.high) == pytest.approx((bounds.low, bounds.high))


def test_p_is_that_of_the_tasks_tests_after_holm() -> None:
    scores = {"a": 0.8, "b": 0.796, "c": 0.793}
    found = board(*(fake_result(n, score=s, seeded=False) for n, s in scores.items()))
    draws = np.array([fake_draws("reviews", s, own=n) for n, s in scores.items()], float)
    p = compare(np.array(list(scores.values())), draws, units=200).holm_p
    by_pair = {names(found, contest): contest.p for contest in found.comparisons}
    assert by_pair == pytest.approx({"ab": p[0, 1], "ac": p[0, 2], "bc": p[1, 2]})
    assert 0.01 < p[0, 1] < 1


def test_a_full_data_row_is_compared_but_has_no_p() -> None:
    full = fake_result("a", score=0.9, full_data_row=True)
    [contest] = board(fake_result("a", score=0.7, limit=Limit(train=128)), full).comparisons
    assert contest.p is None
    assert contest.low < contest.difference < contest.high


def test_rows_that_one_alone_has_right_are_counted() -> None:
    found = board(right("a", b"\xff" * 24 + b"\x0f"), right("b", b"\xfe" * 25))
    [contest] = found.comparisons
    counts = {names(found, contest): (contest.only_first, contest.only_second)}
    assert counts == {"ab": (24 + 1, 4)}


def test_the_first_seed_that_both_have_is_counted() -> None:
    early, late = right("a", b"\x00" * 25, seed=0), right("a", b"\xff" * 25, seed=1)
    other = [right("b", b"\xf0" * 25, seed=seed) for seed in (1, 2)]
    [contest] = board(early, late, *other).comparisons
    assert (contest.only_first, contest.only_second) == (100, 0)


def test_rows_without_a_common_seed_are_not_counted() -> None:
    [contest] = board(right("a", b"\xff" * 25), right("b", b"\xf0" * 25, seed=1)).comparisons
    assert (contest.only_first, contest.only_second) == (None, None)


def test_answers_that_are_not_right_or_wrong_are_not_counted() -> None:
    [contest] = board(fake_result("a"), right("b", b"\xff" * 25)).comparisons
    assert (contest.only_first, contest.only_second) == (None, None)


def test_rows_on_other_test_rows_meet_nobody() -> None:
    facts = fake_scores("reviews", 0.9)
    data = facts.data.model_copy(update={"test_hash": "other"})
    odd = fake_result("c", scores=facts.model_copy(update={"data": data}))
    found = board(fake_result("a", score=0.8), fake_result("b", score=0.7), odd)
    assert [names(found, contest) for contest in found.comparisons] == ["ab"]


def test_draws_that_are_no_numbers_give_no_interval_and_no_p() -> None:
    odd = fake_result("b", score=0.5, draws=np.full(400, np.nan, np.float32))
    [contest] = board(fake_result("a"), odd).comparisons
    assert math.isnan(contest.low) and math.isnan(contest.high)
    assert contest.p is None


def test_intervals_at_once_equal_those_one_by_one() -> None:
    draws = np.random.default_rng(0).normal(size=(6, 500))
    draws[2, ::7], draws[3, 5], draws[4] = np.nan, np.inf, np.nan
    found = difference_intervals(draws[0], draws[1:])
    alone = [difference_interval(draws[0], other) for other in draws[1:]]
    expected = np.array([(bounds.low, bounds.high) for bounds in alone])
    assert found == pytest.approx(expected, nan_ok=True)


def brought(score: float, name: str, task: str = "reviews") -> StoredResult:
    """An outside row."""
    file = Outside(file="p.csv", sha256="0" * 64)
    return fake_result(name, task, score, outside=file, cost=None, seeded=False)


def test_outside_rows_put_no_row_of_our_own_under_the_floor() -> None:
    ours = [fake_result(n, score=s, seeded=False) for n, s in (("majority", 0.6), ("ours", 0.607))]
    theirs = [brought(0.6 + i / 10_000, f"random{i}") for i in range(9)]
    for found in (board(*ours), board(*ours, *theirs)):
        [own] = [row for row in found.rows if row.baseline == "ours"]
        [p] = [c.p for c in found.comparisons if names(found, c) == "oursmajority"]
        assert own.cells["reviews"].above_floor and p == pytest.approx(0.0135, abs=0.001)


def test_the_tests_of_the_means_leave_outside_rows_apart_too() -> None:
    scores = {"majority": 0.2, "a": 0.8, "b": 0.796}
    ours = [fake_result(name, task, s) for name, s in scores.items() for task in ("t1", "t2")]
    theirs = [brought(0.7, "theirs", task) for task in ("t1", "t2")]
    alone, beside = (
        {names(found, c): c.p for c in found.mean_comparisons}
        for found in (board(*ours), board(*ours, *theirs))
    )
    assert {pair: beside[pair] for pair in alone} == alone and len(beside) == 6

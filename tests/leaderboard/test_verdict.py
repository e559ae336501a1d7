"""The answer in words: what it says of each kind of board, and that it never says too much."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pytest

from bench.leaderboard.compute import compute
from bench.leaderboard.wording.names import listed
from bench.leaderboard.wording.savings import part_of
from bench.records import Cost, Limit, ModelFacts
from bench.store.store import StoredResult
from tests.support.fakes import fake_blocked, fake_draws, fake_result, fake_scores, fake_store

WORK = "to fit and to predict 1,000 texts"


def verdict(*results: StoredResult) -> tuple[str, ...]:
    return compute(results, []).verdict


def cost(seconds: float, device: str = "a processor") -> Cost:
    """A fit of so many seconds, and as many for a thousand texts."""
    return Cost(
        fit_seconds=seconds,
        predict_seconds=seconds,
        predicted=1000,
        peak_bytes=1,
        parameters=1,
        model_bytes=1,
        device=device,
        threads=1,
    )


def results(scores: Mapping[str, Sequence[float | None]], **fields: Any) -> list[StoredResult]:
    """Rows by baseline with their scores on t0, t1 and so on; None: not there."""
    made = []
    for name, row in scores.items():
        tasks = [(f"t{i}", score) for i, score in enumerate(row) if score is not None]
        made += [
            fake_result(name, task, score, **{"seeded": False, **fields}) for task, score in tasks
        ]
    return made


def test_an_empty_store_says_how_results_are_made() -> None:
    assert verdict() == ("No results yet: `bench run` makes some.",)


def test_a_store_of_failures_says_that_nothing_has_a_score() -> None:
    failed = fake_result(status="failed", reason="x")
    assert verdict(failed) == ("No ranked row has a score yet.",)


def test_floor_rows_alone_answer_nothing() -> None:
    [only] = verdict(*results({"majority": [0.2], "stratified_random": [0.3]}))
    assert only.startswith("Only floor rows have a score yet (stratified_random and majority)")


# One task


def test_a_clear_leader_of_one_task_is_named_with_task_and_metric() -> None:
    first, second, *rest = verdict(*results({"majority": [0.2], "a": [0.9], "b": [0.5]}))
    assert first == (
        "On t0 (macro_f1), a leads with .900 [.870, .930], surely ahead of every other ranked row."
    )
    assert second == "b follows with .500 [.470, .530]."
    assert rest == [f"a takes 2.0 s {WORK}."]


def test_rows_that_share_the_lead_are_named_together() -> None:
    scores = {"majority": [0.2], "a": [0.9], "b": [0.9005], "c": [0.901], "d": [0.6]}
    first, second, third = verdict(*results(scores))
    assert third == f"c takes 2.0 s {WORK}."
    assert first == (
        "On t0 (macro_f1), c, b and a share the lead: the tests cannot tell them apart."
    )
    assert second == "The best score is .901 [.871, .931]."


def test_what_is_surely_below_one_that_may_be_the_best_does_not_share_the_lead() -> None:
    noise = fake_draws("t0", 0, noise=0.1, own="best").astype(np.float64)
    small = fake_draws("t0", 0, noise=0.0001).astype(np.float64)
    draws = {"best": 0.9 + noise, "b": 0.89 + small, "c": 0.85 + small * 1.5}
    points = {"best": 0.9, "b": 0.89, "c": 0.85}
    made = [
        fake_result(n, "t0", points[n], draws=d.astype(np.float32), seeded=False)
        for n, d in draws.items()
    ]
    assert verdict(*made)[0] == (
        "On t0 (macro_f1), best and b share the lead: the tests cannot tell them apart."
    )


def test_the_cheapest_of_those_that_share_the_lead_is_named() -> None:
    slow = results({"a": [0.901]}, cost=cost(400))
    fast = results({"b": [0.9]}, cost=cost(1))
    told = verdict(*slow, *fast)
    prices = f"2.0 s against 13 min {WORK}"
    assert told[2] == f"b is the cheapest of them, at 1/400 of a's cost ({prices})."


def test_the_best_of_those_behind_that_cost_much_less_is_named_with_both_prices() -> None:
    slow = results({"majority": [0.2], "a": [0.9], "b": [0.8]}, cost=cost(400))
    told = verdict(*slow, *results({"c": [0.7], "d": [0.6]}, cost=cost(1)))
    assert told[1].startswith("b follows")
    assert told[2] == f"c has .700 at 1/400 of a's cost (2.0 s against 13 min {WORK})."


def test_what_is_cheap_and_at_the_floor_is_no_bargain() -> None:
    slow = results({"majority": [0.2], "a": [0.9], "b": [0.8]}, cost=cost(400))
    told = verdict(*slow, *results({"c": [0.2]}, cost=cost(1)))
    assert told[2] == f"a takes 13 min {WORK}."


def test_a_single_baseline_is_held_against_the_floor() -> None:
    only, price = verdict(*results({"majority": [0.2], "a": [0.9]}))
    assert price == f"a takes 2.0 s {WORK}."
    assert only == (
        "On t0 (macro_f1), a scores .900 [.870, .930], surely above the floor of .200; no other "
        "baseline that reads the text has a score."
    )


def test_a_single_baseline_without_a_floor_is_not_called_above_it() -> None:
    assert "floor" not in " ".join(verdict(*results({"a": [0.9]})))


def test_nothing_above_the_floor_is_said_before_anything_else() -> None:
    [only] = verdict(*results({"majority": [0.5], "a": [0.5005], "b": [0.3]}))
    assert only == "On t0 (macro_f1), no baseline is surely above the floor of .500."


def test_a_full_data_row_above_the_floor_is_not_denied() -> None:
    full = fake_result("a", "t0", 0.9, full_data_row=True)
    [only] = verdict(*results({"majority": [0.5], "a": [0.4]}, limit=Limit(train=9)), full)
    assert "no ranked baseline is surely above the floor" in only


def test_an_error_is_said_to_be_better_when_smaller() -> None:
    made = {n: fake_scores("km", s, metric="rmse") for n, s in (("a", 9.0), ("b", 2.0))}
    first, *_ = verdict(
        *(fake_result(n, "km", s.scores["rmse"], scores=s) for n, s in made.items())
    )
    assert first.startswith("On km (rmse, smaller is better), b leads with 2.000")


def test_a_row_that_failed_on_the_only_task_is_named() -> None:
    failed = fake_result("c", "t0", status="failed", reason="x")
    told = verdict(*results({"majority": [0.2], "a": [0.9], "b": [0.5]}), failed)
    assert told[-1] == "c has no score there."


# Several tasks


def test_the_leader_by_mean_has_its_interval() -> None:
    scores = {"majority": [0.5, 0.5], "a": [0.9, 0.9], "b": [0.7, 0.7]}
    found = compute(results(scores), [])
    assert found.rows[0].mean_interval is not None
    low, high = (f"{bound:.3f}"[1:] for bound in found.rows[0].mean_interval)
    assert found.verdict == (
        f"On 2 tasks, a leads by mean score: .800 [{low}, {high}], where 0 is the floor and 1 "
        "perfect.",
        f"a takes 2.0 s a task {WORK}.",
    )


def test_a_leader_by_mean_that_is_not_sure_says_so_with_the_difference() -> None:
    scores = {"majority": [0.5] * 2, "a": [0.9, 0.7], "b": [0.7005, 0.9]}
    first, second, *_ = verdict(*results(scores))
    assert first.startswith("On 2 tasks, b leads by mean score, but not surely: ")
    assert second.startswith("By mean the tests cannot tell a from it: the difference from a is +.")


def test_a_lead_that_only_the_correction_takes_away_is_not_sure() -> None:
    few = {f"x{i}": [0.3 + 0.0001 * i] * 2 for i in range(12)}
    scores = {"majority": [0.2] * 2, "a": [0.9, 0.9], "b": [0.8945, 0.8945], **few}
    found = compute(results(scores), [])
    [pair] = [c for c in found.mean_comparisons if {c.first[0], c.second[0]} == {"a", "b"}]
    assert pair.low > 0 and pair.p is not None and pair.p > 0.05
    assert "but not surely" in found.verdict[0]
    assert found.verdict[1] == "By mean the tests cannot tell b from it."


def test_the_cheaper_row_that_holds_its_own_most_often_is_named() -> None:
    slow = results({"majority": [0.2] * 3, "a": [0.9, 0.9, 0.9]}, cost=cost(400))
    fast = results({"b": [0.6, 0.8995, 0.9]}, cost=cost(1))
    told = verdict(*slow, *fast, *results({"c": [0.5, 0.5, 0.5]}, cost=cost(0.1)))
    words = "b cannot be told apart from it on 2 of them, at 1/400 of the cost"
    assert f"{words} (2.0 s against 13 min {WORK}, mean over tasks)." in told


def test_a_cheaper_row_that_is_at_the_floor_where_the_first_is_too_is_not_praised() -> None:
    slow = results({"majority": [0.5] * 3, "a": [0.9, 0.4, 0.4]}, cost=cost(400))
    told = verdict(*slow, *results({"b": [0.8, 0.4, 0.4]}, cost=cost(1)))
    assert told[1].startswith("b cannot be told apart from it on 2 of them, at 1/400")
    assert told[1].endswith(", but is not surely above the floor on 2 of the 3.")


def test_a_cheaper_row_that_is_better_somewhere_is_said_to_be() -> None:
    slow = results({"majority": [0.2] * 3, "a": [0.9, 0.9, 0.8]}, cost=cost(20))
    told = verdict(*slow, *results({"b": [0.6, 0.8995, 0.85]}, cost=cost(4)))
    words = "b is surely better on 1 of them and cannot be told apart from it on 1 of them"
    prices = f"8.0 s against 40.0 s {WORK}, mean over tasks"
    assert f"{words}, at 20 % of the cost ({prices})." in told


def test_that_every_cheaper_row_is_behind_is_worth_saying() -> None:
    slow = results({"majority": [0.2] * 2, "a": [0.9, 0.9]}, cost=cost(20))
    told = verdict(*slow, *results({"b": [0.6, 0.6], "c": [0.7, 0.7]}, cost=cost(4)))
    assert told[1] == (
        f"a takes 40.0 s a task {WORK}. All that cost half as much or less are surely behind it "
        "on each of them."
    )


def test_costs_of_two_devices_are_said_to_be() -> None:
    slow = results({"majority": [0.2] * 2, "a": [0.9, 0.9]}, cost=cost(20, "a card"))
    told = verdict(*slow, *results({"b": [0.8995, 0.6]}, cost=cost(4)))
    assert "mean over tasks, on another device)" in told[1]


def test_a_row_without_every_score_is_named_as_having_no_part() -> None:
    scores = {"majority": [0.2] * 2, "a": [0.9, 0.9], "b": [0.99, None]}
    told = verdict(*results(scores))
    assert "a is the only baseline beside the floors with a mean score: ." in told[0]
    assert told[-1] == "b lacks a score on some of them, and has no part in this."


def test_a_full_data_row_never_leads() -> None:
    full = results({"a": [0.95, 0.95]}, full_data_row=True)
    small = results({"majority": [0.2] * 2, "a": [0.8, 0.8], "b": [0.5, 0.5]})
    assert "a leads by mean score: .750" in verdict(*small, *full)[0]


def test_a_stand_in_that_leads_is_called_one() -> None:
    model = ModelFacts(
        name="tiny", of="o/tiny", revision="1", sha256={}, parameters=7, stand_in_for="Large"
    )
    told = verdict(
        *results({"majority": [0.2] * 2, "b": [0.5] * 2}), *results({"a": [0.9] * 2}, model=model)
    )
    assert "a (with tiny, a small stand-in for Large) leads" in told[0]


def test_a_limited_board_is_called_one() -> None:
    scores = {"majority": [0.2] * 2, "a": [0.9] * 2, "b": [0.5] * 2}
    told = verdict(*results(scores, limit=Limit(train=128)))
    assert told[0].startswith("On 2 tasks (at most 128 labelled rows each), a leads")


def test_a_leader_below_the_floor_on_a_task_is_said_to_be() -> None:
    scores = {"majority": [0.5] * 3, "a": [0.9, 0.9, 0.4], "b": [0.6, 0.6, 0.4]}
    assert verdict(*results(scores))[-1] == "a is not surely above the floor on 1 of them."


def test_a_mean_below_the_floors_leads_nothing() -> None:
    scores = {"majority": [0.5, 0.5], "a": [0.6, 0.1]}
    assert "no baseline is above the floors by mean score" in verdict(*results(scores))[0]


def test_tasks_without_a_floor_are_told_from_those_that_count() -> None:
    scores = {"majority": [0.5, 0.5, None], "a": [0.9] * 3, "b": [0.7] * 3}
    assert verdict(*results(scores))[0].startswith("On 2 of 3 tasks, a leads by mean score")


def test_without_a_mean_the_mean_rank_leads() -> None:
    told = verdict(*results({"a": [0.9] * 3, "b": [0.7] * 3}))
    assert told[0] == "On 3 tasks, a has the best mean rank, 1.0, but not surely."
    assert told[1] == "By rank the tests cannot tell b from it."


def test_many_tasks_make_a_lead_by_rank_sure() -> None:
    only, _ = verdict(*results({"a": [0.9] * 9, "b": [0.7] * 9}))
    assert only == "On 9 tasks, a has the best mean rank, 1.0."


def test_where_no_row_is_whole_leads_are_counted() -> None:
    scores = {"majority": [0.2] * 3, "a": [0.9, 0.8, None], "b": [None, 0.5, 0.9]}
    assert verdict(*results(scores)) == (
        "On 3 tasks, no baseline has a score on every one.",
        "a leads or shares the lead on 2 of them, more than any other.",
    )


# All boards


def test_rows_of_one_baseline_are_told_apart() -> None:
    made = [
        *results({"majority": [0.2]}),
        *results({"a": [0.9]}, variant="lr=1", params={"lr": 1}),
        *results({"a": [0.5]}, variant="lr=2", params={"lr": 2}),
    ]
    first, second, _ = verdict(*made)
    assert "a (lr=1) leads" in first
    assert second.startswith("a (lr=2) follows")


def test_a_task_that_nobody_has_done_counts_nowhere() -> None:
    blocked = fake_blocked("a", "far_away", "no files")
    scores = {"majority": [0.2], "a": [0.9], "b": [0.5]}
    assert verdict(*results(scores), blocked)[0].startswith("On t0 (macro_f1), a leads")


@pytest.mark.parametrize("tasks", [1, 2, 12])
@pytest.mark.parametrize("seeds", [1, 2])
def test_a_verdict_is_one_to_four_whole_sentences(tasks: int, seeds: int) -> None:
    told = verdict(*fake_store(tasks=tasks, seeds=seeds))
    assert 1 <= len(told) <= 4
    assert all(sentence.endswith(".") and "  " not in sentence for sentence in told)


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (["a"], "a"),
        (["a", "b"], "a and b"),
        (["a", "b", "c", "d"], "a, b, c and d"),
        (["a", "b", "c", "d", "e"], "a, b, c and 2 more"),
    ],
)
def test_long_lists_are_cut(names: list[str], expected: str) -> None:
    assert listed(names) == expected


@pytest.mark.parametrize(
    ("ratio", "expected"), [(2, "50 %"), (7.3, "14 %"), (12, "1/12"), (1234.0, "1/1,200")]
)
def test_a_part_of_a_cost_reads_well(ratio: float, expected: str) -> None:
    assert part_of(ratio) == expected

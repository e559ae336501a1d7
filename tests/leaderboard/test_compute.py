"""The board from results: what is merged, what is compared, who ranks where."""

import random
from typing import Any

import numpy as np
import pytest

from bench.errors import Problem
from bench.leaderboard.board import Cell, Entry, Leaderboard
from bench.leaderboard.compute import compute
from bench.records import Confusion, Limit, Reliability
from bench.store.store import StoredResult
from tests.support.fakes import (
    fake_blocked,
    fake_cost,
    fake_draws,
    fake_multi,
    fake_result,
    fake_scores,
    fake_store,
)


def board(*results: StoredResult) -> Leaderboard:
    return compute(results, [])


def row(found: Leaderboard, baseline: str, **fields: Any) -> Entry:
    rows = [r for r in found.rows if r.baseline == baseline]
    [one] = [r for r in rows if all(getattr(r, k) == v for k, v in fields.items())]
    return one


def cell(found: Leaderboard, baseline: str, task: str = "reviews", **fields: Any) -> Cell:
    return row(found, baseline, **fields).cells[task]


def test_an_empty_store_gives_an_empty_board() -> None:
    found = board()
    assert (found.rows, found.tasks) == ((), ())
    assert found.limits == ("Nothing has been scored yet.",)


def test_the_order_of_results_changes_nothing() -> None:
    results = fake_store(seeds=3)
    shuffled = random.Random(1).sample(results, len(results))
    assert compute(results, []) == compute(shuffled, [])


def test_the_newest_result_of_a_seed_counts() -> None:
    found = board(fake_result(score=0.9, minute=1), fake_result(score=0.7, minute=2))
    assert cell(found, "naive_bayes").scores["macro_f1"] == 0.7


def test_a_newer_failure_replaces_a_finished_result() -> None:
    broke = fake_result(status="failed", reason="ValueError: no", minute=2)
    found = board(fake_result(minute=1), broke)
    assert cell(found, "naive_bayes").status == "failed"


def test_a_newer_skip_never_replaces_a_finished_result() -> None:
    skip = fake_result(status="skipped", reason="no weights", minute=2)
    found = board(fake_result(score=0.9, minute=1), skip)
    assert cell(found, "naive_bayes").scores["macro_f1"] == 0.9
    assert found.skips == ()


@pytest.mark.parametrize("status", ["skipped", "failed"])
def test_a_run_that_could_not_begin_never_replaces_a_finished_result(status: str) -> None:
    blocked = fake_blocked("naive_bayes", "reviews", "gone", status=status, minute=2, seed=7)
    found = board(fake_result(minute=1), blocked)
    assert cell(found, "naive_bayes").status == "done"


def test_a_run_that_could_not_begin_stands_in_its_baselines_rows() -> None:
    results = [fake_result(params={"alpha": a}, variant=f"alpha={a}") for a in (0.1, 1.0)]
    found = board(*results, fake_blocked("naive_bayes", "far_away", "no files"))
    assert [r.cells["far_away"].status for r in found.rows] == ["skipped", "skipped"]
    assert found.skips[0].what == "no files"


def test_versions_of_a_task_never_mix() -> None:
    newer = fake_scores("reviews", 0.6, version=2)
    found = board(fake_result(score=0.9, minute=9), fake_result("lstm", scores=newer))
    assert [r.baseline for r in found.rows] == ["lstm"]
    assert "version 1" in found.problems[0].what


def test_other_test_rows_are_shown_but_not_ranked() -> None:
    facts = fake_scores("reviews", 0.9)
    data = facts.data.model_copy(update={"test_hash": "other"})
    odd = facts.model_copy(update={"data": data})
    found = board(fake_result("a", score=0.5), fake_result("b"), fake_result("c", scores=odd))
    assert [cell(found, n).rank for n in "abc"] == [2, 1, None]
    assert not cell(found, "c").comparable
    assert "other test examples" in found.problems[0].what


def test_scores_are_means_over_seeds_with_their_spread_apart() -> None:
    found = board(*(fake_result(score=s, seed=i) for i, s in enumerate((0.6, 0.7, 0.8))))
    one = cell(found, "naive_bayes")
    assert one.scores["macro_f1"] == pytest.approx(0.7)
    assert one.seed_sd == pytest.approx(0.1)
    assert one.seeds == (0, 1, 2)


def test_the_interval_is_that_of_the_mean_over_seeds() -> None:
    draws = [np.linspace(0, 1, 400, dtype=np.float32), np.linspace(1, 0, 400, dtype=np.float32)]
    runs = [fake_result(score=0.5, seed=i, draws=d, seeded=False) for i, d in enumerate(draws)]
    found = board(*runs)
    assert cell(found, "naive_bayes").intervals["macro_f1"] == pytest.approx((0.5, 0.5))


def test_one_seed_keeps_the_interval_of_its_run() -> None:
    found = board(fake_result(score=0.8))
    assert cell(found, "naive_bayes").intervals["macro_f1"] == pytest.approx((0.77, 0.83))


def test_confusions_add_up_although_one_seed_has_unparsed_answers() -> None:
    plain = Confusion(rows=("a", "b"), columns=("a", "b"), cells=((0, 0, 3),))
    odd = Confusion(rows=("a", "b"), columns=("a", "b", "unparsed"), cells=((0, 0, 2), (0, 2, 1)))
    scores = [fake_scores("reviews", 0.5, confusion=c) for c in (plain, odd)]
    found = board(*(fake_result(scores=s, seed=i) for i, s in enumerate(scores)))
    expected = Confusion(rows=odd.rows, columns=odd.columns, cells=((0, 0, 5), (0, 2, 1)))
    assert cell(found, "naive_bayes").confusion == expected


def test_clearly_different_cells_rank_apart_and_close_ones_tie() -> None:
    found = board(*(fake_result(n, score=s) for n, s in (("a", 0.9), ("b", 0.9005), ("c", 0.5))))
    assert [cell(found, n).tied for n in "abc"] == [True, True, False]
    assert (cell(found, "a").rank_low, cell(found, "a").rank_high) == (1, 2)
    assert (cell(found, "c").rank_low, cell(found, "c").rank_high) == (3, 3)


def test_smaller_is_better_for_an_error() -> None:
    scores = {n: fake_scores("reviews", s, metric="rmse") for n, s in (("a", 0.9), ("b", 0.2))}
    found = board(*(fake_result(n, scores=s) for n, s in scores.items()))
    assert (cell(found, "b").rank, row(found, "b").win_rate) == (1, 1.0)


def test_a_metric_without_a_perfect_score_enters_ranks_only() -> None:
    scores = {n: fake_scores("km", s, metric="rmse") for n, s in (("majority", 9), ("b", 2))}
    found = board(*(fake_result(n, "km", scores=s) for n, s in scores.items()))
    assert (row(found, "b").mean, row(found, "b").mean_rank) == (None, 1.0)
    assert any("km" in sentence for sentence in found.limits)


def test_the_floor_is_the_better_floor_row() -> None:
    names = {"majority": 0.3, "stratified_random": 0.4, "lstm": 0.402, "bert": 0.9}
    draws = {n: fake_draws("reviews", s, own=n, noise=0.1) for n, s in names.items()}
    found = board(*(fake_result(n, score=s, draws=draws[n]) for n, s in names.items()))
    assert found.tasks[0].floor == 0.4
    above = [cell(found, n).above_floor for n in names]
    assert above == [None, None, False, True]


@pytest.mark.parametrize(("floor", "above"), [(0.002, True), (0.4, False)])
def test_one_seed_may_beat_the_floor_of_many_classes(floor: float, above: bool) -> None:
    # Ahead by .12 both times: what one seed of bert can be off by amid the scale, not at its end.
    draws = {n: fake_draws("reviews", s) for n, s in (("majority", floor), ("bert", floor + 0.12))}
    found = board(
        fake_result("majority", score=floor, draws=draws["majority"]),
        fake_result("bert", score=floor + 0.12, draws=draws["bert"], seeded=True),
    )
    assert cell(found, "bert").above_floor is above


def test_the_mean_runs_from_floor_to_perfect() -> None:
    found = board(fake_result("majority", score=0.2), fake_result(score=0.6))
    assert row(found, "naive_bayes").mean == pytest.approx(0.5)
    assert row(found, "majority").mean == pytest.approx(0.0)


def test_the_mean_by_source_weighs_sources_alike() -> None:
    scores = {"t1": ("s", 1.0), "t2": ("s", 1.0), "t3": ("other", 0.5)}
    results = [fake_result("majority", t, 0.0) for t in scores]
    for task, (source, score) in scores.items():
        results.append(fake_result("b", task, scores=fake_scores(task, score, source=source)))
    results = [_with_source(r, scores) for r in results]
    found = row(board(*results), "b")
    assert found.mean == pytest.approx(2.5 / 3)
    assert found.mean_by_source == pytest.approx(0.75)


def _with_source(stored: StoredResult, sources: dict[str, tuple[str, float]]) -> StoredResult:
    [scores] = stored.result.results
    named = scores.model_copy(update={"source": sources[scores.task][0]})
    return StoredResult(
        stored.result.model_copy(update={"results": (named,)}), stored.folder, stored.replicates
    )


def test_a_task_that_no_row_has_done_counts_nowhere() -> None:
    blocked = fake_blocked("naive_bayes", "far_away", "no files")
    found = board(fake_result("majority", score=0.2), fake_result(score=0.6), blocked)
    assert [t.name for t in found.tasks] == ["far_away", "reviews"]
    assert row(found, "naive_bayes").mean_rank == 1.0
    assert any("Nothing has a score on 1 of 2 tasks" in sentence for sentence in found.limits)


def test_full_data_rows_come_last_and_unranked() -> None:
    full = fake_result(score=0.95, full_data_row=True)
    small = fake_result(score=0.8, limit=Limit(train=128))
    found = board(fake_result("majority", score=0.3), small, full)
    last = found.rows[-1]
    assert (last.full_data_row, last.ranked, last.mean_rank) == (True, False, None)
    assert (last.cells["reviews"].rank, last.cells["reviews"].above_floor) == (None, True)
    assert row(found, "naive_bayes", full_data_row=False).cells["reviews"].rank == 1


def test_limits_are_told_in_words() -> None:
    limited = board(fake_result(limit=Limit(train=128, test=150)))
    assert limited.limits[0].startswith("The ranking uses at most 128 labelled and 150 test exam")
    assert any("how much training varies is not measured there" in s for s in limited.limits)


def test_full_boards_are_not_called_limited() -> None:
    found = board(*(fake_result(seed=s) for s in (0, 1)))
    assert not any("The ranking uses" in s or "training varies" in s for s in found.limits)


def test_seconds_beside_other_workers_are_told_as_such() -> None:
    alone, beside = (fake_result("a", "t1", 0.8), fake_result("a", "t2", 0.8, cost=fake_cost(6)))
    told = [s for s in board(alone, beside).limits if s.startswith("The times")]
    assert told == [
        "The times of 1 result were measured with up to 6 jobs sharing the machine, so they are "
        "upper bounds."
    ]


def test_a_cost_is_that_of_the_runs_beside_the_fewest_others() -> None:
    slow = fake_cost(6).model_copy(update={"fit_seconds": 90.0})
    costs = [fake_cost(1), slow, fake_cost(1)]
    found = board(*(fake_result("a", seed=i, cost=cost) for i, cost in enumerate(costs)))
    cost = cell(found, "a").cost
    assert cost is not None
    assert (cost.fit_seconds, cost.workers, cost.runs) == (1.5, 1, (2, 3))


def test_seeds_with_different_numbers_of_threads_are_a_problem() -> None:
    costs = [fake_cost().model_copy(update={"threads": number}) for number in (2, 10, 2)]
    runs = [fake_result("a", seed=i, cost=cost) for i, cost in enumerate(costs)]
    (problem,) = board(*runs, fake_result("b")).problems
    assert problem.where.startswith("a") and "2 and 10 threads" in problem.what
    assert board(runs[0], runs[2], fake_result("b", cost=costs[1])).problems == ()


@pytest.mark.parametrize(
    ("fits", "predicts", "expected"),
    [((1.0, 3.0), (1.0, 2.0), (2.0, 3.0)), ((1.0, None), (1.0, 2.0), (None, 3.0))],
)
def test_processor_time_is_a_mean_where_every_run_knows_it(
    fits: tuple[float | None, ...],
    predicts: tuple[float, ...],
    expected: tuple[float | None, float],
) -> None:
    known = [
        {"fit_cpu_seconds": fit, "predict_cpu_seconds": predict}
        for fit, predict in zip(fits, predicts, strict=True)
    ]
    costs = [fake_cost().model_copy(update=times) for times in known]
    found = cell(board(*(fake_result("a", seed=i, cost=c) for i, c in enumerate(costs))), "a").cost
    assert found is not None
    assert (found.fit_cpu_seconds, found.predict_cpu_seconds_per_1000) == expected


def test_problems_of_the_store_are_passed_on() -> None:
    found = compute([fake_result()], [Problem(where="runs/x", what="cut short")])
    assert found.problems[0].where == "runs/x"


def test_anchors_are_unique_and_plain() -> None:
    names = ["Ünï/cödé", "a b", "a-b", "A b"]
    anchors = [r.id for r in board(*(fake_result(n) for n in names)).rows]
    assert len(set(anchors)) == 4
    assert all(set(a) <= set("abcdefghijklmnopqrstuvwxyz0123456789-") for a in anchors)


def test_a_lone_winner_ties_with_nobody() -> None:
    found = board(fake_result("a", score=0.9), fake_result("b", score=0.5))
    assert (cell(found, "a").rank, cell(found, "a").tied) == (1, False)


def test_a_cell_whose_draws_are_no_numbers_is_not_ranked_and_unties_nobody() -> None:
    odd = fake_result("c", score=0.5, draws=np.full(400, np.nan, np.float32))
    found = board(fake_result("a", score=0.8), fake_result("b", score=0.7995), odd)
    assert [cell(found, n).rank for n in "abc"] == [1, 2, None]
    assert [cell(found, n).tied for n in "ab"] == [True, True]


def test_a_task_without_a_floor_is_said_to_be_left_out_of_the_mean() -> None:
    results = [fake_result("majority", "t1", 0.2), fake_result("b", "t1", 0.6)]
    found = board(*results, fake_result("b", "t2", 0.9))
    assert row(found, "b").mean == pytest.approx(0.5)
    assert "Not in the mean, since nothing shows what guessing scores there: t2." in found.limits


def test_a_score_that_is_no_number_counts_among_the_cells_without_a_rank() -> None:
    found = board(fake_result("a", score=float("nan")), fake_result("b", score=0.5))
    assert any(s.startswith("1 of 2 ranked entries lacks a rank") for s in found.limits)


def test_the_cost_of_a_multi_task_fit_is_named_as_such() -> None:
    found = board(fake_multi(*(fake_result(task=t) for t in ("t1", "t2"))))
    cost = cell(found, "qlora_multi", "t2").cost
    assert cost is not None
    assert cost.tasks == 2
    assert any("is divided equally among its tasks" in s for s in found.limits)


def test_reliability_is_that_of_all_seeds() -> None:
    bins = [Reliability(bins=((n, 0.5, right),), error=0.1) for n, right in ((10, 0.2), (30, 0.6))]
    seeds = [
        fake_result("a", seed=i, scores=fake_scores("reviews", 0.8, reliability=one))
        for i, one in enumerate(bins)
    ]
    assert cell(board(*seeds), "a").reliability == Reliability(bins=((40, 0.5, 0.5),), error=0.1)


def test_an_entry_of_more_examples_than_a_plan_shares_competes_and_is_not_ranked() -> None:
    larger = fake_result(score=0.95, limit=Limit(train=500), larger=True)
    small = fake_result(score=0.8, limit=Limit(train=100))
    found = board(fake_result("majority", score=0.3), small, larger)
    last = found.rows[-1]
    assert (last.larger, last.ranked, last.cells["reviews"].rank) == (True, False, None)
    assert found.rows[0].cells["reviews"].rank == 1
    assert last.id in {one.id for one in found.candidates[0].entries}


def of_examples(test_hash: str, name: str, *, minute: int, score: float = 0.5) -> StoredResult:
    """A result on test examples of that hash."""
    facts = fake_scores("reviews", score)
    data = facts.data.model_copy(update={"test_hash": test_hash})
    return fake_result(name, scores=facts.model_copy(update={"data": data}), minute=minute)


def test_the_board_is_that_of_the_newest_examples_and_marks_results_on_older_ones() -> None:
    old = [of_examples("old", name, minute=n, score=0.9) for n, name in enumerate("abc")]
    found = board(*old, of_examples("new", "d", minute=9))
    assert [cell(found, n).rank for n in "abcd"] == [None, None, None, 1]
    assert [cell(found, n).comparable for n in "abcd"] == [False, False, False, True]
    assert all("before the task's examples changed" in p.what for p in found.problems[:3])


def test_a_protocol_without_a_result_since_the_change_is_of_older_examples() -> None:
    full = fake_result("c", score=0.99, minute=1, limit=Limit(train=None, test=None))
    found = board(
        full, *(of_examples(h, n, minute=m) for h, n, m in (("x", "a", 2), ("y", "b", 3)))
    )
    assert cell(found, "b").rank == 1 and not cell(found, "c").comparable


def test_examples_that_came_back_are_the_present_ones() -> None:
    back = [
        of_examples(h, n, minute=m) for h, n, m in (("x", "a", 1), ("y", "b", 2), ("x", "c", 3))
    ]
    found = board(*back)
    assert [cell(found, n).comparable for n in "abc"] == [True, False, True]

"""One adapter for all tasks against one a task: who is whose twin, and by how much they differ."""

from typing import Any

import numpy as np
import pytest

from bench.leaderboard.compute import compute
from bench.leaderboard.findings import PairedComparison
from bench.records import Limit, ModelFacts
from bench.store.store import StoredResult
from tests.support.fakes import fake_draws, fake_multi, fake_result, fake_scores

MODEL = ModelFacts(name="m", of="o/m", revision="1", sha256={"w": "beef"}, parameters=7)


def multi(score: float = 0.7, *, of: Any = fake_multi, **fields: Any) -> StoredResult:
    """A run of `qlora_multi` on `reviews` and `other`."""
    own = "qlora_multi"
    parts = [
        fake_result(own, t, score, draws=fake_draws(t, score, own=own), **fields)
        for t in ("reviews", "other")
    ]
    found: StoredResult = of(*parts)
    return found


def single(score: float = 0.6, **fields: Any) -> StoredResult:
    return fake_result("qlora", score=score, **fields)


def twins(*results: StoredResult) -> tuple[PairedComparison, ...]:
    return compute(results, []).twins


def test_the_difference_is_multi_less_single() -> None:
    [twin] = twins(multi(0.7), single(0.6))
    assert (twin.task, twin.metric, twin.seeds) == ("reviews", "macro_f1", (0,))
    assert (twin.multi_score, twin.single_score) == (0.7, 0.6)
    assert twin.difference == pytest.approx(0.1)


def test_the_interval_of_the_difference_is_paired() -> None:
    [twin] = twins(multi(0.7), single(0.6))
    one = fake_draws("reviews", 0.7, own="qlora_multi").astype(float)
    other = fake_draws("reviews", 0.6, own="qlora").astype(float)
    assert twin.interval == pytest.approx(tuple(np.percentile(one - other, [2.5, 97.5])))
    assert twin.interval[1] - twin.interval[0] < 0.03  # each alone spans 0.08


def test_each_task_that_has_a_twin_has_a_line() -> None:
    found = twins(multi(), single(), fake_result("qlora", "other", 0.6))
    assert [twin.task for twin in found] == ["other", "reviews"]


def test_the_rows_are_named_by_their_anchors() -> None:
    board = compute([multi(), single()], [])
    ids = {row.baseline: row.id for row in board.rows}
    assert (board.twins[0].multi, board.twins[0].single) == (ids["qlora_multi"], ids["qlora"])


def test_a_multi_task_family_on_one_task_has_no_twin() -> None:
    assert twins(multi(of=lambda first, _: first), single()) == ()


@pytest.mark.parametrize(
    "fields",
    [
        {"limit": Limit(train=64)},
        {"seed": 1},
        {"params": {"rank": 8}, "settings": {"rank": 8}},
        {"model": MODEL.model_copy(update={"sha256": {"w": "f00d"}})},
        {"full_data_row": True},
    ],
)
def test_rows_that_differ_are_no_twins(fields: dict[str, Any]) -> None:
    same: dict[str, Any] = {"settings": {"rank": 16}, "model": MODEL}
    assert twins(multi(**same), single(**{**same, **fields})) == ()


def test_only_seeds_that_both_have_are_compared() -> None:
    seeds = [single(0.5, seed=1), single(0.6, seed=2), single(0.9, seed=3)]
    [twin] = twins(multi(0.7, seed=1), multi(0.8, seed=2), *seeds)
    assert twin.seeds == (1, 2)
    assert (twin.multi_score, twin.single_score) == pytest.approx((0.75, 0.55))


def test_the_nearest_of_several_rows_is_the_twin() -> None:
    far = single(0.1, params={"rank": 8, "alpha": 1}, settings={"rank": 8, "alpha": 1})
    near = single(0.6, params={"rank": 8}, settings={"rank": 8})
    [twin] = twins(multi(), far, near)
    assert twin.single_score == 0.6
    assert twin.notes == ("rank=8 set for qlora only",)


def test_twins_that_learnt_from_other_rows_say_so() -> None:
    facts = fake_scores("reviews", 0.6)
    data = facts.data.model_copy(update={"train_hash": "other"})
    [twin] = twins(multi(), single(scores=facts.model_copy(update={"data": data})))
    assert twin.notes == ("trained on other examples",)


def test_twins_on_other_test_rows_are_not_compared() -> None:
    facts = fake_scores("reviews", 0.6)
    data = facts.data.model_copy(update={"test_hash": "other"})
    odd = single(scores=facts.model_copy(update={"data": data}))
    assert twins(multi(), odd, fake_result("a")) == ()

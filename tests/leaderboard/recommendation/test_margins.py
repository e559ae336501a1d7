"""The margin of a task: in the unit of its metric, declared where no scale says what counts."""

from dataclasses import replace

import pytest

from bench.errors import UserError
from bench.leaderboard.compute import compute
from bench.leaderboard.recommendation.margins import checked, declared, margin_of
from bench.records import MetricDirection
from tests.support.fakes import fake_result, fake_scores


def test_scores_up_to_one_have_two_points() -> None:
    assert margin_of(None, perfect=1.0, floor=0.3) == 0.02


def test_other_bounded_scales_have_two_percent_of_the_way_from_guessing_to_perfect() -> None:
    assert margin_of(None, perfect=0.0, floor=50.0) == pytest.approx(1.0)


def test_an_unbounded_scale_has_none_unless_it_is_declared() -> None:
    assert margin_of(None, perfect=None, floor=3.0) is None
    assert margin_of(0.5, perfect=None, floor=3.0) == 0.5


def test_a_stored_margin_comes_before_the_metrics_own() -> None:
    facts = fake_scores("reviews", 0.8)
    way = MetricDirection(greater_is_better=True, perfect=1.0, margin=0.05)
    assert declared(facts.model_copy(update={"direction": way})) == 0.05
    assert declared(facts) is None
    assert declared(fake_scores("reviews", 0.8, metric="log_loss")) == 0.02
    assert declared(fake_scores("reviews", 0.8, metric="no_such_metric")) is None


def column(metric: str = "macro_f1") -> object:
    scores = fake_scores("reviews", 0.8, metric=metric)
    [task] = compute([fake_result("lstm", scores=scores)], []).tasks
    return task


@pytest.mark.parametrize("margin", [2.0, 1.0])
def test_a_margin_in_the_wrong_unit_is_refused_with_an_example(margin: float) -> None:
    with pytest.raises(UserError, match=r"reviews \(macro_f1\) span only 1 .* such as 0.02"):
        checked(margin, [column()])  # type: ignore[list-item]


@pytest.mark.parametrize("margin", [-0.1, float("nan")])
def test_a_margin_below_zero_is_refused(margin: float) -> None:
    with pytest.raises(UserError, match="give 0 or more"):
        checked(margin, [])


def test_an_unbounded_metric_takes_any_margin() -> None:
    task = replace(column(), perfect=None)  # type: ignore[type-var]
    assert checked(40.0, [task]) == 40.0  # type: ignore[list-item]

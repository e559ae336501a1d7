"""The first plan for a time."""

from pathlib import Path

import pytest

from bench.errors import UserError
from bench.runs.timed.choosing import Settings, first_plan
from bench.runs.timed.timed_plan import TimedPlan
from tests.support.timed import field

SETTINGS = Settings("quick", 2, (0,))


def entries(plan: TimedPlan) -> list[tuple[str, int | None]]:
    return [(entry.recipe, entry.train) for entry in plan.entries]


def test_models_share_the_smallest_size_and_grow_as_they_can_afford(tmp_path: Path) -> None:
    plan = first_plan(field(tmp_path, {"fast": 0.001, "slow": 0.1}), SETTINGS, 60).plan
    sizes = {
        name: [train for one, train in entries(plan) if one == name] for name, _ in entries(plan)
    }
    assert sizes == {"fast": [100, 200, 500, 1000, 2000, 3000], "slow": [100, 200]}


def test_one_task_with_time_enough_is_tested_whole(tmp_path: Path) -> None:
    assert first_plan(field(tmp_path, {"fast": 0.001}), SETTINGS, 60).plan.test == 1000


def test_a_test_is_limited_where_a_model_would_not_answer_all_in_time(tmp_path: Path) -> None:
    whole = field(tmp_path, {"fast": 0.001}, test=0.02)
    assert first_plan(whole, SETTINGS, 60).plan.test == 500


def test_a_model_that_does_not_fit_is_named(tmp_path: Path) -> None:
    found = first_plan(field(tmp_path, {"fast": 0.001, "dear": 10}), SETTINGS, 60)
    assert [step.recipe for step in found.left_out] == ["dear"]


def test_a_time_that_fits_nothing_says_what_the_smallest_plan_takes(tmp_path: Path) -> None:
    with pytest.raises(
        UserError, match=r"slow with 100 labelled examples\) takes about 100 s; try --time 130s"
    ):
        first_plan(field(tmp_path, {"slow": 1.0, "dear": 10}), SETTINGS, 60)


def test_all_seeds_that_were_asked_for_are_counted(tmp_path: Path) -> None:
    plan = first_plan(field(tmp_path, {"slow": 0.1}), Settings("quick", 2, (3, 4)), 60).plan
    assert (plan.entries[0].seeds, plan.entries[0].seconds) == ((3, 4), 20.0)


def test_the_time_that_is_suggested_fits_the_smallest_plan(tmp_path: Path) -> None:
    assert first_plan(field(tmp_path, {"slow": 1.0}), SETTINGS, 0.9 * 130).plan.entries


def test_no_time_is_called_0_seconds(tmp_path: Path) -> None:
    with pytest.raises(UserError) as caught:
        first_plan(field(tmp_path, {"fast": 0.001}), SETTINGS, 0.01)
    assert "0 s" not in str(caught.value).partition("; try")[0]

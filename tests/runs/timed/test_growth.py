"""A finished plan that is grown."""

from pathlib import Path

from bench.runs.timed.choosing import Settings, first_plan
from bench.runs.timed.growth import grown
from bench.runs.timed.ladders import Field
from bench.runs.timed.timed_plan import TimedPlan
from tests.support.timed import field

FITS = {("a", ("colours",)), ("b", ("colours",))}


def started(folder: Path) -> tuple[Field, TimedPlan]:
    """Return two models of one speed, both tried at 100 and 200 examples."""
    models = field(folder, {"a": 0.1, "b": 0.1})
    return models, first_plan(models, Settings("quick", 2, (0,)), 62).plan


def sizes(plan: TimedPlan, name: str) -> dict[int | None, tuple[int, ...]]:
    return {entry.train: entry.seeds for entry in plan.entries if entry.recipe == name}


def test_contenders_get_larger_sizes(tmp_path: Path) -> None:
    models, plan = started(tmp_path)
    larger = grown(plan, models, 100, seeds=(), leading=FITS).plan
    assert sizes(larger, "a") == {100: (0,), 200: (0,), 500: (0,)}
    assert larger.entries[: len(plan.entries)] == plan.entries


def test_what_cannot_reach_the_leader_does_not_grow(tmp_path: Path) -> None:
    models, plan = started(tmp_path)
    larger = grown(plan, models, 100, seeds=(), leading={("a", ("colours",))}).plan
    assert sizes(larger, "b") == sizes(plan, "b")
    assert 500 in sizes(larger, "a")


def test_what_no_larger_size_can_use_goes_into_further_seeds(tmp_path: Path) -> None:
    models, plan = started(tmp_path)
    larger = grown(plan, models, 45, seeds=(), leading={("a", ("colours",))}).plan
    assert sizes(larger, "a") == {100: (0, 1, 2), 200: (0, 1)}


def test_seeds_that_the_user_chose_are_not_added_to(tmp_path: Path) -> None:
    models, plan = started(tmp_path)
    assert grown(plan, models, 45, seeds=(0,), leading=FITS).plan == plan


def test_a_model_that_is_new_starts_at_the_smallest_size(tmp_path: Path) -> None:
    _, plan = started(tmp_path)
    more = field(tmp_path, {"c": 0.1})
    larger = grown(plan, more, 15, seeds=(), leading=set()).plan
    assert sizes(larger, "c") == {100: (0,)}
    assert sizes(larger, "a") == sizes(plan, "a")


def test_what_fits_no_longer_leaves_the_plan_as_it_is(tmp_path: Path) -> None:
    models, plan = started(tmp_path)
    found = grown(plan, models, 1, seeds=(), leading=FITS)
    assert (found.plan, found.new) == (plan, frozenset())


def test_more_time_is_advised_only_where_it_would_add_something(tmp_path: Path) -> None:
    models, plan = started(tmp_path)
    assert not grown(plan, models, 1, seeds=(), leading=FITS).exhausted
    whole = grown(plan, models, 1e9, seeds=(), leading=FITS).plan
    assert grown(whole, models, 1e9, seeds=(), leading=FITS).exhausted


def test_seeds_that_are_asked_for_later_are_added(tmp_path: Path) -> None:
    models, plan = started(tmp_path)
    larger = grown(plan, models, 1e9, seeds=(7, 8), leading={("a", ("colours",))}).plan
    assert sizes(larger, "a")[100] == (0, 7, 8)

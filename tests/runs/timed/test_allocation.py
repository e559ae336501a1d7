"""A time divided among models and sizes."""

from bench.runs.planning.planned_entry import PlannedEntry
from bench.runs.timed.allocation import Allocation, Ladder, Step, allocate


def ladder(name: str, *seconds: float) -> Ladder:
    sizes = (100, 200, 500, 1000)
    return [
        Step(name, PlannedEntry(name, {}, ("tickets",), size, (0,), 100), cost)
        for size, cost in zip(sizes, seconds, strict=False)
    ]


def taken(found: Allocation) -> list[tuple[str, int | None]]:
    return [(step.recipe, step.entry.train) for step in found.steps]


def test_every_model_starts_before_any_grows() -> None:
    found = allocate([ladder("slow", 40, 80), ladder("fast", 1, 2)], 100)
    assert taken(found) == [("fast", 100), ("slow", 100), ("fast", 200)]


def test_the_cheapest_next_size_comes_first() -> None:
    found = allocate([ladder("a", 1, 5, 20), ladder("b", 2, 4, 6)], 100)
    assert taken(found)[2:] == [("b", 200), ("a", 200), ("b", 500), ("a", 500)]


def test_a_model_that_is_too_dear_is_left_out() -> None:
    found = allocate([ladder("dear", 500), ladder("fast", 1)], 100)
    assert [step.recipe for step in found.left_out] == ["dear"]


def test_a_dear_model_gets_what_the_others_leave() -> None:
    found = allocate([ladder("dear", 80), ladder("fast", 1, 2)], 100)
    assert taken(found) == [("fast", 100), ("fast", 200), ("dear", 100)]


def test_no_more_is_taken_than_fits() -> None:
    found = allocate([ladder("a", 10, 20, 40, 80), ladder("b", 15, 30, 60)], 100)
    assert found.seconds <= 100


def test_a_size_is_taken_only_after_the_smaller_ones() -> None:
    found = allocate([ladder("odd", 1, 500, 2)], 100)
    assert taken(found) == [("odd", 100)]


def test_growing_goes_on_where_it_stopped() -> None:
    found = allocate([], 100, growing=[ladder("a", 10, 20, 40, 80)[2:]])
    assert taken(found) == [("a", 500)]

"""Crossovers of learning curves: one family overtakes another."""

from bench.leaderboard.compute import compute
from bench.leaderboard.findings import Crossover
from tests.support.advice import at_size


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

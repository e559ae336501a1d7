"""The mean over tasks: its interval, and two means side by side."""

from collections.abc import Mapping

import numpy as np
import pytest

from bench.leaderboard.board import Entry, Leaderboard
from bench.leaderboard.compute import compute
from bench.records import MetricDirection
from bench.store.store import StoredResult
from tests.support.fakes import fake_draws, fake_result, fake_scores

FLOOR = {"t1": 0.2, "t2": 0.5}


def results(**scores: tuple[float, float]) -> list[StoredResult]:
    """Rows by baseline with their scores on two tasks, and a floor row."""
    rows = {"majority": (0.2, 0.5), **scores}
    pairs = [(n, t, s) for n, both in rows.items() for t, s in zip(FLOOR, both, strict=True)]
    return [fake_result(n, t, s, seeded=False) for n, t, s in pairs]


def rows(found: Leaderboard) -> Mapping[str, Entry]:
    return {row.baseline: row for row in found.rows}


def shares(baseline: str, scores: tuple[float, float]) -> np.ndarray:
    """The draws of a row's mean, as `results` makes it."""
    drawn = {t: fake_draws(t, s, own=baseline) for t, s in zip(FLOOR, scores, strict=True)}
    scaled = [(drawn[t].astype(float) - floor) / (1 - floor) for t, floor in FLOOR.items()]
    return np.asarray(np.mean(scaled, axis=0))


def test_the_interval_of_a_mean_is_that_of_its_scaled_draws() -> None:
    row = rows(compute(results(a=(0.6, 0.75)), []))["a"]
    assert row.mean == pytest.approx(0.5)
    assert row.mean_interval == pytest.approx(
        tuple(np.percentile(shares("a", (0.6, 0.75)), [2.5, 97.5]))
    )


def test_a_row_without_a_mean_has_no_interval() -> None:
    found = rows(compute([*results(), fake_result("a", "t1", 0.9)], []))
    assert (found["a"].mean, found["a"].mean_interval) == (None, None)


def test_draws_that_are_no_numbers_leave_the_mean_without_an_interval() -> None:
    odd = [fake_result("a", t, 0.9, draws=np.full(400, np.nan, np.float32)) for t in FLOOR]
    found = rows(compute([*results(b=(0.8, 0.8)), *odd], []))
    assert found["a"].mean is not None and found["a"].mean_interval is None


def test_the_difference_of_two_means_is_paired() -> None:
    scores = {"a": (0.8, 0.9), "b": (0.6, 0.7)}
    found = compute(results(**scores), [])
    ids = {name: row.id for name, row in rows(found).items()}
    [pair] = [c for c in found.mean_comparisons if (c.first, c.second) == (ids["a"], ids["b"])]
    apart = shares("a", scores["a"]) - shares("b", scores["b"])
    assert (pair.low, pair.high) == pytest.approx(tuple(np.percentile(apart, [2.5, 97.5])))
    assert (pair.task, pair.only_first) == ("", None)
    assert pair.p is not None and pair.p < 0.001


def test_a_row_whose_draws_are_no_numbers_unties_nobody() -> None:
    odd = [fake_result("c", t, 0.9, draws=np.full(400, np.nan, np.float32)) for t in FLOOR]
    found = compute([*results(a=(0.8, 0.9), b=(0.6, 0.7)), *odd], [])
    known = [c.p for c in found.mean_comparisons if c.p is not None]
    assert len(known) == 3 and max(known) < 0.001


def test_full_data_rows_have_a_mean_but_no_p() -> None:
    full = [fake_result("a", t, 0.9, full_data_row=True) for t in FLOOR]
    [contest] = compute([*results(), *full], []).mean_comparisons
    assert contest.p is None


def test_of_an_error_with_an_end_the_mean_rises_as_it_falls() -> None:
    way = MetricDirection(greater_is_better=False, perfect=0.0)
    scores = {"majority": 0.8, "a": 0.2}
    made = {n: fake_scores("t1", s, metric="error", direction=way) for n, s in scores.items()}
    found = compute([fake_result(n, "t1", s, scores=made[n]) for n, s in scores.items()], [])
    row = rows(found)["a"]
    assert row.mean == pytest.approx(0.75)
    assert row.mean_interval is not None and row.mean_interval[0] < 0.75 < row.mean_interval[1]

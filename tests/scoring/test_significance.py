"""Paired tests: identical cells tie, sure differences show, corrections equal worked examples."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.multitest import multipletests

from bench.scoring.significance import (
    Spread,
    compare,
    detectable,
    difference_interval,
    holm,
    rank_ranges,
)


def draws(means: list[float], sd: float = 0.01, shared: float = 0.05) -> np.ndarray:
    """(cells, 2000): each cell's mean, noise that all share, and noise of its own."""
    rng = np.random.default_rng(0)
    common = rng.normal(0, shared, 2000)
    return np.array([m + common + rng.normal(0, sd, 2000) for m in means])


def test_identical_cells_are_not_told_apart() -> None:
    made = draws([0.5])
    found = compare(np.array([0.5, 0.5]), np.concatenate([made, made]))
    assert found.p[0, 1] == 1 and found.se[0, 1] == 0


def test_what_two_cells_share_cancels_in_a_paired_test() -> None:
    found = compare(np.array([0.5, 0.6]), draws([0.5, 0.6]))
    assert found.se[0, 1] == pytest.approx(0.01 * np.sqrt(2), rel=0.1)
    assert found.p[0, 1] < 1e-6


def test_p_of_two_standard_errors_is_that_of_the_normal() -> None:
    made = draws([0.5, 0.5])
    se = compare(np.array([0.5, 0.5]), made).se[0, 1]
    found = compare(np.array([0.5, 0.5 + 2 * se]), made)
    assert found.p[0, 1] == pytest.approx(2 * stats.norm.sf(2))


def test_holm_equals_a_worked_example() -> None:
    """Three pairs with p .01, .04, .03: 3 × .01, then 2 × .03, then the largest so far."""
    p = np.ones((3, 3))
    p[0, 1] = p[1, 0] = 0.01
    p[0, 2] = p[2, 0] = 0.04
    p[1, 2] = p[2, 1] = 0.03
    found = holm(p)
    assert [found[0, 1], found[1, 2], found[0, 2]] == pytest.approx([0.03, 0.06, 0.06])


@given(st.lists(st.floats(0, 1), min_size=6, max_size=6))
@settings(max_examples=50)
def test_holm_equals_statsmodels(values: list[float]) -> None:
    at, p = np.triu_indices(4, 1), np.ones((4, 4))
    p[at] = p.T[at] = values
    found = holm(p)
    assert found[at] == pytest.approx(multipletests(values, method="holm")[1], abs=1e-12)
    assert (found == found.T).all() and (np.diag(found) == 1).all()


@given(st.lists(st.floats(0, 1), min_size=6, max_size=6))
@settings(max_examples=50)
def test_holm_never_lowers_a_p(values: list[float]) -> None:
    p = np.ones((4, 4))
    p[np.triu_indices(4, 1)] = values
    p = np.minimum(p, p.T)
    found = holm(p)
    assert (found >= p - 1e-12).all() and (found <= 1).all()


def test_many_pairs_can_still_differ_after_correction() -> None:
    means = [0.5 + 0.02 * k for k in range(25)]
    found = compare(np.array(means), draws(means))
    assert found.holm_p[0, 24] < 1e-6


def test_ranks_tie_with_the_best_where_the_tests_cannot_tell() -> None:
    points = np.array([0.80, 0.79, 0.60])
    found = rank_ranges(points, compare(points, draws([0.80, 0.79, 0.60])).holm_p, True)
    assert found.rank.tolist() == [1, 2, 3] and found.tied.tolist() == [True, True, False]
    assert (found.low.tolist(), found.high.tolist()) == ([1, 1, 3], [2, 2, 3])


def test_ranks_of_an_error_run_the_other_way() -> None:
    points = np.array([0.1, 0.9])
    found = rank_ranges(points, compare(points, draws([0.1, 0.9])).holm_p, False)
    assert found.rank.tolist() == [1, 2]


@pytest.mark.parametrize("tests", [1, 28])
def test_the_detectable_difference_is_found_eight_times_in_ten(tests: int) -> None:
    difference = detectable(Spread(np.array([0.01]), np.array([1e9])), tests)
    critical = stats.norm.isf(0.025 / tests)
    shown = stats.norm.sf(critical - difference / 0.01) + stats.norm.cdf(
        -critical - difference / 0.01
    )
    assert shown == pytest.approx(0.8, abs=0.001)


def test_few_degrees_of_freedom_make_the_detectable_difference_larger() -> None:
    few, many = (detectable(Spread(np.array([0.01]), np.array([df]))) for df in (4.0, 1e9))
    assert few > 1.2 * many


def test_the_interval_of_a_difference_is_paired() -> None:
    one, other = draws([0.5, 0.6])
    found = difference_interval(other, one)
    assert found.low == pytest.approx(0.1 - 1.96 * 0.01 * np.sqrt(2), abs=0.003)
    assert found.high == pytest.approx(0.1 + 1.96 * 0.01 * np.sqrt(2), abs=0.003)


def test_cells_without_a_spread_are_not_told_apart() -> None:
    found = compare(np.array([0.5, 0.9]), np.full((2, 2000), np.nan))
    assert found.p[0, 1] == 1 and rank_ranges(np.array([0.5, 0.9]), found.holm_p, True).tied.all()


@given(st.integers(0, 10_000), st.integers(2, 8))
@settings(max_examples=30, deadline=None)
def test_a_rank_lies_within_the_range_that_the_tests_allow(seed: int, cells: int) -> None:
    means = np.random.default_rng(seed).uniform(0.5, 0.6, cells)
    found = rank_ranges(means, compare(means, draws(means.tolist())).holm_p, True)
    assert (found.low <= found.rank).all() and (found.rank <= found.high).all()
    assert found.tied[np.argmax(means)]


def test_equal_scores_share_a_rank() -> None:
    points = np.array([0.7, 0.7, 0.5])
    assert rank_ranges(points, np.ones((3, 3)), True).rank.tolist() == [1, 1, 3]


@pytest.mark.parametrize(("units", "least"), [(1, 1.0), (3, 0.25), (5, 0.0625)])
def test_a_few_units_cannot_show_more_than_a_sign_test(units: int, least: float) -> None:
    every_draw_apart = np.repeat([[1.0], [0.0]], 2000, axis=1)
    found = compare(np.array([1.0, 0.0]), every_draw_apart, units=units)
    assert found.p[0, 1] == least


def test_few_units_weaken_p_and_many_leave_it() -> None:
    points, made = np.array([0.5, 0.52]), draws([0.5, 0.52])
    few, many = (compare(points, made, units=units).p[0, 1] for units in (20, 7600))
    assert many == pytest.approx(compare(points, made).p[0, 1], rel=0.05) and few > 1.05 * many


def test_outside_cells_take_nothing_from_the_pairs_of_the_others() -> None:
    """Neither by their number nor by draws without a value, which no pair of theirs can use."""
    points, made = np.array([0.6, 0.63, 0.62, 0.1]), draws([0.6, 0.63, 0.62, 0.1])
    made[3, 100:] = np.nan
    alone = compare(points[:3], made[:3])
    found = compare(points, made, outside=np.array([False, False, False, True]))
    assert (found.holm_p[:3, :3] == alone.holm_p).all() and (found.se[:3, :3] == alone.se).all()


def test_a_pair_with_an_outside_cell_is_corrected_over_all_pairs() -> None:
    points = np.array([0.5, 0.53, 0.5, 0.53])
    outside = np.array([False, False, False, True])
    found = compare(points, draws(points.tolist()), outside=outside)
    own = multipletests(found.p[:3, :3][np.triu_indices(3, 1)], method="holm")[1]
    every = multipletests(found.p[np.triu_indices(4, 1)], method="holm")[1]
    assert found.holm_p[:3, :3][np.triu_indices(3, 1)] == pytest.approx(own)
    assert found.holm_p[:3, 3] == pytest.approx(every[[2, 4, 5]])
    assert (found.holm_p == found.holm_p.T).all()

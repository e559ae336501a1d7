"""Ties with the best: Hsu's multiple comparisons, by simulation and by facts."""

import numpy as np
import pytest

from bench.scoring.best import below_best
from bench.scoring.seed_noise import SeedNoise, SeedParts
from perf.simulate.best import false_alarms, power, printed, ties


def draws(points: list[float], sd: float = 0.01) -> np.ndarray:
    """(cells, 2000) draws around the points, each with noise of its own."""
    noise = np.random.default_rng(0).normal(0, sd, (len(points), 2000))
    return np.array(points)[:, None] + noise


def test_a_cell_far_behind_is_below_the_best_and_a_near_one_is_not() -> None:
    points = [0.8, 0.795, 0.6]
    assert below_best(np.array(points), draws(points)).tolist() == [False, False, True]


def test_one_comparison_is_one_sided() -> None:
    """1.8 standard errors: significant to one side, not to two."""
    points = [0.8, 0.8 - 1.8 * 0.01 * np.sqrt(2)]
    assert below_best(np.array(points), draws(points)).tolist() == [False, True]


def test_more_cells_ask_for_more() -> None:
    points = [0.8] * 20 + [0.8 - 1.8 * 0.01 * np.sqrt(2)]
    assert not below_best(np.array(points), draws(points)).any()


def test_the_noise_of_seeds_keeps_a_cell_among_the_best() -> None:
    points = [0.8, 0.75]
    noise = SeedParts.of([SeedNoise(0.05**2, 2, 1, "prior")] * 2)
    found = below_best(np.array(points), draws(points), seeds=noise, units=500)
    assert not found.any()


def test_outside_cells_leave_the_comparisons_of_the_others_alone() -> None:
    points = [0.8, 0.8 - 1.8 * 0.01 * np.sqrt(2), *[0.7] * 20]
    outside = np.array([False, False, *[True] * 20])
    found = below_best(np.array(points), draws(points), outside=outside)
    assert found.tolist() == [False, True, *[True] * 20]


def test_draws_without_a_value_exclude_nobody() -> None:
    assert not below_best(np.array([0.8, 0.2]), np.full((2, 2000), np.nan)).any()


@pytest.mark.parametrize("seeds", [1, 3])
def test_the_true_best_shares_the_top_and_fewer_others_than_by_all_pairs(seeds: int) -> None:
    best, others, before = ties([0.0] + [-0.05] * 5, seeds=seeds, repetitions=120)
    assert best >= 0.95 and others < before - 0.03


def test_the_detectable_difference_is_found_eight_times_in_ten_by_the_boards_tests() -> None:
    now, before = printed(8, seeds=1)
    assert power(8, now, seeds=1, repetitions=100) == pytest.approx(0.8, abs=0.1)
    assert power(8, before, seeds=1, repetitions=100) < 0.5


def test_boards_of_equally_good_entries_seldom_have_a_sure_pair() -> None:
    now, before = false_alarms(8, seeds=3, repetitions=150)
    assert now <= 0.08 and before > 0.2

"""Tests and intervals that hold the noise of seeds, too."""

import numpy as np
import pytest
from scipy import stats

from bench.scoring.seed_noise import SeedNoise, SeedParts
from bench.scoring.significance import against_one, compare
from bench.scoring.two_way import widened
from perf.simulate.seeds import type_one


def draws(points: list[float], sd: float = 0.01) -> np.ndarray:
    """(cells, 2000) draws around the points, each with noise of its own."""
    noise = np.random.default_rng(0).normal(0, sd, (len(points), 2000))
    return np.array(points)[:, None] + noise


@pytest.mark.parametrize(("ratio", "limit", "before"), [(1.0, 0.08, 0.12), (1.65, 0.08, 0.25)])
def test_equal_families_are_seldom_called_different(
    ratio: float, limit: float, before: float
) -> None:
    blind, seeing = type_one((3, 3), ratio=ratio, repetitions=300)
    assert seeing <= limit and blind > before


def test_two_seeds_of_one_family_are_seldom_called_different() -> None:
    blind, seeing = type_one((1, 1), ratio=1.0, repetitions=150, uneven=0.7)
    assert seeing <= 0.07 and blind > 0.12


def test_variances_add_up_with_satterthwaites_degrees_of_freedom() -> None:
    made = draws([0.5, 0.6])
    noise = SeedParts.of(
        [SeedNoise(0.0003, 2, 3, "measured", 0.0006), SeedNoise(0.0, 1, 1, "none")]
    )
    found = compare(np.array([0.5, 0.6]), made, seeds=noise, units=100)
    examples = np.var(made[0] - made[1], ddof=1)
    assert found.se[0, 1] ** 2 == pytest.approx(examples + 0.0001)
    df = (examples + 0.0001) ** 2 / (examples**2 / 99 + 0.0002**2 / 2)
    assert found.df[0, 1] == pytest.approx(df)
    assert found.p[0, 1] == pytest.approx(2 * stats.t.sf(0.1 / found.se[0, 1], df))


def test_the_floors_tests_are_a_family_of_their_own() -> None:
    points = [0.53, 0.53, 0.5]
    p = against_one(np.array(points), draws(points), units=500)
    pair = compare(np.array(points), draws(points), units=500)
    smaller, larger = sorted(pair.p[:2, 2])
    assert sorted(p[:2]) == pytest.approx([2 * smaller, max(2 * smaller, larger)])
    assert p[2] == 1 and (p[:2] < pair.holm_p[:2, 2]).all()


def test_a_cell_without_numbers_spoils_no_other_test_against_the_floor() -> None:
    points = [0.53, 0.9, 0.5]
    made = draws(points)
    made[1] = np.nan
    p = against_one(np.array(points), made, units=500)
    assert p[0] < 0.1 and p[1] == 1


def test_an_interval_without_seed_noise_stays() -> None:
    bounds = np.array([0.4, 0.7])
    none = SeedParts(np.zeros(()), np.zeros(()))
    assert widened(bounds, np.array(0.5), np.array(0.01), seeds=none, units=9) is bounds


def test_a_widened_interval_is_students_and_keeps_its_skew() -> None:
    noise = SeedParts(np.array(0.0004), np.array(0.0004**2 / 2))
    se, df = np.sqrt(0.0008), 0.0008**2 / (0.0004**2 / 99 + 0.0004**2 / 2)
    even, skew = (
        widened(np.array(b), np.array(0.5), np.array(0.0004), seeds=noise, units=100)
        for b in ([0.5 - 1.959964 * 0.02, 0.5 + 1.959964 * 0.02], [0.45, 0.52])
    )
    assert even == pytest.approx(0.5 + np.array([-1, 1]) * stats.t.ppf(0.975, df) * se)
    assert 0.5 - skew[0] > skew[1] - 0.5

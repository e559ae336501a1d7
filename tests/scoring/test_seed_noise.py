"""Seed noise: net variance over seeds, and what an entry with one seed borrows."""

import math

import numpy as np
import pytest

from bench.scoring.seed_noise import (
    MOST_DF,
    FamilyCell,
    Origin,
    SeedNoise,
    borrowed,
    measured,
    moderated,
    seed_variance,
    unseeded,
)
from bench.scoring.seed_priors import DF, EXPECTED, EXPECTED_DF, VARIANCES, WIDENING, WIDEST


def _fits(seeds: int, rows: int, *, sd: float, random: np.random.Generator) -> np.ndarray:
    """Return (seeds, rows) right answers of fits whose true accuracies vary with SD `sd`."""
    levels = 0.7 + sd * random.standard_normal((seeds, 1))
    return (random.random((seeds, rows)) < levels).astype(float)


def _net(seeds: int, sd: float, repeats: int) -> list[float]:
    random = np.random.default_rng(5)
    nets = []
    for _ in range(repeats):
        right = _fits(seeds, 400, sd=sd, random=random)
        weights = random.multinomial(400, np.full(400, 1 / 400), size=200)
        gross, held, _ = seed_variance(right.mean(axis=1), right @ weights.T / 400)
        nets.append(gross - held)
    return nets


def test_the_part_of_the_test_examples_is_the_mean_over_pairs() -> None:
    draws = np.random.default_rng(1).normal(size=(4, 300)) * [[1], [2], [3], [1]]
    _, held, df = seed_variance(np.arange(4.0), draws)
    pairs = [np.var(draws[k] - draws[m], ddof=1) / 2 for k in range(4) for m in range(k)]
    assert held == pytest.approx(np.mean(pairs)) and df == 3


@pytest.mark.parametrize("sd", [0.0, 0.05])
def test_net_variance_is_that_of_training_alone(sd: float) -> None:
    nets = _net(5, sd, 150)
    assert np.mean(nets) == pytest.approx(sd**2, abs=3 * np.std(nets) / math.sqrt(len(nets)))


def test_a_measured_variance_is_averaged_with_the_expected_one() -> None:
    """Each counts by its degrees of freedom, which add up; what examples explain comes off last."""
    noise = moderated(0.0010, 0.0002, 4)
    gross = (4 * 0.0010 + EXPECTED_DF * EXPECTED * 0.0002) / (4 + EXPECTED_DF)
    assert noise.gross == pytest.approx(gross) and noise.variance == pytest.approx(gross - 0.0002)
    assert (noise.df, noise.seeds, noise.origin) == (4 + EXPECTED_DF, 5, "measured")


def test_seeds_that_agree_by_luck_still_have_noise() -> None:
    assert moderated(0.0, 0.0004, 2).variance > 0


def test_seeds_far_apart_are_believed() -> None:
    """A hundred times the expectation: hardly any of it is averaged away."""
    noise = moderated(100 * EXPECTED * 0.0004, 0.0004, 2)
    assert noise.variance == pytest.approx(100 * EXPECTED * 0.0004, rel=0.05)
    assert noise.df < 2.1


def test_seeds_with_the_same_answers_have_none() -> None:
    assert (moderated(0.0, 0.0, 2).variance, moderated(0.0, 0.0, 2).looseness) == (0, 0)


def test_a_net_variance_is_never_negative() -> None:
    assert moderated(0.0, 0.0004, 50).variance == 0


def test_draws_without_a_value_are_left_out() -> None:
    draws = np.random.default_rng(3).normal(size=(2, 100))
    holes = np.column_stack([draws, [np.nan, 1.0], [0.0, np.inf]])
    assert seed_variance(np.zeros(2), holes) == seed_variance(np.zeros(2), draws)
    assert seed_variance(np.zeros(2), np.full((2, 9), np.nan)) == (0, 0, 1)


def test_a_mean_over_seeds_has_a_share_of_one_seeds_variance() -> None:
    noise = measured(np.array([0.1, 0.2, 0.3]), np.zeros((3, 50)))
    assert (noise.variance, noise.seeds) == (pytest.approx(0.01), 3)
    assert noise.of_mean == pytest.approx(0.01 / 3)
    assert noise.looseness == pytest.approx((0.01 / 3) ** 2 / 2)


def test_a_family_without_a_seed_has_no_seed_noise() -> None:
    assert (unseeded().of_mean, unseeded().looseness, unseeded().origin) == (0, 0, "none")


def test_one_seed_borrows_from_the_same_task_first() -> None:
    cells = [FamilyCell("a", 0.04, 0.01, 2), FamilyCell("b", 1.0, 0.0, 2)]
    noise = borrowed("bert", "a", cells)
    assert (noise.variance, noise.gross) == (pytest.approx(0.03), 0.04)
    assert (noise.df, noise.seeds, noise.origin) == (2, 1, "borrowed")


def test_pooling_weighs_cells_by_degrees_of_freedom() -> None:
    cells = [FamilyCell("a", 0.03, 0.0, 1), FamilyCell("a", 0.06, 0.09, 2)]
    noise = borrowed("bert", "a", cells)
    assert noise.gross == pytest.approx(0.05) and noise.variance == 0


def test_other_tasks_are_scaled_to_the_width_of_the_metric() -> None:
    noise = borrowed("bert", "a", [FamilyCell("b", 0.02, 0.0, 8, width=2.0)], width=10.0)
    assert noise.variance == pytest.approx(0.02 / 4 * 100)
    assert (noise.df, noise.origin) == (MOST_DF, "borrowed")


def test_without_a_history_the_shipped_prior_is_taken() -> None:
    noise = borrowed("lstm", "a", [], width=3.0)
    assert noise.variance == pytest.approx(WIDENING * VARIANCES["lstm"] * 9)
    assert (noise.df, noise.seeds, noise.origin) == (DF, 1, "prior")


def test_an_unknown_family_gets_the_widest_prior() -> None:
    assert borrowed("mine", "a", []).variance == WIDENING * WIDEST
    assert all(borrowed(name, "a", []).variance <= WIDENING * WIDEST for name in VARIANCES)


@pytest.mark.parametrize(
    ("origin", "score", "share"),
    [("prior", 0.5, 1.0), ("borrowed", 0.1, 0.36), ("prior", 0.0, 0.01), ("measured", 0.1, 1.0)],
)
def test_a_borrowed_variance_is_smaller_at_an_end_of_the_scale(
    origin: Origin, score: float, share: float
) -> None:
    near = SeedNoise(0.04, 2.0, 1, origin, gross=0.05).near(score)
    assert (near.variance, near.gross) == pytest.approx((0.04 * share, 0.05 * share))

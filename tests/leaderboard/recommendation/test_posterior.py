"""Draws of true scores: both noises are in them, and the best of many scores is not believed."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.special import ndtri

from bench.leaderboard.recommendation.noise import Scores, noise
from bench.leaderboard.recommendation.posterior import true_scores
from bench.leaderboard.recommendation.rule import losses
from perf.simulate.recommendation import simulate


def scores(points: list[float], spread: float, *, families: list[str] | None = None) -> Scores:
    """Scores whose noise is independent, from a test of 500 examples, without seed noise."""
    count = len(points)
    random = np.random.default_rng(1)
    return Scores(
        points=np.array(points),
        draws=np.array(points)[:, None] + spread * random.standard_normal((count, 1000)),
        seed_variance=np.zeros(count),
        seed_df=np.full(count, np.inf),
        families=families or [f"family {i}" for i in range(count)],
        units=500,
        width=1.0,
    )


def drawn(measured: Scores) -> np.ndarray:
    random = np.random.default_rng(2)
    return true_scores(measured, noise(measured, random), random)


def test_a_clear_difference_is_believed() -> None:
    true = drawn(scores([0.9, 0.5], 0.01))
    assert true.mean(axis=1) == pytest.approx([0.9, 0.5], abs=0.005)


def test_seed_noise_widens_the_draws() -> None:
    still = scores([0.8, 0.7], 0.01)
    seeds = replace(still, seed_variance=np.full(2, 0.05**2), seed_df=np.full(2, 4.0))
    assert drawn(seeds).std(axis=1).min() > 2 * drawn(still).std(axis=1).max()


def test_junk_variants_do_not_inflate_the_losses() -> None:
    # Sixty copies of one family that differ by chance alone: the maximum of their measured scores
    # lies .05 above their mean, of which nothing is true.
    points = (0.7 + 0.02 * ndtri((np.arange(60) + 0.5) / 60)).tolist()
    measured = scores(points, 0.02, families=["one"] * 60)
    plain = measured.points[:, None] + measured.draws - measured.draws.mean(axis=1, keepdims=True)
    shrunk, unshrunk = losses(drawn(measured), 0.02), losses(plain, 0.02)
    assert np.median(shrunk.regret) < 0.6 * np.median(unshrunk.regret)


def test_two_entries_with_the_same_answers_are_not_known_to_be_equal_on_a_tiny_test() -> None:
    same = replace(scores([0.8, 0.8], 0.0), draws=np.full((2, 1000), 0.8), units=10)
    assert losses(drawn(same), 0.0).within.max() < 0.9


def test_draws_below_the_point_do_not_lower_the_score() -> None:
    # Resampling drops rare classes: draws of a macro average lie below its point.
    low = scores([0.8, 0.5], 0.01)
    biased = replace(low, draws=low.draws - 0.1)
    assert drawn(biased).mean(axis=1) == pytest.approx([0.8, 0.5], abs=0.005)


def test_draws_without_a_value_say_nothing() -> None:
    holes = scores([0.8, 0.5], 0.01)
    holes.draws[:, ::7] = np.nan
    assert np.isfinite(drawn(holes)).all()


def test_a_single_entry_keeps_its_score() -> None:
    assert drawn(scores([0.8], 0.01)).mean() == pytest.approx(0.8, abs=0.005)


def test_stated_probabilities_hold_among_many_variants_on_a_small_test() -> None:
    # Of 100 entries on 50 examples the probability was overstated by .3 before correlations and
    # spreads were taken with care.
    found = simulate(50, 100, 6, kind="at the margin", other_tasks=True)["ours"]
    assert found.stated.mean() == pytest.approx(found.true.mean(), abs=0.2)

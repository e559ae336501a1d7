"""Noise of scores: correlations on few examples are not taken at their word."""

import numpy as np
import pytest

from bench.leaderboard.recommendation.noise import Scores, noise


def scores(units: int, count: int) -> Scores:
    """Scores of entries that are right on other examples each, in half of all cases."""
    random = np.random.default_rng(3)
    right = random.random((count, units)) < 0.5
    weights = random.multinomial(units, np.full(units, 1 / units), size=1000)
    return Scores(
        points=right.mean(axis=1),
        draws=right @ weights.T / units,
        seed_variance=np.zeros(count),
        seed_df=np.full(count, np.inf),
        families=[f"family {i % 4}" for i in range(count)],
        units=units,
        width=1.0,
    )


def correlations(measured: Scores) -> np.ndarray:
    return np.corrcoef(noise(measured, np.random.default_rng(4)))


def test_no_combination_of_entries_is_known_exactly_from_few_examples() -> None:
    # 40 entries on 20 examples: by the bare bootstrap 20 combinations have hardly any noise.
    assert np.linalg.eigvalsh(correlations(scores(20, 40))).min() > 0.3


def test_correlations_that_many_examples_show_stay() -> None:
    measured = scores(2000, 6)
    measured.draws[1] = measured.draws[0]
    assert correlations(measured)[0, 1] > 0.9


def test_variances_stay() -> None:
    measured = scores(20, 40)
    errors = noise(measured, np.random.default_rng(4))
    expected = measured.draws.var(axis=1, ddof=1) * 20 / 19 + (0.5 / 20) ** 2
    assert errors.var(axis=1) == pytest.approx(expected, rel=0.15)

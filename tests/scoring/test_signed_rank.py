"""The Bayesian signed-rank test: probabilities over tasks like those that were measured."""

import numpy as np
import pytest

from bench.scoring.signed_rank import SignedRank


def test_the_probabilities_add_up_to_one() -> None:
    found = SignedRank(5).test(np.array([0.1, -0.03, 0.0, 0.05, 0.2]), 0.02)
    assert found.first_better + found.equal + found.second_better == pytest.approx(1)


def test_one_that_is_far_ahead_everywhere_is_better() -> None:
    found = SignedRank(8).test(np.full(8, 0.1), 0.02)
    assert found.first_better > 0.99


def test_differences_within_the_rope_are_practically_equal() -> None:
    found = SignedRank(8).test(np.linspace(-0.015, 0.015, 8), 0.02)
    assert found.equal > 0.99


def test_turning_the_differences_turns_the_probabilities() -> None:
    test, apart = SignedRank(6), np.array([0.1, 0.05, -0.04, 0.03, 0.0, 0.08])
    one, other = test.test(apart, 0.02), test.test(-apart, 0.02)
    assert (one.first_better, one.equal) == (other.second_better, other.equal)


def test_the_weight_of_pairs_is_that_of_the_definition() -> None:
    """Benavoli et al. 2014: the sum over all pairs, also of a task with itself, of two weights."""
    test, apart = SignedRank(3), np.array([0.1, -0.06, 0.03])
    known = [0.0, *apart]
    shares = np.zeros((3, len(test._weights)))
    for i, x in enumerate(known):
        for j, y in enumerate(known):
            which = 1 if x + y > 0.04 else 2 if x + y < -0.04 else 0
            shares[which] += test._weights[:, i] * test._weights[:, j]
    expected = np.bincount(shares.argmax(axis=0), minlength=3) / shares.shape[1]
    found = test.test(apart, 0.02)
    assert (found.equal, found.first_better, found.second_better) == pytest.approx(
        tuple(expected), abs=0.005
    )

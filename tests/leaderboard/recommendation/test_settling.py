"""What would settle a recommendation: more test examples, or more seeds, or neither."""

import numpy as np

from bench.leaderboard.findings import Candidate, Candidates
from bench.leaderboard.recommendation.settling import settling


def pair(gap: float, examples: float, seeds: float = 0.0, *, units: int = 150) -> Candidates:
    """A dear entry that is ahead of a cheap one by a gap with those two standard errors."""
    random = np.random.default_rng(1)
    spread = np.hypot(examples, seeds)
    behind = gap + spread * random.standard_normal(20_000)
    entries = tuple(
        Candidate(
            id=name,
            score=0.8,
            above_floor=True,
            seeds=2,
            seed_variance=seeds**2 / 2,
        )
        for name in ("dear", "cheap")
    )
    true = np.stack([behind, np.zeros(20_000)])
    variance = np.array([[0.0, examples**2], [examples**2, 0.0]])
    return Candidates("reviews", entries, true, variance, units)


def test_a_settled_question_needs_nothing() -> None:
    found = settling(pair(0.0, 0.005), 1, 0.02, 0.999)
    assert (found.examples, found.seeds) == (0, 0)


def test_four_times_the_variance_needs_four_times_the_examples() -> None:
    # A gap of 0, a margin of .02: 90 % need a standard error of .0156; half of .0312.
    found = settling(pair(0.0, 0.0312), 1, 0.02, 0.74)
    assert found.seeds == 0
    assert 400 <= found.examples <= 500  # 3 x 150, rounded up to one digit


def test_where_seeds_are_the_noise_more_seeds_are_asked_for() -> None:
    found = settling(pair(0.0, 0.004, 0.025), 1, 0.02, 0.79)
    assert found.examples == 0
    assert 2 <= found.seeds <= 6


def test_a_gap_as_wide_as_the_margin_is_settled_by_nothing_affordable() -> None:
    found = settling(pair(0.02, 0.03), 1, 0.02, 0.5)
    assert (found.examples, found.seeds) == (0, 0)

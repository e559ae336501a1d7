"""Draws of the noise of scores: measured less true, from test examples and seeds."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bench.scoring.significance import Floats

UNSEEN = 0.5
"""Standard deviation that a test of n units cannot show, times n in widths of the scale: half an
example. Two entries with the same answers on ten examples are not known to be equal."""
_ALMOST_ONE = 0.999


@dataclass(frozen=True)
class Scores:
    """The measured scores of n entries of a task, higher being better.

    Args:
        points: (n,) scores, mean over seeds.
        draws: (n, D) scores in each bootstrap draw of the test examples, paired.
        seed_variance: (n,) variance of each score over seeds, net of `draws`.
        seed_df: (n,) degrees of freedom of `seed_variance`; infinite where it is exact.
        families: (n,) the family of each entry.
        units: number of resampling units of the test.
        width: width of the metric's scale; 1 for scores from 0 to 1.
    """

    points: Floats
    draws: Floats
    seed_variance: Floats
    seed_df: Floats
    families: Sequence[str]
    units: int
    width: float


def same_family(families: Sequence[str]) -> NDArray[np.bool_]:
    """Return an (n, n) array that says which pairs of entries are of one family."""
    names = np.array(families)
    return np.asarray(names[:, None] == names[None, :])


def noise(scores: Scores, random: np.random.Generator) -> Floats:
    """Return (n, D) draws of measured less true score: test examples and seeds.

    The correlations of n scores on few test examples are themselves noise: n(n - 1)/2 of them from
    `units` numbers each. Taken at their word they make the comparison of two entries depend on what
    all others happened to get right. They are shrunk towards two numbers, one for pairs of a family
    and one for other pairs, the more the fewer the units (Schäfer and Strimmer, 2005).
    """
    count = scores.draws.shape
    seeds = np.sqrt(scores.seed_variance)[:, None] * _student(scores.seed_df, count, random)
    unseen = UNSEEN * scores.width / scores.units * random.standard_normal(count)
    return _shrunk(_examples(scores) + seeds + unseen, scores, random)


def _examples(scores: Scores) -> Floats:
    # Draws of a macro average lie below its point where rare classes vanish: only their spread
    # counts. A draw without a value says nothing, and counts as the mean.
    draws = np.asarray(scores.draws, np.float64)
    known = np.isfinite(draws)
    sums = np.where(known, draws, 0.0).sum(axis=1)
    means = sums / np.maximum(known.sum(axis=1), 1)
    few = scores.units / max(scores.units - 1, 1)  # the bootstrap's variance is (n - 1) / n of it
    return np.asarray(np.where(known, draws - means[:, None], 0.0) * np.sqrt(few))


def _student(df: Floats, count: tuple[int, ...], random: np.random.Generator) -> Floats:
    """Return draws of Student's t, an entry a line; normal ones where df is infinite."""
    normal = random.standard_normal(count)
    finite = np.where(np.isfinite(df), df, 1e9)[:, None]
    return np.asarray(normal / np.sqrt(random.chisquare(finite, count) / finite))


def _shrunk(errors: Floats, scores: Scores, random: np.random.Generator) -> Floats:
    """Return the draws with shrunk correlations and the same variances."""
    if len(errors) < 3:
        return errors  # one correlation at most, which is its own target
    covariance = errors @ errors.T / (errors.shape[1] - 1)
    spread = np.sqrt(np.diag(covariance))
    correlations = covariance / np.outer(spread, spread)
    same = same_family(scores.families)
    within, between = _targets(correlations, same)
    weight = _weight(correlations, np.where(same, within, between), scores.units)
    groups = np.unique(np.array(scores.families), return_inverse=True)[1]
    shape = (len(errors), errors.shape[1])
    target = (
        np.sqrt(between) * random.standard_normal((1, shape[1]))
        + np.sqrt(within - between) * random.standard_normal((groups.max() + 1, shape[1]))[groups]
        + np.sqrt(1 - within) * random.standard_normal(shape)
    )
    return np.asarray(np.sqrt(1 - weight) * errors + np.sqrt(weight) * spread[:, None] * target)


def _targets(correlations: Floats, same: NDArray[np.bool_]) -> tuple[float, float]:
    """Return the mean correlation within families and between them, the first not below the second
    and neither below 0, as a sum of independent parts has them."""
    own = np.eye(len(same), dtype=bool)
    between = float(np.clip(correlations[~same].mean(), 0, _ALMOST_ONE)) if (~same).any() else 0.0
    pairs = same & ~own
    within = float(correlations[pairs].mean()) if pairs.any() else between
    return float(np.clip(within, between, _ALMOST_ONE)), between


def _weight(correlations: Floats, target: Floats, units: int) -> float:
    """Return how much of the target to take, from 0 to 1: the variance of the correlations, which
    is (1 - r²)² / (units - 1), over their squared distance from the target."""
    off = ~np.eye(len(correlations), dtype=bool)
    chance = ((1 - correlations[off] ** 2) ** 2).sum() / max(units - 1, 1)
    distance = ((correlations - target)[off] ** 2).sum()
    return float(np.clip(chance / max(distance, 1e-12), 0, 1))

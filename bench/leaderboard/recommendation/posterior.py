"""Draws of the true scores of the entries of a task, given their measured scores and both noises.

Measured scores alone would not do: the best of many noisy scores is too good, the more so the more
entries there are (the winner's curse), and the loss of all others against it too large. Scores are
therefore shrunk by a hierarchical normal model (Gelman et al. 2013, ch. 5): entries of one family
spread around their family, families around the task. Both spreads are unknown and averaged over,
since a single estimate of them is often 0 on a small test.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from bench.leaderboard.recommendation.noise import Scores, same_family
from bench.scoring.significance import Floats

FAMILIES = (0.1, 0.8)
"""Prior of the spread of families, in widths of the metric's scale: the median, and the standard
deviation of its logarithm. On shipped boards it is .005 to .3, mostly .1."""
VARIANTS = (0.1, 0.65)
"""Prior of the spread of a family's entries around their family, likewise. Most of them differ in
their number of labelled examples: on SST-2 by .07 to .13."""
GRID, REACH = 9, 3
"""Number of values of each spread that are averaged over, and how far they reach, in standard
deviations of its logarithm: with many entries the data outweigh the prior."""
_FLAT = 1.0
"""Variance of the prior of the task's mean, in squared widths: as good as flat."""


def true_scores(scores: Scores, errors: Floats, random: np.random.Generator) -> Floats:
    """Return (n, D) draws of the true scores from their posterior.

    Args:
        scores: the measured scores.
        errors: (n, D) draws of their noise, from `noise`.
        random: the source of random numbers.
    """
    if len(scores.points) < 2:
        return np.asarray(scores.points[:, None] - errors)
    covariance = errors @ errors.T / (errors.shape[1] - 1)
    same = same_family(scores.families)
    grid = _grid(scores.width)
    weights = _weights(scores.points, covariance, same, grid)
    picks = random.choice(len(grid), size=errors.shape[1], p=weights)
    drawn = np.empty_like(errors)
    for number in np.unique(picks):
        which = picks == number
        drawn[:, which] = _given_spreads(
            scores, covariance, same, grid[number], errors[:, which], random
        )
    return drawn


def _grid(width: float) -> list[tuple[float, float, float]]:
    """Return pairs of variances, of families and of variants, each with its log prior."""
    spreads = []
    for median, sd in (FAMILIES, VARIANTS):
        steps = np.linspace(-REACH, REACH, GRID)
        spreads.append([((width * median * np.exp(sd * z)) ** 2, -0.5 * z * z) for z in steps])
    return [(a, b, p + q) for a, p in spreads[0] for b, q in spreads[1]]


def _prior(
    same: NDArray[np.bool_], spreads: tuple[float, float, float], width: float
) -> tuple[Floats, Floats]:
    """Return the prior covariance of the true scores without and with the task's mean."""
    families, variants, _ = spreads
    around = families * same + variants * np.eye(len(same))
    return around, around + _FLAT * width**2


def _weights(
    points: Floats,
    covariance: Floats,
    same: NDArray[np.bool_],
    grid: Sequence[tuple[float, float, float]],
) -> Floats:
    """Return the posterior weight of each pair of spreads, the task's mean integrated out (REML;
    Patterson and Thompson, 1971)."""
    ones = np.ones(len(points))
    logs = []
    for spreads in grid:
        whole = covariance + _prior(same, spreads, 0.0)[0]
        solved = np.linalg.solve(whole, np.stack([ones, points], axis=1))
        certainty = ones @ solved[:, 0]
        mean = points @ solved[:, 0] / certainty
        misfit = points @ solved[:, 1] - mean**2 * certainty
        half = np.linalg.slogdet(whole)[1] + np.log(certainty) + misfit
        logs.append(spreads[2] - 0.5 * half)
    weights = np.exp(np.array(logs) - max(logs))
    return np.asarray(weights / weights.sum())


def _given_spreads(
    scores: Scores,
    covariance: Floats,
    same: NDArray[np.bool_],
    spreads: tuple[float, float, float],
    errors: Floats,
    random: np.random.Generator,
) -> Floats:
    """Return posterior draws for one pair of spreads, one a draw of the errors.

    A draw of prior and error is moved by what it misses of the measured scores (Matheron's rule),
    which keeps the shape of the errors: it need not be normal.
    """
    around, whole = _prior(same, spreads, scores.width)
    count = errors.shape[1]
    root = np.linalg.cholesky(around)
    centre = scores.points.mean() + np.sqrt(_FLAT) * scores.width * random.standard_normal(count)
    prior = centre + root @ random.standard_normal((len(around), count))
    missed = scores.points[:, None] - prior - errors
    return np.asarray(prior + whole @ np.linalg.solve(whole + covariance, missed))

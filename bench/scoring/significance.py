"""Paired significance tests between the cells of a task, from bootstrap draws on the same test
examples."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bench.scoring.bootstrap import Interval, percentiles

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True)
class Comparison:
    """The tests of all pairs of n cells; each array is (n, n) and symmetric.

    Args:
        p: two-sided p-value of each pair, unadjusted.
        holm_p: p-value after Holm's correction over the pairs of the task; see `compare`.
        se: standard error of each difference.
    """

    p: Floats
    holm_p: Floats
    se: Floats


@dataclass(frozen=True)
class Ranks:
    """The ranks of n cells; each array is (n,).

    Args:
        rank: the rank by point estimate, 1 being the best; equal scores share a rank.
        low: the best rank that the tests allow: 1 + the number of significantly better cells.
        high: the worst rank that they allow: n - the number of significantly worse cells.
        tied: True if the cell is not significantly different from the best.
    """

    rank: NDArray[np.int64]
    low: NDArray[np.int64]
    high: NDArray[np.int64]
    tied: Bools


def compare(
    points: Floats,
    replicates: Floats,
    exact_p: Floats | None = None,
    *,
    units: int | None = None,
    outside: Bools | None = None,
) -> Comparison:
    """Test every pair of cells.

    The test statistic is the difference of two cells divided by the standard deviation of its
    bootstrap draws, compared with the normal distribution. Counting the draws beyond zero would not
    do: the smallest p-value from 2,000 draws is too large for Holm's correction over 300 pairs.
    With few units that test would be too liberal: Student's t distribution is used instead, and p
    is never below the smallest possible one of a paired sign test on as many units.

    Args:
        points: (n,) main metric.
        replicates: (n, draws) main metric in each bootstrap draw, the same draws for all cells.
        exact_p: (n, n) p-values to use instead, as from `mcnemar`.
        units: number of resampling units of the test split; None: many.
        outside: (n,) True for cells of submitted predictions; None: there are none. The other cells
            are compared as if these did not exist, so that submissions take no power from the
            comparisons of bench's own runs; a pair with such a cell is corrected over all pairs.
    """
    comparison = _compared(points, replicates, exact_p, units)
    if outside is None or not outside.any() or outside.all():
        return comparison
    own_cells, block = ~outside, np.ix_(~outside, ~outside)
    exact = None if exact_p is None else exact_p[block]
    among_own = _compared(points[own_cells], replicates[own_cells], exact, units)
    comparison.p[block], comparison.holm_p[block], comparison.se[block] = (
        among_own.p,
        among_own.holm_p,
        among_own.se,
    )
    return comparison


def _compared(
    points: Floats, replicates: Floats, exact_p: Floats | None, units: int | None
) -> Comparison:
    from scipy.special import ndtr, stdtr

    known = replicates[:, np.isfinite(replicates).all(axis=0)]
    draws = known if known.shape[1] > 1 else np.zeros((len(points), 2))
    spread = np.atleast_2d(np.cov(draws))
    variance = np.diag(spread)
    se = np.sqrt(np.maximum(variance[:, None] + variance[None, :] - 2 * spread, 0))
    # Rounding errors leave a small variance in the difference of two equal cells.
    se[se < 1e-7 * np.sqrt(variance[:, None] + variance[None, :] + 1e-30)] = 0
    difference = np.abs(points[:, None] - points[None, :])
    z = np.where(se > 0, difference / np.where(se > 0, se, 1), np.where(difference > 0, np.inf, 0))
    if known.shape[1] < 2:  # no spread to compare a difference with
        z = np.zeros_like(se)
    least = 0.0 if units is None else 2.0 ** (1 - units)
    tail = ndtr(-z) if units is None else stdtr(max(units - 1, 1), -z)
    p = np.maximum(2 * tail, least) if exact_p is None else exact_p.copy()
    np.fill_diagonal(p, 1.0)
    return Comparison(p, holm(p), se)


def holm(p: Floats) -> Floats:
    """Return the (n, n) p-values of all pairs after Holm's step-down correction (1979)."""
    upper = np.triu_indices(len(p), k=1)
    pairs = p[upper]
    order = np.argsort(pairs, kind="stable")
    factors = len(pairs) - np.arange(len(pairs))
    stepped = np.minimum(1.0, np.maximum.accumulate(pairs[order] * factors))
    adjusted = np.ones_like(p)
    corrected = np.empty_like(pairs)
    corrected[order] = stepped
    adjusted[upper] = corrected
    return np.minimum(adjusted, adjusted.T)


def rank_ranges(
    points: Floats, holm_p: Floats, greater_is_better: bool, *, alpha: float = 0.05
) -> Ranks:
    """Return the ranks of n cells, each with the range that the corrected tests allow.

    Args:
        points: (n,) main metric.
        holm_p: (n, n) corrected p-values of the pairs.
        greater_is_better: the direction of the metric.
        alpha: the significance level.
    """
    values = points if greater_is_better else -points
    better = values[None, :] > values[:, None]
    sure = holm_p < alpha
    best = int(np.argmax(values)) if len(values) else 0
    return Ranks(
        rank=1 + better.sum(axis=1),
        low=1 + (better & sure).sum(axis=1),
        high=len(values) - (better.T & sure).sum(axis=1),
        tied=~sure[best] if len(values) else np.zeros(0, bool),
    )


def mcnemar(right_a: Bools, right_b: Bools) -> float:
    """Return the exact two-sided p-value of McNemar's test (1947), from the examples where exactly
    one of two systems is right."""
    from scipy.stats import binomtest

    only_a, only_b = int((right_a & ~right_b).sum()), int((right_b & ~right_a).sum())
    return float(binomtest(only_a, only_a + only_b).pvalue) if only_a + only_b else 1.0


def mcnemar_pairs(right: Bools) -> Floats:
    """Return the (n, n) p-values of `mcnemar` for all pairs of n cells.

    Args:
        right: (n, examples) True where a cell's prediction for an example is right.
    """
    from scipy.special import bdtr

    hits = right.astype(np.float64)
    only = np.rint(hits @ (1 - hits).T).astype(np.int64)
    discordant = only + only.T
    # With probability 1/2 the binomial is symmetric: the two-sided p is twice the smaller tail.
    p = np.minimum(1.0, 2 * bdtr(np.minimum(only, only.T), discordant, 0.5))
    return np.asarray(np.where(discordant > 0, p, 1.0))


def detectable(se: Floats) -> float:
    """Return the smallest difference that is detected with a power of 80 % at the 5 % level: 2.8
    standard errors, the median over the pairs with a non-zero standard error."""
    from scipy.special import ndtri

    pairs = se[np.triu_indices(len(se), k=1)]
    varying = pairs[pairs > 0]
    errors = ndtri(0.975) + ndtri(0.8)
    return float(errors * np.median(varying)) if len(varying) else 0.0


def difference_interval(replicates_a: Floats, replicates_b: Floats) -> Interval:
    """Return the 95 % interval of a paired difference: percentiles of the draws' differences."""
    return percentiles(np.asarray(replicates_a, float) - np.asarray(replicates_b, float))


def difference_intervals(replicates: Floats, others: Floats) -> Floats:
    """Return the (n, 2) bounds of `difference_interval` between one cell and each of n others.

    Args:
        replicates: (draws,) draws of the one cell.
        others: (n, draws) draws of the others.
    """
    with np.errstate(invalid="ignore"):  # the difference of infinite draws is NaN
        differences = replicates - others
    # Sorting puts NaN last, so that the finite differences come first in each row.
    ordered = np.sort(np.where(np.isfinite(differences), differences, np.nan), axis=1)
    last = np.isfinite(ordered).sum(axis=1)[:, None] - 1
    position = np.maximum(last, 0) * np.array([[0.025, 0.975]])
    below = np.floor(position).astype(np.intp)
    low = np.take_along_axis(ordered, below, axis=1)
    high = np.take_along_axis(ordered, np.minimum(below + 1, np.maximum(last, 0)), axis=1)
    return np.asarray(low + (high - low) * (position - below))

"""Paired tests between the cells of one task, from bootstrap draws on the same test rows."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bench.scoring.bootstrap import Interval, percentiles

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
POWER = 1.959963984540054 + 0.8416212335729143
"""Standard errors that a true difference must measure to be found 8 times in 10 at 5 %."""


@dataclass(frozen=True)
class Comparison:
    """All pairs of n cells; each array is (n, n) and symmetric.

    Args:
        p: two-sided p of each pair, unadjusted.
        holm_p: the same after Holm's correction over the pairs of the task; see `compare`.
        se: standard error of each difference.
    """

    p: Floats
    holm_p: Floats
    se: Floats


@dataclass(frozen=True)
class Ranks:
    """Where n cells stand; each array is (n,).

    Args:
        rank: by point estimate, 1 the best; equal scores share a rank.
        low: the best rank that the tests allow: 1 + cells that are surely better.
        high: the worst: n - cells that are surely worse.
        tied: not distinguishable from the best.
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

    The difference of two cells over the standard deviation of its bootstrap draws is held against
    the normal distribution. A count of draws beyond zero would not do: the smallest p that 2,000
    draws can give is too large for Holm's correction over 300 pairs. On few units that ratio says
    too much: Student's distribution then takes the normal's place, and p is never below the
    smallest that a paired sign test on as many units can give.

    Args:
        points: (n,) main metric.
        replicates: (n, draws) the same in each bootstrap draw, on the same draws.
        exact_p: (n, n) p to use instead, as from `mcnemar`.
        units: resampling units of the test split; None: many.
        outside: (n,) which cells are of outside rows; None: none. The others are compared as if
            these were not there, so that files that somebody brings take nothing from what our own
            rows show; a pair with such a cell is corrected over all pairs.
    """
    every = _compared(points, replicates, exact_p, units)
    if outside is None or not outside.any() or outside.all():
        return every
    own, block = ~outside, np.ix_(~outside, ~outside)
    exact = None if exact_p is None else exact_p[block]
    alone = _compared(points[own], replicates[own], exact, units)
    every.p[block], every.holm_p[block], every.se[block] = alone.p, alone.holm_p, alone.se
    return every


def _compared(
    points: Floats, replicates: Floats, exact_p: Floats | None, units: int | None
) -> Comparison:
    from scipy.special import ndtr, stdtr

    known = replicates[:, np.isfinite(replicates).all(axis=0)]
    draws = known if known.shape[1] > 1 else np.zeros((len(points), 2))
    spread = np.atleast_2d(np.cov(draws))
    own = np.diag(spread)
    se = np.sqrt(np.maximum(own[:, None] + own[None, :] - 2 * spread, 0))
    # Rounding leaves a little of the variance of two equal rows.
    se[se < 1e-7 * np.sqrt(own[:, None] + own[None, :] + 1e-30)] = 0
    apart = np.abs(points[:, None] - points[None, :])
    z = np.where(se > 0, apart / np.where(se > 0, se, 1), np.where(apart > 0, np.inf, 0))
    if known.shape[1] < 2:  # no spread to hold a difference against
        z = np.zeros_like(se)
    least = 0.0 if units is None else 2.0 ** (1 - units)
    tail = ndtr(-z) if units is None else stdtr(max(units - 1, 1), -z)
    p = np.maximum(2 * tail, least) if exact_p is None else exact_p.copy()
    np.fill_diagonal(p, 1.0)
    return Comparison(p, holm(p), se)


def holm(p: Floats) -> Floats:
    """(n, n) p of all pairs after Holm's step-down correction (1979)."""
    at = np.triu_indices(len(p), k=1)
    pairs = p[at]
    order = np.argsort(pairs, kind="stable")
    factors = len(pairs) - np.arange(len(pairs))
    stepped = np.minimum(1.0, np.maximum.accumulate(pairs[order] * factors))
    adjusted = np.ones_like(p)
    corrected = np.empty_like(pairs)
    corrected[order] = stepped
    adjusted[at] = corrected
    return np.minimum(adjusted, adjusted.T)


def rank_ranges(
    points: Floats, holm_p: Floats, greater_is_better: bool, *, alpha: float = 0.05
) -> Ranks:
    """Ranks of n cells, and the range that the corrected tests allow each.

    Args:
        points: (n,) main metric.
        holm_p: (n, n) corrected p of the pairs.
        greater_is_better: the direction of the metric.
        alpha: the level of the tests.
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
    """Exact two-sided p of McNemar's test (1947) on the rows where just one of two is right."""
    from scipy.stats import binomtest

    only_a, only_b = int((right_a & ~right_b).sum()), int((right_b & ~right_a).sum())
    return float(binomtest(only_a, only_a + only_b).pvalue) if only_a + only_b else 1.0


def mcnemar_pairs(right: Bools) -> Floats:
    """(n, n) p of `mcnemar` for all pairs of n cells.

    Args:
        right: (n, rows) whether each cell is right on each row.
    """
    from scipy.special import bdtr

    hits = right.astype(np.float64)
    only = np.rint(hits @ (1 - hits).T).astype(np.int64)
    odd = only + only.T
    # At one half the binomial is symmetric: twice the smaller tail is the two-sided p.
    p = np.minimum(1.0, 2 * bdtr(np.minimum(only, only.T), odd, 0.5))
    return np.asarray(np.where(odd > 0, p, 1.0))


def detectable(se: Floats) -> float:
    """The smallest difference found 8 times in 10 at 5 %: 2.8 standard errors, the median over the
    pairs whose difference can vary."""
    pairs = se[np.triu_indices(len(se), k=1)]
    varying = pairs[pairs > 0]
    return float(POWER * np.median(varying)) if len(varying) else 0.0


def difference_interval(replicates_a: Floats, replicates_b: Floats) -> Interval:
    """The 95 % interval of a paired difference: percentiles of the draws' differences."""
    return percentiles(np.asarray(replicates_a, float) - np.asarray(replicates_b, float))


def difference_intervals(replicates: Floats, others: Floats) -> Floats:
    """(n, 2) bounds of `difference_interval` between one cell and each of n others, at once.

    Args:
        replicates: (draws,) of the one.
        others: (n, draws) of the others.
    """
    with np.errstate(invalid="ignore"):  # infinite draws: their difference is no number
        apart = replicates - others
    # Sorting puts what is no number last, so that each row's known draws come first.
    ordered = np.sort(np.where(np.isfinite(apart), apart, np.nan), axis=1)
    last = np.isfinite(ordered).sum(axis=1)[:, None] - 1
    at = np.maximum(last, 0) * np.array([[0.025, 0.975]])
    below = np.floor(at).astype(np.intp)
    low = np.take_along_axis(ordered, below, axis=1)
    high = np.take_along_axis(ordered, np.minimum(below + 1, np.maximum(last, 0)), axis=1)
    return np.asarray(low + (high - low) * (at - below))

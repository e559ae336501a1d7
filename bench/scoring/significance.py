"""Paired significance tests between the cells of a task, from bootstrap draws on the same test
examples and the noise of seeds."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bench.scoring.bootstrap import Interval, percentiles
from bench.scoring.seed_noise import SeedParts

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
MANY = 1e9
"""Degrees of freedom with which Student's distribution is the normal."""


@dataclass(frozen=True)
class Comparison:
    """The tests of all pairs of n cells; each array is (n, n) and symmetric.

    Args:
        p: two-sided p-value of each pair, unadjusted.
        holm_p: p-value after Holm's correction over the pairs of the task; see `compare`.
        se: standard error of each difference, from test examples and seeds.
        df: degrees of freedom of each difference.
    """

    p: Floats
    holm_p: Floats
    se: Floats
    df: Floats


@dataclass(frozen=True)
class Spread:
    """Standard errors of differences, and their degrees of freedom; arrays of one shape."""

    se: Floats
    df: Floats


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
    *,
    seeds: SeedParts | None = None,
    units: int | None = None,
    outside: Bools | None = None,
) -> Comparison:
    """Test every pair of cells.

    The test statistic is the difference of two cells divided by its standard error, compared with
    Student's t distribution. The variance adds the variance of the paired bootstrap draws and the
    seed variances of the two cells; the degrees of freedom are Satterthwaite's (1946). Counting the
    draws beyond zero would not do: the smallest p-value from 2,000 draws is too large for Holm's
    correction over 300 pairs. With few units p is never below the smallest possible one of a paired
    sign test on as many units.

    Args:
        points: (n,) main metric.
        replicates: (n, draws) main metric in each bootstrap draw, the same draws for all cells.
        seeds: seed noise of the n cells; None: there is none.
        units: number of resampling units of the test split; None: many.
        outside: (n,) True for cells of submitted predictions; None: there are none. The other cells
            are compared as if these did not exist, so that submissions take no power from the
            comparisons of bench's own runs; a pair with such a cell is corrected over all pairs.
    """
    noise = SeedParts.of([], len(points)) if seeds is None else seeds
    every = _compared(points, replicates, noise, units)
    if outside is None or not outside.any() or outside.all():
        return every
    own, block = ~outside, np.ix_(~outside, ~outside)
    alone = _compared(points[own], replicates[own], noise.only(own), units)
    for whole, part in zip(vars(every).values(), vars(alone).values(), strict=True):
        whole[block] = part
    return every


def against_one(
    points: Floats,
    replicates: Floats,
    *,
    seeds: SeedParts | None = None,
    units: int | None = None,
    outside: Bools | None = None,
    least: Floats | None = None,
) -> Floats:
    """Return the (n,) p-values of n - 1 cells against the last, after Holm's correction over these
    n - 1 tests alone; 1 for the last itself. See `compare`, also for the arguments: cells that are
    not submitted are corrected among themselves. `least` has (n - 1,) p-values of another test that
    a cell must pass, too."""
    noise = SeedParts.of([], len(points)) if seeds is None else seeds
    difference = replicates - replicates[-1]
    known = np.isfinite(difference)
    count = known.sum(axis=1)
    middle = np.where(known, difference, 0).sum(axis=1) / np.maximum(count, 1)
    centred = np.where(known, difference - middle[:, None], 0)
    examples = (centred**2).sum(axis=1) / np.maximum(count - 1, 1)
    apart = np.where(count > 1, np.abs(points - points[-1]), 0)
    p = p_values(apart, spread(examples, noise.with_one(-1), units), units)[:-1]
    p = p if least is None else np.maximum(p, least)
    adjusted = holm_of(p)
    if outside is not None and outside[:-1].any():
        own = ~outside[:-1]
        adjusted[own] = holm_of(p[own])
    return np.append(adjusted, 1.0)


def _compared(
    points: Floats, replicates: Floats, seeds: SeedParts, units: int | None
) -> Comparison:
    known = replicates[:, np.isfinite(replicates).all(axis=0)]
    apart = np.abs(points[:, None] - points[None, :])
    found = spread(pair_variances(known), seeds.pairs(), units)
    if known.shape[1] < 2:  # no spread to compare a difference with
        apart = np.zeros_like(apart)
    p = p_values(apart, found, units)
    np.fill_diagonal(p, 1.0)
    return Comparison(p, holm(p), found.se, found.df)


def pair_variances(replicates: Floats) -> Floats:
    """Return the (n, n) variances of the paired differences of n cells, from (n, draws) finite
    values of each; 0 with fewer than two draws."""
    draws = replicates if replicates.shape[1] > 1 else np.zeros((len(replicates), 2))
    joint = np.atleast_2d(np.cov(draws))
    own = np.diag(joint)
    both = own[:, None] + own[None, :]
    apart = np.maximum(both - 2 * joint, 0)
    # Rounding errors leave a small variance in the difference of two equal cells.
    return np.asarray(np.where(apart < 1e-14 * (both + 1e-30), 0, apart))


def spread(examples: Floats, seeds: SeedParts, units: int | None) -> Spread:
    """Return the standard error of differences, with Satterthwaite's degrees of freedom (1946).

    Args:
        examples: variance of each difference from the choice of test examples.
        seeds: variance of each difference from seeds; of the same shape.
        units: number of resampling units of the test split; None: many.
    """
    whole = examples + seeds.variance
    freely = MANY if units is None else max(units - 1, 1)
    loose = examples**2 / freely + seeds.looseness
    df = np.where(loose > 0, whole**2 / np.where(loose > 0, loose, 1), freely)
    # A variance of zero is no sign of few degrees of freedom.
    return Spread(np.sqrt(whole), np.clip(np.where(whole > 0, df, freely), 1, freely))


def p_values(apart: Floats, found: Spread, units: int | None) -> Floats:
    """Return the two-sided p-values of differences, never below the smallest possible one of a
    paired sign test on as many units.

    Args:
        apart: the differences without their signs.
        found: their standard errors and degrees of freedom.
        units: number of resampling units of the test split; None: many.
    """
    from scipy.special import stdtr

    least = 0.0 if units is None else 2.0 ** (1 - units)
    return np.asarray(np.clip(2 * stdtr(found.df, -t_values(apart, found.se)), least, 1.0))


def t_values(apart: Floats, se: Floats) -> Floats:
    """Return differences in standard errors: infinite where a difference has none."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(apart == 0, 0.0, apart / se)


def holm(p: Floats) -> Floats:
    """Return the (n, n) p-values of all pairs after Holm's step-down correction (1979)."""
    at = np.triu_indices(len(p), k=1)
    adjusted = np.ones_like(p)
    adjusted[at] = holm_of(p[at])
    return np.minimum(adjusted, adjusted.T)


def holm_of(p: Floats) -> Floats:
    """Return the (m,) p-values of a family of tests after Holm's step-down correction (1979)."""
    order = np.argsort(p, kind="stable")
    factors = len(p) - np.arange(len(p))
    adjusted = np.empty_like(p)
    adjusted[order] = np.minimum(1.0, np.maximum.accumulate(p[order] * factors))
    return adjusted


def rank_ranges(
    points: Floats,
    holm_p: Floats,
    greater_is_better: bool,
    *,
    below_best: Bools | None = None,
    alpha: float = 0.05,
) -> Ranks:
    """Return the ranks of n cells, each with the range that the corrected tests allow.

    Args:
        points: (n,) main metric.
        holm_p: (n, n) corrected p-values of the pairs.
        greater_is_better: the direction of the metric.
        below_best: (n,) True for the cells that `bench.scoring.best` finds surely below the best;
            None: the pairs alone decide.
        alpha: the significance level.
    """
    values = points if greater_is_better else -points
    better = values[None, :] > values[:, None]
    sure = holm_p < alpha
    low = 1 + (better & sure).sum(axis=1)
    high = len(values) - (better.T & sure).sum(axis=1)
    if below_best is not None:
        low = np.where(below_best, np.maximum(low, 2), low)
    tied = low == 1
    if tied.sum() == 1:  # all others are below the best, so that this is it
        high[tied] = 1
    return Ranks(rank=1 + better.sum(axis=1), low=low, high=high, tied=tied)


POWER = 0.8
"""Power at which a difference counts as detectable."""


def detectable(found: Spread, tests: int = 1, *, alpha: float = 0.05) -> float:
    """Return the smallest difference that a two-sided test finds with a power of 80 %, where its
    p-value is corrected for the number of tests; the median over the differences with a standard
    error above zero.

    The statistic has a noncentral t distribution, since the standard error is an estimate, too: P(T
    > c) = Phi((d - c (1 - 1 / 4 df)) / sqrt(1 + c2 / 2 df)) nearly (Abramowitz & Stegun, 26.7.10).
    With many test examples and no seed noise that is 2.8 standard errors for one test, 4.0 for 28
    and 4.7 for 435.
    """
    from scipy.special import ndtri, stdtrit

    varying = found.se > 0
    if not varying.any():
        return 0.0
    se, df = found.se[varying], found.df[varying]
    critical = stdtrit(df, 1 - alpha / 2 / tests)
    errors = critical * (1 - 1 / (4 * df))
    errors += ndtri(POWER) * np.sqrt(1 + critical**2 / (2 * df))
    return float(np.median(errors * se))


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
        apart = replicates - others
    # Sorting puts NaN last, so that the finite differences come first in each row.
    ordered = np.sort(np.where(np.isfinite(apart), apart, np.nan), axis=1)
    last = np.isfinite(ordered).sum(axis=1)[:, None] - 1
    at = np.maximum(last, 0) * np.array([[0.025, 0.975]])
    below = np.floor(at).astype(np.intp)
    low = np.take_along_axis(ordered, below, axis=1)
    high = np.take_along_axis(ordered, np.minimum(below + 1, np.maximum(last, 0)), axis=1)
    return np.asarray(low + (high - low) * (at - below))

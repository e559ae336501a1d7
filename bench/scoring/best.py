"""Which cells may be the best of a task: Hsu's multiple comparisons with the best (MCB; Hsu,
Multiple Comparisons, 1996), from bootstrap draws and the noise of seeds."""

from collections.abc import Callable
from functools import partial

import numpy as np
from numpy.typing import NDArray

from bench.scoring.seed_noise import SeedParts
from bench.scoring.significance import Bools, Floats, pair_variances, spread, t_values

Counts = NDArray[np.intp]
ALPHA = 0.05
SEED = 20_010_601
TRIES = 3
"""How many cells, those furthest ahead, a cell is compared with by the second test."""
Chance = Callable[[int, int], float]
"""The two-sided p-value of two cells, given by their positions, by another test."""


def below_best(
    values: Floats,
    replicates: Floats,
    *,
    seeds: SeedParts | None = None,
    units: int | None = None,
    outside: Bools | None = None,
    chance: Chance | None = None,
) -> Bools:
    """Return (n,) True for the cells that are surely below the best.

    A cell is, where one of its n - 1 one-sided comparisons is significant at 5 %, corrected for
    their number as one family: the critical value is the 95 % quantile of the largest of the n - 1
    statistics in draws in which all cells are equal, so that correlated comparisons cost little.
    The best cell is thus called below the best in at most 5 % of tests.

    Args:
        values: (n,) main metric, its sign turned where smaller is better.
        replicates: (n, draws) `values` in each bootstrap draw, the same draws for all cells.
        seeds: seed noise of the n cells; None: there is none.
        units: number of resampling units of the test split; None: many.
        outside: (n,) True for cells of submitted predictions; the other cells are compared as if
            these did not exist, and with them in a family of all n - 1.
        chance: another test that a significant comparison must pass, too, at the same level; None:
            there is none.
    """
    noise = SeedParts.of([], len(values)) if seeds is None else seeds
    known = replicates[:, np.isfinite(replicates).all(axis=0)]
    if len(values) < 2 or known.shape[1] < 2:
        return np.zeros(len(values), bool)
    z, se = _statistics(values, known, noise, units)
    random = np.random.default_rng(SEED)
    own = random.standard_normal(known.shape) * np.sqrt(noise.variance)[:, None]
    draws = known - known.mean(axis=1, keepdims=True) + own
    every = np.ones(len(values), bool)
    sure = partial(_surely, z, se, draws, chance or _never)
    found = sure(every, every)
    if outside is not None and outside.any() and not outside.all():
        ours = sure(~outside, ~outside) | sure(every, outside)
        found = np.where(outside, found, ours)
    return found


def _statistics(
    values: Floats, draws: Floats, seeds: SeedParts, units: int | None
) -> tuple[Floats, Floats]:
    """Return (n, n) how far, in the quantiles of the normal distribution, the first cell is behind
    the second, and the standard errors."""
    from scipy.special import ndtri, stdtr

    found = spread(pair_variances(draws), seeds.pairs(), units)
    t = t_values(values[None, :] - values[:, None], found.se)
    # A p below the smallest one of a sign test is out of reach with few units.
    least = 0.0 if units is None else 2.0**-units
    return -ndtri(np.clip(stdtr(found.df, -t), least, 1)), found.se


def _never(first: int, second: int) -> float:
    """Return the p-value of a test that nothing fails."""
    return 0.0


def _surely(
    z: Floats, se: Floats, draws: Floats, chance: Chance, family: Bools, by: Bools
) -> Bools:
    """Return (n,) whether a cell of `by` is surely ahead, corrected over the cells of `family`."""
    from scipy.special import ndtri

    below = np.zeros(len(z), bool)
    for i in range(len(z)):
        others = family.copy()
        others[i] = False
        ahead = np.flatnonzero(by & others)
        ahead = ahead[np.argsort(-z[i, ahead], kind="stable")][:TRIES]
        # Bounds of the critical value spare most of the simulations.
        if not len(ahead) or z[i, ahead[0]] <= -ndtri(ALPHA):
            continue
        critical = -ndtri(ALPHA / others.sum())
        if not _passes(i, ahead, critical, z, chance):
            critical = min(critical, _critical(i, se, draws, others))
        below[i] = _passes(i, ahead, critical, z, chance)
    return below


def _passes(cell: int, ahead: Counts, critical: float, z: Floats, chance: Chance) -> bool:
    """Return whether one of the cells ahead is by more than the critical value, by both tests."""
    from scipy.special import ndtri

    for other in ahead[z[cell, ahead] > critical].tolist():
        if -ndtri(chance(cell, other) / 2) > critical:
            return True
    return False


def _critical(cell: int, se: Floats, draws: Floats, others: Bools) -> float:
    kept = others & (se[cell] > 0)
    if not kept.any():
        return 0.0
    behind = (draws[kept] - draws[cell]) / se[cell, kept, None]
    return float(np.quantile(behind.max(axis=0), 1 - ALPHA))

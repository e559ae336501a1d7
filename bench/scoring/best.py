"""Which cells may be the best of a task: Hsu's multiple comparisons with the best (MCB; Hsu,
Multiple Comparisons, 1996), from bootstrap draws and the noise of seeds."""

import numpy as np

from bench.scoring.seed_noise import SeedParts
from bench.scoring.significance import Bools, Floats, pair_variances, spread, t_values

ALPHA = 0.05
SEED = 20_010_601


def below_best(
    values: Floats,
    replicates: Floats,
    *,
    seeds: SeedParts | None = None,
    units: int | None = None,
    outside: Bools | None = None,
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
    found = _surely(z, se, draws, every, every)
    if outside is not None and outside.any() and not outside.all():
        ours = _surely(z, se, draws, ~outside, ~outside)
        ours |= _surely(z, se, draws, every, outside)
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


def _surely(z: Floats, se: Floats, draws: Floats, family: Bools, by: Bools) -> Bools:
    """Return (n,) whether a cell of `by` is surely ahead, corrected over the cells of `family`."""
    from scipy.special import ndtri

    below = np.zeros(len(z), bool)
    for i in range(len(z)):
        others = family.copy()
        others[i] = False
        ahead = by & others
        if not ahead.any():
            continue
        most = float(z[i, ahead].max())
        # Bounds of the critical value spare most of the simulations.
        if most <= -ndtri(ALPHA):
            continue
        below[i] = most > -ndtri(ALPHA / others.sum()) or most > _critical(i, se, draws, others)
    return below


def _critical(cell: int, se: Floats, draws: Floats, others: Bools) -> float:
    kept = others & (se[cell] > 0)
    if not kept.any():
        return 0.0
    behind = (draws[kept] - draws[cell]) / se[cell, kept, None]
    return float(np.quantile(behind.max(axis=0), 1 - ALPHA))

"""95 % intervals that hold two sources of noise: the choice of test examples, and seeds."""

import numpy as np

from bench.scoring.seed_noise import SeedParts
from bench.scoring.significance import Floats, spread

LEVEL = 0.975


def widened(
    bounds: Floats, points: Floats, examples: Floats, *, seeds: SeedParts, units: int | None
) -> Floats:
    """Widen 95 % intervals over test examples by the noise of seeds.

    Each side keeps its own length, so that an interval that is skewed stays so: its square is
    multiplied by that of t / z, and t squared times the seed variance is added. Without seed noise
    an interval stays as it is. For draws from a normal distribution the result is Student's
    interval, point ± t se, with the standard error and the degrees of freedom of the tests.

    Args:
        bounds: (..., 2) bounds from the draws over test examples.
        points: (...) the scores or differences.
        examples: (...) their variances over the draws.
        seeds: their seed noise.
        units: number of resampling units of the test split; None: many.
    """
    from scipy.special import ndtri, stdtrit

    noisy = (seeds.looseness > 0) | (seeds.variance > 0)
    if not noisy.any():
        return bounds
    t = stdtrit(spread(examples, seeds, units).df, LEVEL)
    sides = np.abs(bounds - points[..., None])
    ours, theirs = sides * (t / ndtri(LEVEL))[..., None], (t**2 * seeds.variance)[..., None]
    wide = points[..., None] + np.sqrt(ours**2 + theirs) * np.array([-1.0, 1.0])
    return np.asarray(np.where(noisy[..., None], wide, bounds))

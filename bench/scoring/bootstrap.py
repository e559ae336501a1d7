"""Bootstrap draws shared by all results on the same test examples, and 95 % intervals from them.

The weights are drawn with a seed derived from the test ids. Two results on the same examples thus
have the same draws, and a paired interval between them is a subtraction (Efron & Tibshirani, 1993).
"""

import hashlib
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

DRAWS = 2000
MAX_WEIGHTS = 64 * 1024 * 1024
"""Largest number of weights in memory (256 MiB). If there would be more, they are drawn in blocks
of a quarter of this, since two blocks and a metric's own tables exist at the same time."""
STRIPE = 100
"""Number of draws that are counted before they are transposed, to fit the processor's cache."""
SMALL = 200
"""Largest number of ungrouped examples for which a proportion gets Wilson's interval: the bootstrap
percentile interval is too short for few examples, and degenerate at 0 and 1."""


@dataclass(frozen=True)
class Interval:
    """A 95 % interval."""

    low: float
    high: float


def seed_of(ids: Sequence[str]) -> int:
    """Return the seed of the draws for a test split, derived from its sorted ids."""
    text = "\x1f".join(sorted(ids)).encode("utf-8", "surrogatepass")
    return int.from_bytes(hashlib.sha256(text).digest()[:8], "big")


def blocks(ids: Sequence[str], units: int) -> Iterator[NDArray[np.float32]]:
    """Yield blocks of (units, draws) weights, DRAWS draws in all: the number of times that each
    unit occurs in each draw.

    Args:
        ids: the test ids, which determine the seed.
        units: the number of resampling units; each draw has as many, with replacement.
    """
    seed = seed_of(ids)
    in_one_block = units * DRAWS <= MAX_WEIGHTS
    size = DRAWS if in_one_block else max(1, MAX_WEIGHTS // (4 * units))
    for start in range(0, DRAWS, size):
        count = min(size, DRAWS - start)
        yield (
            _block(seed, units, start, count) if size == DRAWS else _draw(seed, units, start, count)
        )


def _draw(seed: int, units: int, start: int, count: int) -> NDArray[np.float32]:
    weights = np.empty((units, count), np.float32)
    # Small integers are drawn and counted faster; the type depends on `units` alone.
    small = np.uint16 if units <= 2**16 else np.uint32
    for first in range(0, count, STRIPE):
        stripe = np.empty((min(STRIPE, count - first), units), np.float32)
        for row in range(len(stripe)):
            # One generator per draw, so that draws do not depend on the size of the blocks.
            random = np.random.Generator(np.random.SFC64([seed, start + first + row]))
            picks = random.integers(0, units, size=units, dtype=small)
            stripe[row] = np.bincount(picks, minlength=units)
        weights[:, first : first + len(stripe)] = stripe.T
    return weights


# A worker computes the cells of a task in succession, all with the same test examples.
_block = lru_cache(maxsize=1)(_draw)


def percentiles(replicates: NDArray[np.floating[Any]]) -> Interval:
    """Return the middle 95 % of the draws; draws that are not finite are left out."""
    known = replicates[np.isfinite(replicates)]
    if not len(known):
        return Interval(math.nan, math.nan)
    low, high = np.percentile(known, [2.5, 97.5])
    return Interval(float(low), float(high))


def wilson(share: float, rows: int) -> Interval:
    """Return Wilson's score interval (1927) for a proportion of independent examples."""
    from scipy.stats import binomtest

    bounds = binomtest(round(share * rows), rows).proportion_ci(method="wilson")
    return Interval(float(bounds.low), float(bounds.high))

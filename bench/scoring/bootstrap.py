"""Bootstrap draws shared by all results on the same test rows, and 95 % intervals from them.

The weights are drawn with a seed made from the test ids. Two results on the same rows therefore
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
"""Weights held at a time (256 MiB); more test rows are drawn in blocks of a quarter, since two
blocks and a metric's own tables live together."""
STRIPE = 100
"""Draws counted before they are turned into columns: what fits a processor's cache."""
_Z = 1.959963984540054
SMALL = 200
"""Up to so many ungrouped rows a share gets Wilson's interval: percentiles of few rows are too
short, and empty at 0 and 1."""


@dataclass(frozen=True)
class Interval:
    """A 95 % interval."""

    low: float
    high: float


def seed_of(ids: Sequence[str]) -> int:
    """The seed of the draws for a test split, from its sorted ids."""
    text = "\x1f".join(sorted(ids)).encode("utf-8", "surrogatepass")
    return int.from_bytes(hashlib.sha256(text).digest()[:8], "big")


def blocks(ids: Sequence[str], units: int) -> Iterator[NDArray[np.float32]]:
    """(units, draws) weights, DRAWS in all: how often each unit is in each draw.

    Args:
        ids: the test ids, which set the seed.
        units: resampling units; each draw takes as many, with replacement.
    """
    seed = seed_of(ids)
    whole = units * DRAWS <= MAX_WEIGHTS
    size = DRAWS if whole else max(1, MAX_WEIGHTS // (4 * units))
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
            # A generator a draw: the draws do not depend on the size of the blocks.
            random = np.random.Generator(np.random.SFC64([seed, start + first + row]))
            picks = random.integers(0, units, size=units, dtype=small)
            stripe[row] = np.bincount(picks, minlength=units)
        weights[:, first : first + len(stripe)] = stripe.T
    return weights


# Cells of one task follow one another in a worker, all on the same test rows.
_block = lru_cache(maxsize=1)(_draw)


def percentiles(replicates: NDArray[np.floating[Any]]) -> Interval:
    """The middle 95 % of the draws; draws without a value are left out."""
    known = replicates[np.isfinite(replicates)]
    if not len(known):
        return Interval(math.nan, math.nan)
    low, high = np.percentile(known, [2.5, 97.5])
    return Interval(float(low), float(high))


def wilson(share: float, rows: int) -> Interval:
    """Wilson's score interval (1927) for a share of independent rows."""
    centre = share + _Z**2 / (2 * rows)
    half = _Z * math.sqrt(share * (1 - share) / rows + _Z**2 / (4 * rows**2))
    whole = 1 + _Z**2 / rows
    # At 0 and 1 rounding could leave the share itself outside.
    return Interval(
        0.0 if share == 0 else (centre - half) / whole,
        1.0 if share == 1 else (centre + half) / whole,
    )

"""Batches of rows of like length, so that little is spent on padding."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

POOL = 64
"""Optimiser steps whose rows are sorted together: enough to find like lengths, few enough that a
row meets others in each epoch."""
JITTER = 0.05
"""Lengths are sorted with this much noise, or short texts would always share a step, and in many
tasks a label."""

Rows = NDArray[np.int64]
"""(n,) row numbers."""


def epoch_steps(lengths: Sequence[int], *, examples: int, seed: int, epoch: int) -> list[Rows]:
    """One epoch of optimiser steps: each row once, rows of like length together.

    Args:
        lengths: tokens of each row.
        examples: rows a step; the last may have fewer.
        seed: with `epoch`, decides the order.
        epoch: counted from 0.
    """
    draw = np.random.default_rng((seed, epoch))
    order = draw.permutation(len(lengths))
    noisy = np.asarray(lengths)[order] * draw.uniform(1 - JITTER, 1 + JITTER, len(order))
    steps: list[Rows] = []
    for start in range(0, len(order), POOL * examples):
        pool = slice(start, start + POOL * examples)
        sorted_pool = order[pool][np.argsort(noisy[pool], kind="stable")]
        steps += [sorted_pool[i : i + examples] for i in range(0, len(sorted_pool), examples)]
    return [steps[i] for i in draw.permutation(len(steps))]


def within(lengths: Sequence[int], rows: Sequence[int] | Rows, *, tokens: int) -> list[Rows]:
    """Rows cut into batches, longest first, each of at most `tokens` tokens once it is padded.

    A row longer than that is a batch of its own.

    Args:
        lengths: tokens of each row there is.
        rows: the numbers of the rows to cut.
        tokens: rows of a batch times its longest row, at most.
    """
    chosen = np.asarray(rows, np.int64)
    known = np.asarray(lengths, np.int64)[chosen]
    order = np.argsort(-known, kind="stable")
    batches, start = [], 0
    while start < len(order):
        fit = max(1, tokens // max(1, int(known[order[start]])))
        batches.append(chosen[order[start : start + fit]])
        start += fit
    return batches

"""Length-grouped optimiser steps and batches, which keep padding low."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

POOL = 64
"""Optimiser steps sorted by length together: enough of them to find similar lengths, few enough
that an example is grouped with different ones in each epoch."""
JITTER = 0.05
"""Relative noise on lengths when sorting; without it short texts would always share a step, and in
many tasks a label."""

Rows = NDArray[np.int64]
"""(n,) example indices."""


def epoch_steps(lengths: Sequence[int], *, examples: int, seed: int, epoch: int) -> list[Rows]:
    """Return the optimiser steps of one epoch: each example once, similar lengths together.

    Args:
        lengths: number of tokens of each example.
        examples: examples per step; one step may have fewer.
        seed: determines the order, together with `epoch`.
        epoch: index of the epoch, from 0.
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
    """Split sequences into batches, longest first, of at most `tokens` tokens including padding.

    A sequence longer than that becomes a batch of its own.

    Args:
        lengths: number of tokens of every sequence.
        rows: indices of the sequences to split.
        tokens: maximum of a batch's size times its longest sequence.
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

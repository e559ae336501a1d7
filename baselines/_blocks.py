"""Which blocks of an attention matrix hold anything, for a forest: what flex_attention skips by."""

from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from bench.baselines._forest import Numbers
from bench.baselines._sent import parted

SIZE = 128
"""Tokens of a block."""


def filling(tokens: int) -> int:
    """Tokens that are missing to whole blocks; of many tokens, to fewer different lengths."""
    step: int = SIZE * max(1, 2 ** (tokens // (16 * SIZE)).bit_length() // 2)
    return -tokens % step


def block_numbers(end: Numbers) -> NDArray[np.int32]:
    """For rows of blocks, then for columns, and in each for blocks that are full and for those that
    are not quite: how many there are, and which, those that count first; one behind the other.

    Args:
        end: (n,) where each token's subtree ends; n is a multiple of `SIZE`.
    """
    ends = end.reshape(-1, SIZE)
    count = len(ends)
    query, key = np.arange(count)[:, None], np.arange(count)[None]
    some = (key == query) | ((key < query) & (ends.max(axis=1)[None] > query * SIZE))
    full = (key < query) & (ends.min(axis=1)[None] >= (query + 1) * SIZE)
    found = [_listed(m) for m in (some & ~full, full, (some & ~full).T, full.T)]
    return np.concatenate([part for pair in found for part in pair]).astype(np.int32)


def _listed(matrix: NDArray[np.bool_]) -> tuple[NDArray[Any], NDArray[Any]]:
    return matrix.sum(axis=1), np.argsort(~matrix, axis=1, kind="stable").ravel()


def numbers_in(tokens: int) -> int:
    """How many `block_numbers` there are of so many tokens."""
    count = tokens // SIZE
    return 4 * (count + count**2)


def block_mask(numbers: torch.Tensor, end: torch.Tensor) -> Any:
    """The same for flex_attention; a token attends to `key <= query < end[key]`.

    Args:
        numbers: `block_numbers`, on the device.
        end: (n,) where each token's subtree ends.
    """
    from torch.nn.attention.flex_attention import BlockMask

    def allowed(batch: Any, head: Any, query: Any, key: Any) -> Any:
        return (key <= query) & (query < end[key])

    count = len(end) // SIZE
    several = iter(parted(numbers, [count, count**2] * 4))
    parts: list[Any] = []
    for counts, which in zip(several, several, strict=True):
        parts += [counts[None, None], which.view(1, 1, count, count)]
    known: Any = BlockMask
    return known((len(end), len(end)), *parts, BLOCK_SIZE=(SIZE, SIZE), mask_mod=allowed)

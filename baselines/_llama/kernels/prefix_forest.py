"""Prefix forest: token sequences in which shared prefixes are stored once.

A causal language model computes the same states for equal prefixes. So the tokens of many sequences
are laid out as prefix trees in depth-first order, and each token attends to its ancestors and
itself. In that order a subtree is a contiguous span, so one number per token, the end of its
subtree, defines the attention mask: `key <= query < end[key]`.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.int64]
Tokens = Sequence[int] | Numbers


@dataclass(frozen=True)
class Forest:
    """Sequences laid out as prefix trees, with n tokens in total.

    Args:
        ids: (n,) token ids in depth-first order.
        depth: (n,) position of each token in its sequences.
        end: (n,) end of each token's subtree, exclusive.
        places: for each sequence, the index in the forest of each of its tokens.
    """

    ids: Numbers
    depth: Numbers
    end: Numbers
    places: Sequence[Numbers]

    def padded_by(self, count: int) -> "Forest":
        """Return the forest with `count` padding tokens, each of which attends only to itself."""
        n = len(self.ids)
        ends = np.concatenate([self.end, np.arange(n, n + count) + 1])
        zeros = np.zeros(count, np.int64)
        ids, depth = (np.concatenate([values, zeros]) for values in (self.ids, self.depth))
        return Forest(ids, depth, ends, self.places)


def build_forest(sequences: Sequence[Tokens]) -> Forest:
    """Build the prefix forest of sequences; equal sequences share all their tokens.

    Args:
        sequences: at least one, each of at least one token.
    """
    arrays = [np.asarray(s, np.int64) for s in sequences]
    room = sum(map(len, arrays))
    ids, depth, end = (np.zeros(room, np.int64) for _ in range(3))
    places: list[Numbers] = [arrays[0]] * len(arrays)
    previous, path, n = arrays[0][:0], np.zeros(0, np.int64), 0
    for i in _sorted(arrays):
        row = arrays[i]
        shared = _shared(previous, row)
        end[path[shared:]] = n
        new = np.arange(n, n + len(row) - shared)
        ids[new], depth[new] = row[shared:], np.arange(shared, len(row))
        path, previous, n = np.concatenate([path[:shared], new]), row, n + len(new)
        places[i] = path
    end[path] = n
    return Forest(ids[:n], depth[:n], end[:n], places)


def cut(sequences: Sequence[Tokens], *, tokens: int) -> list[list[int]]:
    """Split sequences into batches whose prefix forests have at most `tokens` tokens.

    Sequences with shared prefixes stay together. A sequence longer than that becomes a batch of its
    own.

    Returns:
        Sequence indices of each batch.
    """
    arrays = [np.asarray(s, np.int64) for s in sequences]
    parts: list[list[int]] = []
    previous, size = np.zeros(0, np.int64), tokens
    for i in _sorted(arrays):
        row = arrays[i]
        new = len(row) - _shared(previous, row)
        if size + new > tokens:
            parts.append([])
            size, new = 0, len(row)
        parts[-1].append(i)
        previous, size = row, size + new
    return parts


def _sorted(arrays: Sequence[Numbers]) -> list[int]:
    """Return sequence indices in lexicographic order, in which equal prefixes are adjacent."""
    keys = [a.astype(">u4").tobytes() for a in arrays]
    return sorted(range(len(arrays)), key=keys.__getitem__)


def _shared(first: Numbers, second: Numbers) -> int:
    """Return the length of the common prefix of two sequences."""
    room = min(len(first), len(second))
    differ = first[:room] != second[:room]
    return int(differ.argmax()) if differ.any() else room

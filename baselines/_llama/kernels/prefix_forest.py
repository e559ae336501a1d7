"""Token sequences as a forest: what several of them begin with stands in it once.

A causal language model computes the same states for equal beginnings. So the tokens of many
sequences are laid out as trees in depth-first order, and each token attends to its ancestors and
itself. In that order a token's subtree is a stretch, so one number a token, the end of its subtree,
says who attends to whom: `key <= query < end[key]`.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.int64]
Tokens = Sequence[int] | Numbers


@dataclass(frozen=True)
class Forest:
    """Sequences laid out as trees, n tokens in all.

    Args:
        ids: (n,) token numbers in depth-first order.
        depth: (n,) each token's position in its sequences.
        end: (n,) where the token's subtree ends.
        places: for each sequence, where each of its tokens stands.
    """

    ids: Numbers
    depth: Numbers
    end: Numbers
    places: Sequence[Numbers]

    def filled(self, count: int) -> "Forest":
        """With so many tokens more, each of which sees itself alone."""
        n = len(self.ids)
        ends = np.concatenate([self.end, np.arange(n, n + count) + 1])
        zeros = np.zeros(count, np.int64)
        ids, depth = (np.concatenate([values, zeros]) for values in (self.ids, self.depth))
        return Forest(ids, depth, ends, self.places)


def grow(sequences: Sequence[Tokens]) -> Forest:
    """The forest of some sequences; equal ones share all their places.

    Args:
        sequences: at least one, each of at least one token.
    """
    arrays = [np.asarray(s, np.int64) for s in sequences]
    room = sum(map(len, arrays))
    ids, depth, end = (np.zeros(room, np.int64) for _ in range(3))
    places: list[Numbers] = [arrays[0]] * len(arrays)
    before, path, n = arrays[0][:0], np.zeros(0, np.int64), 0
    for i in _sorted(arrays):
        row = arrays[i]
        shared = _shared(before, row)
        end[path[shared:]] = n
        new = np.arange(n, n + len(row) - shared)
        ids[new], depth[new] = row[shared:], np.arange(shared, len(row))
        path, before, n = np.concatenate([path[:shared], new]), row, n + len(new)
        places[i] = path
    end[path] = n
    return Forest(ids[:n], depth[:n], end[:n], places)


def cut(sequences: Sequence[Tokens], *, tokens: int) -> list[list[int]]:
    """Sequence numbers, those with like beginnings together, in parts whose forests have at most
    `tokens` tokens; a sequence longer than that is a part of its own."""
    arrays = [np.asarray(s, np.int64) for s in sequences]
    parts: list[list[int]] = []
    before, size = np.zeros(0, np.int64), tokens
    for i in _sorted(arrays):
        row = arrays[i]
        new = len(row) - _shared(before, row)
        if size + new > tokens:
            parts.append([])
            size, new = 0, len(row)
        parts[-1].append(i)
        before, size = row, size + new
    return parts


def _sorted(arrays: Sequence[Numbers]) -> list[int]:
    """Their numbers in dictionary order, in which equal beginnings stand together."""
    keys = [a.astype(">u4").tobytes() for a in arrays]
    return sorted(range(len(arrays)), key=keys.__getitem__)


def _shared(one: Numbers, other: Numbers) -> int:
    """How many tokens two sequences begin with in common."""
    room = min(len(one), len(other))
    differ = one[:room] != other[:room]
    return int(differ.argmax()) if differ.any() else room

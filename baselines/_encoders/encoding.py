"""Texts as rows of token numbers, and rows as one padded batch."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import Any, NamedTuple, Protocol

import numpy as np
import torch
from numpy.typing import NDArray

from bench.task import Example, Input

Text = Input | Example
PIECES = 64
"""Rows that one text is cut into, at most, where its words are tagged; words beyond them are
taken to be outside of any span."""


@dataclass(frozen=True, slots=True)
class Row:
    """A text, or a piece of one where its words are tagged.

    Args:
        ids: token numbers, at least one.
        segments: 0 for the text's tokens, 1 for its pair's; as many as `ids`.
        owner: position of the text among those that were encoded together.
        words: position in `ids` of each tagged word; empty unless words are tagged.
        first: number of the piece's first word in its text.
        target: what is to be learnt; its form is the objective's.
    """

    ids: list[int]
    segments: list[int]
    owner: int
    words: list[int] = field(default_factory=list)
    first: int = 0
    target: Any = None


class Coder(Protocol):
    """Turns texts into rows."""

    padding: int
    """The token number that fills a batch up; it is never attended to."""
    max_length: int
    """Tokens of a row, at most; what reads the rows reaches no further."""

    def rows(self, texts: Sequence[Text], *, tagging: bool) -> list[Row]:
        """The rows of texts: one each, or with `tagging` as many as their words need."""


@dataclass(frozen=True)
class Batch:
    """Rows of one length.

    Args:
        ids: (rows, longest) token numbers.
        segments: (rows, longest), 0 or 1.
        lengths: (rows,) tokens of each row.
        words: positions of all tagged words, row after row, counted through the whole batch.
    """

    ids: torch.Tensor
    segments: torch.Tensor
    lengths: torch.Tensor
    words: torch.Tensor

    @property
    def places(self) -> torch.Tensor:
        """(longest,) positions in a row."""
        return torch.arange(self.ids.shape[1], device=self.ids.device)

    @property
    def mask(self) -> torch.Tensor:
        """(rows, longest), true where a token is."""
        return self.places < self.lengths[:, None]


class Numbers(NamedTuple):
    """A batch before it is sent anywhere; see `Batch`."""

    ids: NDArray[np.int64]
    segments: NDArray[np.int64]
    lengths: NDArray[np.int64]
    words: NDArray[np.int64]


def numbers(rows: Sequence[Row], *, padding: int, longest: int | None = None) -> Numbers:
    """Rows filled up to the longest of them, or to a length that holds it.

    Args:
        rows: at least one.
        padding: the token number to fill up with.
        longest: that length.
    """
    # In NumPy: a small torch tensor a row takes longer than a step of a small network.
    lengths = np.array([len(row.ids) for row in rows])
    mask = np.arange(longest or lengths.max()) < lengths[:, None]
    ids, segments = np.full(mask.shape, padding), np.zeros(mask.shape, np.int64)
    tokens = int(lengths.sum())
    ids[mask] = np.fromiter(chain.from_iterable(row.ids for row in rows), np.int64, tokens)
    pairs = chain.from_iterable(row.segments for row in rows)
    segments[mask] = np.fromiter(pairs, np.int64, tokens)
    words = [n * mask.shape[1] + place for n, row in enumerate(rows) for place in row.words]
    return Numbers(ids, segments, lengths, np.array(words, np.int64))


def padded(rows: Sequence[Row], *, padding: int, device: torch.device) -> Batch:
    """Rows filled up to the longest of them, as `numbers` has them, on a device."""
    there = (torch.from_numpy(values).to(device) for values in numbers(rows, padding=padding))
    return Batch(*there)


def head_and_tail(ids: list[int], room: int) -> list[int]:
    """At most `room` tokens: of a longer text its first quarter and its end, since what a text is
    about stands at both (Sun et al., CCL 2019, keep 128 and 382 of 510)."""
    if len(ids) <= room:
        return ids
    head = room // 4
    return ids[:head] + ids[len(ids) - (room - head) :]


def shares(text: int, pair: int, room: int) -> tuple[int, int]:
    """How many tokens of a text and of its pair are kept: half the room each, and what one of
    them leaves free goes to the other."""
    text_room = max(room - room // 2, room - pair)
    return min(text, text_room), min(pair, room - min(text, text_room))

"""Encoding of texts as token sequences, and of sequences as padded batches."""

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
"""Maximum number of pieces of a text whose words are tagged; words beyond them get the tag
"outside"."""


@dataclass(frozen=True, slots=True)
class Row:
    """An encoded text, or a piece of one if words are tagged.

    Args:
        ids: token ids, at least one.
        segments: token type ids, as many as `ids`: 0 for the text, 1 for the second of a pair.
        owner: index of the text among those encoded together.
        words: position in `ids` of each tagged word; empty unless words are tagged.
        first: index of the piece's first word in its text.
        target: training target, in the form that the objective uses.
    """

    ids: list[int]
    segments: list[int]
    owner: int
    words: list[int] = field(default_factory=list)
    first: int = 0
    target: Any = None


class Coder(Protocol):
    """Encodes texts as token sequences."""

    padding: int
    """Padding token id; padding is masked from attention."""
    max_length: int
    """Maximum number of tokens of a sequence, which the network must be able to process."""

    def rows(self, texts: Sequence[Text], *, tagging: bool) -> list[Row]:
        """Encode texts: one sequence each, or with `tagging` as many pieces as the words need."""


@dataclass(frozen=True)
class Batch:
    """Sequences padded to one length.

    Args:
        ids: (sequences, longest) token ids.
        segments: (sequences, longest) token type ids, 0 or 1.
        lengths: (sequences,) number of tokens without padding.
        words: (tagged words,) indices into the flattened batch, sequence by sequence.
    """

    ids: torch.Tensor
    segments: torch.Tensor
    lengths: torch.Tensor
    words: torch.Tensor

    @property
    def places(self) -> torch.Tensor:
        """(longest,) positions in a sequence."""
        return torch.arange(self.ids.shape[1], device=self.ids.device)

    @property
    def mask(self) -> torch.Tensor:
        """(sequences, longest) attention mask, false for padding."""
        return self.places < self.lengths[:, None]


class Numbers(NamedTuple):
    """A batch in host memory; see `Batch`."""

    ids: NDArray[np.int64]
    segments: NDArray[np.int64]
    lengths: NDArray[np.int64]
    words: NDArray[np.int64]


def numbers(rows: Sequence[Row], *, padding: int, longest: int | None = None) -> Numbers:
    """Pad sequences to the longest of them, or to a given length.

    Args:
        rows: at least one sequence.
        padding: the padding token id.
        longest: the padded length, at least that of the longest sequence.
    """
    # In NumPy: one small torch tensor per sequence takes longer than a step of a small network.
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
    """Pad sequences to the longest of them, as `numbers` does, and copy them to a device."""
    tensors = (torch.from_numpy(values).to(device) for values in numbers(rows, padding=padding))
    return Batch(*tensors)


def head_and_tail(ids: list[int], room: int) -> list[int]:
    """Truncate a text to `room` tokens: a quarter from its beginning, the rest from its end.

    Both carry the main content (Sun et al., CCL 2019, keep the first 128 and last 382 of 510).
    """
    if len(ids) <= room:
        return ids
    head = room // 4
    return ids[:head] + ids[len(ids) - (room - head) :]


def shares(text: int, pair: int, room: int) -> tuple[int, int]:
    """Return the number of tokens to keep of each text of a pair.

    Each gets half the room, plus what the other leaves free.
    """
    text_room = max(room - room // 2, room - pair)
    return min(text, text_room), min(pair, room - min(text, text_room))

"""Word pairs of many texts as hashes, for many texts at a time: NumPy does what a loop over words
would take ten times as long for."""

import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

_BLOCK = 20_000
"""Number of texts that are cut into words at a time."""
_LONGEST = 64
"""Longest word pair in bytes that is hashed along with the others."""
_SPACE, _END = 32, 10

Hashes = NDArray[np.uint32]
Places = NDArray[np.int64]


def _crc_table() -> Hashes:
    """Return the table of CRC-32, of which each byte takes one entry."""
    table = np.arange(256, dtype=np.uint32)
    for _ in range(8):
        table = np.where(table & 1, (table >> 1) ^ np.uint32(0xEDB88320), table >> 1)
    return table


_TABLE = _crc_table()


@dataclass(frozen=True)
class Shingles:
    """The word pairs of texts.

    Args:
        hashes: the CRC-32 of each text's word pairs, sorted and without repeats, text after text.
        starts: the position at which each text begins in `hashes`, and the end of the last one.
    """

    hashes: Hashes
    starts: Places

    @property
    def sizes(self) -> Places:
        """The number of word pairs of each text."""
        return np.diff(self.starts)

    def of(self, texts: Places) -> tuple[Hashes, Places]:
        """Return the hashes of some texts, one text after another, and the position of its text
        among those asked for beside each hash."""
        sizes = self.sizes[texts]
        owner = np.repeat(np.arange(len(texts)), sizes)
        first = np.cumsum(sizes) - sizes
        inside = np.arange(len(owner)) - first[owner]
        return self.hashes[self.starts[texts][owner] + inside], owner


def shingles(forms: Sequence[bytes]) -> Shingles:
    """Return the word pairs of texts.

    Args:
        forms: each text's words, in UTF-8, with a space between two words.
    """
    hashes, sizes = [np.empty(0, np.uint32)], [np.empty(0, np.int64)]
    for found, size in map(_of_block, _blocks(forms)):
        hashes.append(found)
        sizes.append(size)
    starts = np.concatenate([[0], np.cumsum(np.concatenate(sizes))]).astype(np.int64)
    return Shingles(np.concatenate(hashes), starts)


def _blocks(forms: Sequence[bytes]) -> Iterator[Sequence[bytes]]:
    for start in range(0, len(forms), _BLOCK):
        yield forms[start : start + _BLOCK]


def _of_block(forms: Sequence[bytes]) -> tuple[Hashes, Places]:
    """Return the sorted hashes of each text's word pairs, and their number a text."""
    raw = b"\n".join(forms)
    letters = np.frombuffer(b"\n" + raw + b"\n", np.uint8)
    inside = (letters != _SPACE) & (letters != _END)
    edges = np.diff(inside.astype(np.int8))
    begins, ends = np.flatnonzero(edges == 1), np.flatnonzero(edges == -1)
    text = np.cumsum(letters == _END)[begins] - 1
    paired = np.flatnonzero(text[1:] == text[:-1])
    hashes = _crc(raw, begins[paired], ends[paired + 1])
    keys = (text[paired].astype(np.uint64) << np.uint64(32)) | hashes
    keys.sort()
    keys = keys[np.append(True, keys[1:] != keys[:-1])[: len(keys)]]
    owners = (keys >> np.uint64(32)).astype(np.int64)
    return keys.astype(np.uint32), np.bincount(owners, minlength=len(forms)).astype(np.int64)


def _crc(raw: bytes, begins: Places, ends: Places) -> Hashes:
    """Return the CRC-32 of parts of some bytes."""
    lengths = ends - begins
    order = np.argsort(-lengths, kind="stable")
    sorted_lengths = -lengths[order]
    letters = np.frombuffer(raw, np.uint8)
    found = np.full(len(order), 0xFFFFFFFF, np.uint32)
    at = begins[order]
    for place in range(min(_LONGEST, int(lengths.max(initial=0)))):
        # Those that are longer than `place` stand before the others.
        count = int(np.searchsorted(sorted_lengths, -place, side="left"))
        byte = letters[at[:count] + place]
        found[:count] = _TABLE[(found[:count] ^ byte) & 0xFF] ^ (found[:count] >> np.uint32(8))
    hashes = np.empty_like(found)
    hashes[order] = ~found
    for long in np.flatnonzero(lengths > _LONGEST).tolist():
        hashes[long] = zlib.crc32(raw[begins[long] : ends[long]])
    return hashes

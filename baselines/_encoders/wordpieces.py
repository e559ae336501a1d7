"""A pretrained tokenizer as a coder: its own special tokens around texts cut to fit."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from bench.baselines._encoders.encoding import PIECES, Row, Text, head_and_tail, shares
from bench.baselines._shared.bio_tags import tokens
from bench.errors import UserError

CHUNK = 512
"""Texts that are tokenised at once: a text's encoding is many times its size."""


@dataclass(frozen=True)
class _Frame:
    """What a tokenizer puts around a text, and between it and its pair.

    Args:
        parts: token numbers before, between and behind.
        segments: the segment of each of them.
        inner: the segment of the text's tokens, and of the pair's.
    """

    parts: tuple[list[int], ...]
    segments: tuple[list[int], ...]
    inner: tuple[int, ...]

    def put(self, *texts: list[int]) -> tuple[list[int], list[int]]:
        """(ids, segments) of token numbers inside the frame."""
        ids, segments = list(self.parts[0]), list(self.segments[0])
        for n, text in enumerate(texts):
            ids += text + self.parts[n + 1]
            segments += [self.inner[n]] * len(text) + self.segments[n + 1]
        return ids, segments

    @property
    def size(self) -> int:
        return sum(map(len, self.parts))


class Wordpieces:
    """A coder over the tokenizer of a pretrained model.

    Args:
        tokenizer: of transformers, backed by the tokenizers library.
        max_length: tokens of a row, special ones included.

    Raises:
        UserError: the tokenizer is of another kind, or has no padding token.
    """

    def __init__(self, tokenizer: Any, *, max_length: int) -> None:
        backend = getattr(tokenizer, "backend_tokenizer", None)
        if backend is None or tokenizer.pad_token_id is None:
            raise UserError(
                "the model's tokenizer has no tokenizer.json or no padding token; choose another"
            )
        self.backend, self.padding = backend, int(tokenizer.pad_token_id)
        # The file may ask for both, at lengths of its own.
        backend.no_truncation()
        backend.no_padding()
        self.alone, self.paired = _frame(backend, 1), _frame(backend, 2)
        self.unknown = tokenizer.unk_token_id or self.padding
        self.max_length = max_length

    def rows(self, texts: Sequence[Text], *, tagging: bool) -> list[Row]:
        """See `Coder.rows`."""
        found: list[Row] = []
        for start in range(0, len(texts), CHUNK):
            chunk = texts[start : start + CHUNK]
            encoded = self._encode([text.text for text in chunk])
            pairs = self._encode([text.pair or "" for text in chunk])
            for owner, text in enumerate(chunk):
                pair = None if text.pair is None else pairs[owner].ids
                if tagging:
                    found += self._pieces(start + owner, text, encoded[owner], pair)
                else:
                    found.append(self._row(start + owner, encoded[owner].ids, pair))
        return found

    def _encode(self, texts: Sequence[str]) -> list[Any]:
        # A half surrogate is no character to the tokenizer.
        clean = [text.encode("utf-8", "replace").decode() for text in texts]
        return list(self.backend.encode_batch(clean, add_special_tokens=False))

    def _row(self, owner: int, ids: list[int], pair: list[int] | None) -> Row:
        if pair is None:
            room = self.max_length - self.alone.size
            return Row(*self.alone.put(head_and_tail(ids, room)), owner)
        room, pair_room = shares(len(ids), len(pair), self.max_length - self.paired.size)
        return Row(
            *self.paired.put(head_and_tail(ids, room), head_and_tail(pair, pair_room)), owner
        )

    def _pieces(self, owner: int, text: Text, encoding: Any, pair: list[int] | None) -> list[Row]:
        """The text in pieces that end between words; its pair, where it has one, behind each."""
        frame = self.alone if pair is None else self.paired
        behind = [] if pair is None else [pair[: self.max_length // 4]]
        room = self.max_length - frame.size - sum(map(len, behind))
        bounds = _bounds(tokens(text.text), encoding.offsets)
        found = []
        for first, last in islice(_cuts(bounds, room), PIECES):
            start, stop = bounds[first], min(bounds[last], bounds[first] + room)
            part = encoding.ids[start:stop] or [self.unknown]
            before = len(frame.parts[0])
            places = [before + min(bounds[w] - start, len(part) - 1) for w in range(first, last)]
            found.append(Row(*frame.put(part, *behind), owner, places, first))
        return found


def _frame(backend: Any, count: int) -> _Frame:
    """Seen on one letter, or two: the template itself is not readable from outside."""
    whole = backend.encode(*"ab"[:count], add_special_tokens=True)
    parts: list[list[int]] = [[] for _ in range(count + 1)]
    segments: list[list[int]] = [[] for _ in range(count + 1)]
    inner = [0] * count
    seen = 0
    for token, segment, text in zip(whole.ids, whole.type_ids, whole.sequence_ids, strict=True):
        if text is None:
            parts[seen].append(token)
            segments[seen].append(segment)
        else:
            inner[text], seen = segment, text + 1
    return _Frame(tuple(parts), tuple(segments), tuple(inner))


def _bounds(words: Sequence[tuple[int, int]], offsets: Sequence[tuple[int, int]]) -> list[int]:
    """The number of the token where each word begins, and the number of tokens. A word that the
    tokenizer drops begins where the next one does."""
    found, token = [], 0
    for start, _ in words:
        while token < len(offsets) and offsets[token][1] <= start:
            token += 1
        found.append(token)
    return [*found, len(offsets)]


def _cuts(bounds: Sequence[int], room: int) -> Iterator[tuple[int, int]]:
    """First and last word (not included) of pieces of at most `room` tokens, of a word at least."""
    first, count = 0, len(bounds) - 1
    while first < count:
        last = first + 1
        while last < count and bounds[last + 1] - bounds[first] <= room:
            last += 1
        yield first, last
        first = last

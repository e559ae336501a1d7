"""Encoding by a pretrained tokenizer: its special tokens around texts truncated to fit."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from bench.baselines._encoders.encoding import PIECES, Row, Text, head_and_tail, shares
from bench.baselines._shared.bio_tags import tokens
from bench.errors import UserError

CHUNK = 512
"""Texts tokenised at once: the tokenizer's encoding of a text is many times its size."""


@dataclass(frozen=True)
class _Frame:
    """Special tokens that a tokenizer puts around a text, and between the texts of a pair.

    Args:
        parts: special token ids before, between and after the texts.
        segments: token type ids of these tokens.
        inner: token type id of the tokens of each text.
    """

    parts: tuple[list[int], ...]
    segments: tuple[list[int], ...]
    inner: tuple[int, ...]

    def put(self, *texts: list[int]) -> tuple[list[int], list[int]]:
        """Return (ids, segments) of texts, given as token ids, with the special tokens."""
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
        tokenizer: a transformers tokenizer, backed by the tokenizers library.
        max_length: maximum number of tokens of a sequence, including special tokens.

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
        # The tokenizer's file may enable both, with its own lengths.
        backend.no_truncation()
        backend.no_padding()
        self.alone, self.paired = _frame(backend, 1), _frame(backend, 2)
        self.unknown = tokenizer.unk_token_id or self.padding
        self.max_length = max_length

    def rows(self, texts: Sequence[Text], *, tagging: bool) -> list[Row]:
        """Encode texts; see `Coder.rows`."""
        rows: list[Row] = []
        for start in range(0, len(texts), CHUNK):
            chunk = texts[start : start + CHUNK]
            encoded = self._encode([text.text for text in chunk])
            pairs = self._encode([text.pair or "" for text in chunk])
            for owner, text in enumerate(chunk):
                pair = None if text.pair is None else pairs[owner].ids
                if tagging:
                    rows += self._pieces(start + owner, text, encoded[owner], pair)
                else:
                    rows.append(self._row(start + owner, encoded[owner].ids, pair))
        return rows

    def _encode(self, texts: Sequence[str]) -> list[Any]:
        # The tokenizer rejects lone surrogates.
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
        """Split a text into pieces that end at word boundaries.

        The second text of a pair is appended to each piece.
        """
        frame = self.alone if pair is None else self.paired
        appended = [] if pair is None else [pair[: self.max_length // 4]]
        room = self.max_length - frame.size - sum(map(len, appended))
        bounds = _bounds(tokens(text.text), encoding.offsets)
        pieces = []
        for first, last in islice(_cuts(bounds, room), PIECES):
            start, stop = bounds[first], min(bounds[last], bounds[first] + room)
            part = encoding.ids[start:stop] or [self.unknown]
            prefix = len(frame.parts[0])
            places = [prefix + min(bounds[w] - start, len(part) - 1) for w in range(first, last)]
            pieces.append(Row(*frame.put(part, *appended), owner, places, first))
        return pieces


def _frame(backend: Any, count: int) -> _Frame:
    """Derive the special tokens from the encoding of one or two letters.

    The tokenizers library does not expose the template itself.
    """
    encoding = backend.encode(*"ab"[:count], add_special_tokens=True)
    parts: list[list[int]] = [[] for _ in range(count + 1)]
    segments: list[list[int]] = [[] for _ in range(count + 1)]
    inner = [0] * count
    seen = 0
    for token, segment, text in zip(
        encoding.ids, encoding.type_ids, encoding.sequence_ids, strict=True
    ):
        if text is None:
            parts[seen].append(token)
            segments[seen].append(segment)
        else:
            inner[text], seen = segment, text + 1
    return _Frame(tuple(parts), tuple(segments), tuple(inner))


def _bounds(words: Sequence[tuple[int, int]], offsets: Sequence[tuple[int, int]]) -> list[int]:
    """Return the index of each word's first token, and at the end the number of tokens.

    A word that the tokenizer drops gets the index of the next word's first token.
    """
    bounds, token = [], 0
    for start, _ in words:
        while token < len(offsets) and offsets[token][1] <= start:
            token += 1
        bounds.append(token)
    return [*bounds, len(offsets)]


def _cuts(bounds: Sequence[int], room: int) -> Iterator[tuple[int, int]]:
    """Yield first and last word (exclusive) of pieces of at most `room` tokens, at least a word."""
    first, count = 0, len(bounds) - 1
    while first < count:
        last = first + 1
        while last < count and bounds[last + 1] - bounds[first] <= room:
            last += 1
        yield first, last
        first = last

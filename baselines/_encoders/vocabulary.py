"""Word vocabulary built from the training texts, with an unknown word for all others."""

from collections import Counter
from collections.abc import Iterable, Sequence
from unicodedata import normalize

import torch

from bench.baselines._encoders.encoding import PIECES, Row, Text, head_and_tail, shares
from bench.baselines._shared.bio_tags import tokens

PADDING, UNKNOWN, SEPARATOR = 0, 1, 2
SPECIAL = 3
"""Number of special ids, before those of words."""
FORGET = 0.25
"""Word dropout: in training a word is replaced by the unknown word with probability FORGET /
(FORGET + count), so that the unknown word is trained (Kiperwasser & Goldberg, TACL 2016)."""


class Vocabulary:
    """A coder whose tokens are lower-cased words and single punctuation marks.

    Args:
        texts: training texts, which define the vocabulary.
        size: maximum number of words, the most frequent ones.
        max_length: maximum number of tokens of a text.
    """

    padding = PADDING

    def __init__(self, texts: Iterable[Text], *, size: int, max_length: int) -> None:
        counts: Counter[str] = Counter()
        for row in texts:
            counts.update(_words(row.text))
            counts.update(_words(row.pair or ""))
        # Ties in alphabetical order: the order of the texts must not matter.
        kept = sorted(counts, key=lambda word: (-counts[word], word))[:size]
        self.number = {word: n for n, word in enumerate(kept, start=SPECIAL)}
        shares_unknown = [FORGET / (FORGET + counts[word]) for word in kept]
        self.forget = torch.tensor([0.0] * SPECIAL + shares_unknown)
        self.max_length = max_length

    def __len__(self) -> int:
        return SPECIAL + len(self.number)

    def rows(self, texts: Sequence[Text], *, tagging: bool) -> list[Row]:
        """Encode texts; see `Coder.rows`."""
        if tagging:
            return [row for owner, text in enumerate(texts) for row in self._pieces(owner, text)]
        return [self._row(owner, text) for owner, text in enumerate(texts)]

    def _row(self, owner: int, text: Text) -> Row:
        ids = self._numbers(text.text)
        if text.pair is None:
            ids = head_and_tail(ids, self.max_length)
            return Row(ids or [UNKNOWN], [0] * max(1, len(ids)), owner)
        pair = self._numbers(text.pair)
        room, pair_room = shares(len(ids), len(pair), self.max_length - 1)
        ids, pair = head_and_tail(ids, room), head_and_tail(pair, pair_room)
        segments = [0] * (len(ids) + 1) + [1] * len(pair)
        return Row([*ids, SEPARATOR, *pair], segments, owner)

    def _pieces(self, owner: int, text: Text) -> list[Row]:
        """Split a text into pieces of at most `max_length` tokens.

        The second text of a pair is appended to each piece.
        """
        ids = self._numbers(text.text)
        pair = self._numbers(text.pair)[: self.max_length // 4] if text.pair else []
        appended = [SEPARATOR, *pair] if pair else []
        step = max(1, self.max_length - len(appended))
        pieces = []
        for first in range(0, min(len(ids), PIECES * step), step):
            part = ids[first : first + step]
            segments = [0] * len(part) + [1] * len(appended)
            pieces.append(Row([*part, *appended], segments, owner, list(range(len(part))), first))
        return pieces

    def _numbers(self, text: str) -> list[int]:
        return [self.number.get(word, UNKNOWN) for word in _words(text)]

    @property
    def size_bytes(self) -> int:
        """Size of the vocabulary in UTF-8, in bytes."""
        return sum(len(word.encode("utf-8", "surrogatepass")) for word in self.number)


def _words(text: str) -> list[str]:
    return [normalize("NFC", text[start:end].lower()) for start, end in tokens(text)]

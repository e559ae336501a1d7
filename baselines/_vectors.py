"""Counted words as a sparse matrix, kept for the next run on the same texts in this process."""

import hashlib
import time
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from scipy import sparse
from sklearn.feature_extraction.text import CountVectorizer, TfidfVectorizer

KEPT = 2


@dataclass(frozen=True)
class Vectors:
    """A fitted vectoriser and the matrix of the texts that it was fitted to.

    Args:
        matrix: (texts, words).
        vectoriser: None where no text holds a word.
        seconds: how long the fit took.
        shared_seconds: the same where an earlier run did it, else 0.
    """

    matrix: Any
    vectoriser: Any
    seconds: float
    shared_seconds: float = 0.0

    @property
    def width(self) -> int:
        """The number of words."""
        return int(self.matrix.shape[1])

    @property
    def vocabulary_bytes(self) -> int:
        """Size of the words in UTF-8."""
        words = self.vectoriser.vocabulary_ if self.vectoriser is not None else ()
        return sum(len(word.encode("utf-8", "surrogatepass")) for word in words)

    def transform(self, texts: Sequence[str]) -> Any:
        """The (texts, words) matrix of new texts."""
        if self.vectoriser is None:
            return sparse.csr_matrix((len(texts), 0))
        return self.vectoriser.transform(texts)


_cache: "OrderedDict[bytes, Vectors]" = OrderedDict()


def shared_vectors(texts: Sequence[str], *, kind: str, ngrams: int) -> Vectors:
    """The vectors of these texts, from an earlier run of this process where there was one.

    Args:
        texts: what to learn the words from.
        kind: `count`, `binary` or `tfidf`.
        ngrams: longest run of words counted as one feature.
    """
    key = _key(texts, f"{kind} {ngrams}")
    if key in _cache:
        _cache.move_to_end(key)
        return replace(_cache[key], shared_seconds=_cache[key].seconds)
    clock = time.perf_counter()
    family = TfidfVectorizer if kind == "tfidf" else CountVectorizer
    vectoriser = family(binary=kind == "binary", ngram_range=(1, ngrams))
    try:
        matrix = vectoriser.fit_transform(texts)
    except ValueError as error:
        if "vocabulary" not in str(error):
            raise
        vectoriser, matrix = None, sparse.csr_matrix((len(texts), 0))
    _cache[key] = Vectors(matrix, vectoriser, time.perf_counter() - clock)
    while len(_cache) > KEPT:
        _cache.popitem(last=False)
    return _cache[key]


def _key(texts: Sequence[str], words: str) -> bytes:
    digest = hashlib.blake2b(words.encode(), digest_size=16)
    for text in texts:
        digest.update(text.encode("utf-8", "surrogatepass") + b"\x1f")
    return digest.digest()

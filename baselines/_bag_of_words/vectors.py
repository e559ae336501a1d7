"""Word counts as sparse matrices, cached for later runs on the same texts in this process."""

import time
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import sparse
from sklearn.feature_extraction.text import CountVectorizer, TfidfTransformer

from bench.run_context import spare
from bench.texts.scripts import words

KEPT, MOST_KEPT, MOST_BYTES = 4, 24, 512 << 20
"""Matrices in the cache: the newest four, enough for the train and test texts of two tasks; and up
to twenty-four, enough for their five calibration fits, too, as long as all take at most 512 MB."""
Key = tuple[object, ...]
"""Cache key: the texts themselves and how they were processed. A dictionary compares keys for
equality, so a hash collision cannot mix up two corpora, and Python hashes each string only once."""


@dataclass(frozen=True)
class _Counts:
    """A (texts, words) count matrix, and the fitted vectoriser that made it.

    `seconds` is the time it took; `shared_seconds` is the same if an earlier run computed it,
    else 0.
    """

    matrix: Any
    vectoriser: Any
    key: Key
    seconds: float
    shared_seconds: float = 0.0


_cache: "OrderedDict[Key, _Counts]" = OrderedDict()
spare(_cache)


class Vectors:
    """Training texts as a feature matrix, and the fitted vectoriser for further texts.

    All kinds share the cached counts: presence and tf-idf are derived from them in milliseconds.

    Args:
        texts: training texts, which define the vocabulary.
        kind: `count`, `binary` or `tfidf`.
        ngrams: longest n-gram counted as a feature.
    """

    def __init__(self, texts: Sequence[str], *, kind: str, ngrams: int) -> None:
        self._counts = _kept((ngrams, *texts), lambda: _learn(texts, ngrams))
        self._weigh = _WEIGH[kind](self._counts.matrix) if self.width else _as_counted

    @property
    def matrix(self) -> Any:
        """The (texts, words) feature matrix of the training texts."""
        return self._weigh(self._counts.matrix)

    @property
    def shared_seconds(self) -> float:
        """Seconds that an earlier run spent on the counts reused here."""
        return self._counts.shared_seconds

    @property
    def width(self) -> int:
        """Vocabulary size; 0 if no text contains a word."""
        return int(self._counts.matrix.shape[1])

    @property
    def vocabulary_bytes(self) -> int:
        """Size of the vocabulary in UTF-8, in bytes."""
        words = self._counts.vectoriser.vocabulary_ if self.width else ()
        return sum(len(word.encode("utf-8", "surrogatepass")) for word in words)

    def transform(self, texts: Sequence[str]) -> "New":
        """Vectorise further texts; words outside the vocabulary are ignored."""
        if not self.width or not texts:
            return New(sparse.csr_matrix((len(texts), self.width)), 0.0)
        vectoriser = self._counts.vectoriser
        result = _kept(
            (self._counts.key, *texts), lambda: (vectoriser.transform(texts), vectoriser)
        )
        return New(self._weigh(result.matrix), result.shared_seconds)


@dataclass(frozen=True)
class New:
    """The (texts, words) matrix of new texts; `shared_seconds` as in `bench.baseline.FitInfo`."""

    matrix: Any
    shared_seconds: float


def presence(counts: Any) -> Any:
    """Return 1 for each count above 0, in the data type of the counts."""
    ones = np.ones_like(counts.data)
    return sparse.csr_matrix((ones, counts.indices, counts.indptr), shape=counts.shape)


def _as_counted(counts: Any) -> Any:
    return counts


def _weighing(fitted: TfidfTransformer) -> Callable[[Any], Any]:
    # On a copy made here, since scikit-learn's own copy sorts each row, and the order of a sum
    # shows in its last digit.
    return lambda counts: fitted.transform(counts.copy(), copy=False)


_WEIGH: dict[str, Callable[[Any], Callable[[Any], Any]]] = {
    "count": lambda learnt: _as_counted,
    "binary": lambda learnt: presence,
    "tfidf": lambda learnt: _weighing(TfidfTransformer().fit(learnt)),
}


def _learn(texts: Sequence[str], ngrams: int) -> tuple[Any, Any]:
    vectoriser = CountVectorizer(
        ngram_range=(1, ngrams), tokenizer=words, token_pattern=None, dtype=np.float64
    )
    # Checked first, because scikit-learn raises a bare ValueError for texts without any word.
    if not any(words(text.lower()) for text in texts):
        return sparse.csr_matrix((len(texts), 0)), None
    return vectoriser.fit_transform(texts), vectoriser


def _kept(key: Key, make: Callable[[], tuple[Any, Any]]) -> _Counts:
    if key not in _cache:
        clock = time.perf_counter()
        matrix, vectoriser = make()
        seconds = time.perf_counter() - clock
        _cache[key] = _Counts(matrix, vectoriser, key, seconds, shared_seconds=seconds)
        _drop_oldest()
        return _Counts(matrix, vectoriser, key, seconds)
    _cache.move_to_end(key)
    return _cache[key]


def _drop_oldest() -> None:
    while len(_cache) > KEPT and (len(_cache) > MOST_KEPT or _bytes() > MOST_BYTES):
        _cache.popitem(last=False)


def _bytes() -> int:
    matrices = (counts.matrix for counts in _cache.values())
    return sum(m.data.nbytes + m.indices.nbytes + m.indptr.nbytes for m in matrices)

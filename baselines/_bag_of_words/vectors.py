"""Counted words as a sparse matrix, kept for the next run on the same texts in this process."""

import time
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import sparse
from sklearn.feature_extraction.text import CountVectorizer, TfidfTransformer

KEPT = 4
"""Matrices kept: the train and test texts of two tasks."""
WORD = r"(?u)\w\w+"
"""scikit-learn's words. Its own pattern has `\\b` at both ends, which a greedy run of word
characters makes true by itself; asking costs a third of the time."""


Key = tuple[object, ...]
"""The texts themselves, and what was done with them: a dictionary compares them, so no two
collections of texts pass for one, and hashing is done once a text in its lifetime."""


@dataclass(frozen=True)
class _Counts:
    """A (texts, words) matrix of counts, and the fitted vectoriser that made it.

    `seconds` is how long that took, `shared_seconds` the same where an earlier run did it, else 0.
    """

    matrix: Any
    vectoriser: Any
    key: Key
    seconds: float
    shared_seconds: float = 0.0


_cache: "OrderedDict[Key, _Counts]" = OrderedDict()


class Vectors:
    """The vectorised texts that a model is fitted to, and the way to vectorise more.

    Counts are shared between all kinds: presence and tf-idf are made from them in milliseconds.

    Args:
        texts: what to learn the words from.
        kind: `count`, `binary` or `tfidf`.
        ngrams: longest run of words counted as one feature.
    """

    def __init__(self, texts: Sequence[str], *, kind: str, ngrams: int) -> None:
        self._counts = _kept((ngrams, *texts), lambda: _learn(texts, ngrams))
        self._weigh = _WEIGH[kind](self._counts.matrix) if self.width else _as_counted

    @property
    def matrix(self) -> Any:
        """The (texts, words) matrix of the texts learnt from."""
        return self._weigh(self._counts.matrix)

    @property
    def shared_seconds(self) -> float:
        """Time of an earlier run's work that was reused here."""
        return self._counts.shared_seconds

    @property
    def width(self) -> int:
        """The number of words; 0 where no text holds one."""
        return int(self._counts.matrix.shape[1])

    @property
    def vocabulary_bytes(self) -> int:
        """Size of the words in UTF-8."""
        words = self._counts.vectoriser.vocabulary_ if self.width else ()
        return sum(len(word.encode("utf-8", "surrogatepass")) for word in words)

    def transform(self, texts: Sequence[str]) -> "New":
        """More texts as a matrix; words not learnt are left out."""
        if not self.width or not texts:
            return New(sparse.csr_matrix((len(texts), self.width)), 0.0)
        vectoriser = self._counts.vectoriser
        found = _kept((self._counts.key, *texts), lambda: (vectoriser.transform(texts), vectoriser))
        return New(self._weigh(found.matrix), found.shared_seconds)


@dataclass(frozen=True)
class New:
    """A (texts, words) matrix; `shared_seconds` as in `bench.baseline.Fit`."""

    matrix: Any
    shared_seconds: float


def presence(counts: Any) -> Any:
    """1 where a count is above 0, in the counts' own number type."""
    ones = np.ones_like(counts.data)
    return sparse.csr_matrix((ones, counts.indices, counts.indptr), shape=counts.shape)


def _as_counted(counts: Any) -> Any:
    return counts


def _weighing(fitted: TfidfTransformer) -> Callable[[Any], Any]:
    # On a copy of ours, since scikit-learn's own copy sorts each row, and the order of a sum is
    # seen in its last digit.
    return lambda counts: fitted.transform(counts.copy(), copy=False)


_WEIGH: dict[str, Callable[[Any], Callable[[Any], Any]]] = {
    "count": lambda learnt: _as_counted,
    "binary": lambda learnt: presence,
    "tfidf": lambda learnt: _weighing(TfidfTransformer().fit(learnt)),
}


def _learn(texts: Sequence[str], ngrams: int) -> tuple[Any, Any]:
    vectoriser = CountVectorizer(ngram_range=(1, ngrams), token_pattern=WORD, dtype=np.float64)
    words = vectoriser.build_analyzer()
    # Asked first, because scikit-learn answers texts without a word with a bare ValueError.
    if not any(words(text) for text in texts):
        return sparse.csr_matrix((len(texts), 0)), None
    return vectoriser.fit_transform(texts), vectoriser


def _kept(key: Key, make: Callable[[], tuple[Any, Any]]) -> _Counts:
    if key not in _cache:
        clock = time.perf_counter()
        matrix, vectoriser = make()
        seconds = time.perf_counter() - clock
        _cache[key] = _Counts(matrix, vectoriser, key, seconds, shared_seconds=seconds)
        while len(_cache) > KEPT:
            _cache.popitem(last=False)
        return _Counts(matrix, vectoriser, key, seconds)
    _cache.move_to_end(key)
    return _cache[key]

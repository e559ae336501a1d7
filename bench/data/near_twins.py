"""Near twins: texts that differ in a few words, found in linear time by MinHash and banding.

Two texts are near twins if the Jaccard similarity of their sets of word pairs is at least .9
(Broder, 1997). Candidates share a band of their MinHash signatures (Leskovec, Rajaraman & Ullman,
2020, chapter 3), and are then compared in full.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from bench.example import Example
from bench.text import fingerprint, pieces

SIMILAR = 0.9
BANDS, WIDTH = 8, 8
"""Numbers of bands and of hash values in each: twins of similarity .9 share a band in 99 of 100
cases."""
CROWD = 20
"""Largest number of texts that are kept of a band's bucket: many texts of one form (receipts, log
lines) would else be compared in all pairs."""
SHORTEST = 9
"""Smallest number of word pairs; sets of fewer are equal or less similar than .9."""

Shingles = NDArray[np.uint32]


@dataclass(frozen=True)
class Sketches:
    """Sketches of some texts, by which near twins among them are found.

    Args:
        text: for each example the number of its text; equal texts (but for case, spaces and
            punctuation) have the same number, those without words -1.
        shingles: for each text the sorted hashes of its word pairs.
        bands: for each text its bands; none if it is too short to have a near twin.
    """

    text: tuple[int, ...]
    shingles: tuple[Shingles, ...]
    bands: tuple[tuple[bytes, ...], ...]

    def twins(self, examples: Sequence[int], pool: Iterable[int]) -> set[int]:
        """Return those of the examples that have a near, but not an equal, twin in the pool."""
        buckets = self._buckets(dict.fromkeys(self.text[i] for i in pool))
        has = {t: self._has_twin(t, buckets) for t in dict.fromkeys(self.text[i] for i in examples)}
        return {i for i in examples if has[self.text[i]]}

    def _buckets(self, texts: Iterable[int]) -> dict[tuple[int, bytes], list[int]]:
        buckets: dict[tuple[int, bytes], list[int]] = defaultdict(list)
        for text in texts:
            for band in enumerate(self.bands[text] if text >= 0 else ()):
                if len(buckets[band]) < CROWD:
                    buckets[band].append(text)
        return buckets

    def _has_twin(self, text: int, buckets: dict[tuple[int, bytes], list[int]]) -> bool:
        bands = enumerate(self.bands[text] if text >= 0 else ())
        near = dict.fromkeys(other for band in bands for other in buckets.get(band, ()))
        return any(other != text and self._similar(text, other) for other in near)

    def _similar(self, text: int, other: int) -> bool:
        a, b = self.shingles[text], self.shingles[other]
        shared = len(np.intersect1d(a, b, assume_unique=True))
        return bool(shared >= SIMILAR * (len(a) + len(b) - shared))


def sketches(rows: Sequence[Example]) -> Sketches:
    """Return the sketches of the examples' texts, second texts included."""
    number: dict[bytes, int] = {}
    texts, shingles = list[int](), list[Shingles]()
    for row in rows:
        mark = fingerprint(row.text) + (b"" if row.pair is None else fingerprint(row.pair))
        if mark and mark not in number:
            number[mark] = len(number)
            shingles.append(_shingles(row))
        texts.append(number[mark] if mark else -1)
    return Sketches(tuple(texts), tuple(shingles), tuple(_bands(shingles)))


def _shingles(row: Example) -> Shingles:
    words = [w.encode("utf-8", "surrogatepass") for w in pieces(f"{row.text} {row.pair or ''}")]
    hashes = {crc32(b" ".join(pair)) for pair in pairwise(words)}
    return np.array(sorted(hashes), np.uint32)


def _bands(shingles: Sequence[Shingles]) -> Iterable[tuple[bytes, ...]]:
    from datasketch import MinHash  # it imports SciPy

    long = (found.tolist() for found in shingles if len(found) >= SHORTEST)
    signatures = MinHash.generator(long, num_perm=BANDS * WIDTH, seed=1, hashfunc=int)
    for found in shingles:
        if len(found) < SHORTEST:
            yield ()
            continue
        values = next(signatures).hashvalues
        yield tuple(values[k : k + WIDTH].tobytes() for k in range(0, BANDS * WIDTH, WIDTH))


@dataclass(frozen=True)
class Twins:
    """The near twins of a test split.

    Args:
        leaked: ids of test examples with a near twin among the labelled ones, and no equal one.
        in_test: number of test examples with a near or equal twin in the test.
    """

    leaked: frozenset[str]
    in_test: int


@lru_cache(maxsize=2)
def twins_of(labelled: tuple[Example, ...], test: tuple[Example, ...]) -> Twins:
    """Return the near twins of a test split. Cached, since checks and scores both ask for it."""
    made, start = sketches([*labelled, *test]), len(labelled)
    tested = range(start, start + len(test))
    equal = {made.text[i] for i in range(start)}
    leaked = [i for i in made.twins(tested, range(start)) if made.text[i] not in equal]
    counts = Counter(made.text[i] for i in tested if made.text[i] >= 0)
    again = {i for i in tested if counts[made.text[i]] > 1} | made.twins(tested, tested)
    return Twins(frozenset(test[i - start].id for i in leaked), len(again))

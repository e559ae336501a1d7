"""Near twins: texts that differ in a few words, found in linear time by MinHash and banding.

Two texts are near twins if the Jaccard similarity of their sets of word pairs is at least .9
(Broder, 1997). Candidates share a band of their MinHash signatures (Leskovec, Rajaraman & Ullman,
2020, chapter 3), and are then compared in full.
"""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bench.data.shingles import Places, Shingles, shingles
from bench.example import Example
from bench.texts.normal_forms import normalise, pieces

SIMILAR = 0.9
BANDS, WIDTH = 8, 8
"""Numbers of bands and of hash values in each: twins of similarity .9 share a band in 99 of 100
cases."""
CROWD = 20
"""Largest number of texts that are kept of a band's bucket: many texts of one form (receipts, log
lines) would else be compared in all pairs."""
SHORTEST = 9
"""Smallest number of word pairs; sets of fewer are equal or less similar than .9."""
_BLOCK = 2**15
"""Number of word pairs that are hashed at a time: what fits into a processor's cache."""
_PAIRS = 2**14
"""Number of pairs of texts that are compared at a time."""

Bands = NDArray[np.uint64]


@dataclass(frozen=True, eq=False)
class Sketches:
    """Sketches of some texts, by which near twins among them are found.

    Args:
        text: for each example the number of its text; equal texts (but for case, spaces and
            punctuation) have the same number, those without words -1.
        shingles: the word pairs of each text.
        bands: for each text its `BANDS` bands, each a hash of its values; meaningless for texts too
            short to have a near twin.
    """

    text: Places
    shingles: Shingles
    bands: Bands

    def twins(self, examples: Sequence[int], pool: Iterable[int]) -> set[int]:
        """Return those of the examples that have a near, but not an equal, twin in the pool."""
        asked = np.fromiter(examples, np.int64)
        texts = self._long(asked)
        found = np.zeros(len(self.shingles.sizes) + 1, bool)
        for one, other in self.candidates(texts, self._long(np.fromiter(pool, np.int64))):
            found[one[self._similar(one, other)]] = True
        # Texts without words have the number -1, which is the last place.
        return set(asked[found[self.text[asked]]].tolist())

    def _long(self, examples: Places) -> Places:
        """Return the different texts of the examples that are long enough, in their order."""
        texts, first = np.unique(self.text[examples], return_index=True)
        texts = texts[np.argsort(first)]
        texts = texts[texts >= 0]
        return texts[self.shingles.sizes[texts] >= SHORTEST]

    def candidates(self, texts: Places, pool: Places) -> Iterator[tuple[Places, Places]]:
        """Yield pairs of a text and one of the pool that share a band, in two arrays; of a band's
        bucket the first `CROWD` of the pool are kept."""
        for band in range(BANDS):
            values = self.bands[pool, band]
            order = np.argsort(values, kind="stable")
            kept, members = values[order], pool[order]
            rank = np.arange(len(kept)) - np.searchsorted(kept, kept)
            kept, members = kept[rank < CROWD], members[rank < CROWD]
            low = np.searchsorted(kept, self.bands[texts, band], side="left")
            counts = np.searchsorted(kept, self.bands[texts, band], side="right") - low
            one = np.repeat(texts, counts)
            inside = np.arange(len(one)) - np.repeat(np.cumsum(counts) - counts, counts)
            other = members[np.repeat(low, counts) + inside]
            for start in range(0, len(one), _PAIRS):
                part = slice(start, start + _PAIRS)
                differ = one[part] != other[part]
                yield one[part][differ], other[part][differ]

    def _similar(self, one: Places, other: Places) -> NDArray[np.bool_]:
        """Return which pairs of texts are similar."""
        keys = []
        for texts in (one, other):
            hashes, owner = self.shingles.of(texts)
            keys.append((owner.astype(np.uint64) << np.uint64(32)) | hashes)
        both = np.sort(np.concatenate(keys))
        equal = both[1:][both[1:] == both[:-1]] >> np.uint64(32)
        shared = np.bincount(equal.astype(np.int64), minlength=len(one))
        sizes = self.shingles.sizes
        similar: NDArray[np.bool_] = shared >= SIMILAR * (sizes[one] + sizes[other] - shared)
        return similar


def sketches(rows: Iterable[Example]) -> Sketches:
    """Return the sketches of the examples' texts, second texts included."""
    number: dict[bytes, int] = {}
    texts, forms = list[int](), list[bytes]()
    for row in rows:
        form = normalise(row.text)
        mark = _digest(form) + (_digest(normalise(row.pair)) if row.pair else b"")
        if mark and mark not in number:
            number[mark] = len(number)
            forms.append(_words(row, form))
        texts.append(number[mark] if mark else -1)
    found = shingles(forms)
    return Sketches(np.array(texts, np.int64), found, _bands(found))


def _words(row: Example, form: str) -> bytes:
    """Return the words of an example's texts.

    Args:
        row: the example.
        form: the normal form of its text.
    """
    # Without a second text and without symbols, the normal form is the words.
    plain = not row.pair and form.isascii() and form.replace(" ", "").isalnum()
    words = form if plain else " ".join(pieces(f"{row.text} {row.pair or ''}"))
    return words.encode("utf-8", "surrogatepass")


def _digest(form: str) -> bytes:
    """Return a hash of a text in its normal form, as `fingerprint`, whose cache is too
    small for all texts of a large task; b"" for a text without words."""
    words = form.encode("utf-8", "surrogatepass")
    return hashlib.blake2b(words, digest_size=16).digest() if words else b""


def _bands(found: Shingles) -> Bands:
    """Return the bands of each text: a hash of `WIDTH` values of its MinHash signature each."""
    from datasketch import MinHash  # it imports SciPy

    factor, shift = MinHash(num_perm=BANDS * WIDTH, seed=1, scheme="affine32").permutations
    bands = np.zeros((len(found.sizes), BANDS), np.uint64)
    for first, last in _runs(found.starts):
        begin, end = found.starts[first], found.starts[last]
        filled = np.flatnonzero(found.sizes[first:last])
        if len(filled) == 0:
            continue
        hashes = _mixed(found.hashes[begin:end])
        starts = found.starts[first:last][filled] - begin
        for band in range(BANDS):
            part = slice(band * WIDTH, (band + 1) * WIDTH)
            values = hashes * factor[part, None] + shift[part, None]
            lowest = np.minimum.reduceat(values, starts, axis=1)
            bands[first + filled, band] = _joined(lowest)
    return bands


def _runs(starts: Places) -> Iterator[tuple[int, int]]:
    """Yield ranges of texts, each of about `_BLOCK` word pairs."""
    first, count = 0, len(starts) - 1
    while first < count:
        last = int(np.searchsorted(starts, starts[first] + _BLOCK, side="right")) - 1
        last = min(max(last, first + 1), count)
        yield first, last
        first = last


def _mixed(hashes: NDArray[np.uint32]) -> NDArray[np.uint32]:
    """Return MurmurHash3's finish of each hash, as datasketch mixes its values."""
    mixed: NDArray[np.uint32] = hashes ^ (hashes >> np.uint32(16))
    mixed = mixed * np.uint32(0x85EBCA6B)
    mixed = mixed ^ (mixed >> np.uint32(13))
    mixed = mixed * np.uint32(0xC2B2AE35)
    mixed ^= mixed >> np.uint32(16)
    return mixed


def _joined(values: NDArray[np.uint32]) -> NDArray[np.uint64]:
    """Return a hash of each column. Two that collide make a candidate, no twin."""
    joined = np.zeros(values.shape[1], np.uint64)
    for value in values:
        joined = (joined ^ value) * np.uint64(0x9E3779B97F4A7C15)
        joined ^= joined >> np.uint64(29)
    return joined


@dataclass(frozen=True)
class Twins:
    """The near twins of a test split.

    Args:
        leaked: ids of test examples with a near twin among the labelled ones, and no equal one.
        in_test: number of test examples with a near or equal twin in the test.
        equal: ids of test examples whose text is equal to a labelled one but for case, spaces and
            punctuation.
    """

    leaked: frozenset[str]
    in_test: int
    equal: frozenset[str] = frozenset()


def twins_of(labelled: Sequence[Sequence[Example]], test: Sequence[Example]) -> Twins:
    """Return the near twins of a test split.

    Args:
        labelled: the splits that are learnt from.
        test: the test split.
    """
    made = sketches(row for rows in (*labelled, test) for row in rows)
    start = sum(map(len, labelled))
    tested = range(start, start + len(test))
    own = made.text[start:]
    equal = np.isin(own, made.text[:start]) & (own >= 0)
    near = made.twins(tested, range(start)) - set((np.flatnonzero(equal) + start).tolist())
    _, place, counts = np.unique(own, return_inverse=True, return_counts=True)
    repeated = np.flatnonzero((counts[place] > 1) & (own >= 0)) + start
    again = set(repeated.tolist()) | made.twins(tested, tested)
    ids = [row.id for row in test]
    return Twins(
        frozenset(ids[i - start] for i in near),
        len(again),
        frozenset(ids[i] for i in np.flatnonzero(equal).tolist()),
    )

"""Word pairs hashed for many texts at a time: the values that a loop over words gives."""

from itertools import pairwise
from zlib import crc32

import pytest

from bench.data.shingles import shingles

TEXTS = ["one two one two three", "", "single", "perché no हिन्दी", f"{'x' * 80} y z", "a b a b a"]


@pytest.mark.parametrize("place", range(len(TEXTS)))
def test_the_hashes_are_the_crc_of_each_pair(place: int) -> None:
    found = shingles([text.encode() for text in TEXTS])
    own = found.hashes[found.starts[place] : found.starts[place + 1]].tolist()
    words = TEXTS[place].encode().split()
    assert own == sorted({crc32(b" ".join(pair)) for pair in pairwise(words)})

"""Normalisation and fingerprints of texts, for finding duplicates."""

import hashlib
import re
import unicodedata
from functools import lru_cache

_NO_WORD = re.compile(r"[\W_]+")


def normalise(text: str) -> str:
    """Return the text case-folded and without punctuation: equal for texts that differ only by
    case, spaces or punctuation.

    A text without any word character (an emoticon, say) only has its spaces collapsed.
    """
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text)
    return _NO_WORD.sub(" ", text.casefold()).strip() or " ".join(text.split())


@lru_cache(maxsize=400_000)
def fingerprint(text: str) -> bytes:
    """Return a hash of the normalised text; texts with equal fingerprints are near duplicates.
    Cached, since splits, leaks and duplicates are computed from the same texts."""
    words = normalise(text).encode("utf-8", "surrogatepass")
    return hashlib.blake2b(words, digest_size=16).digest() if words else b""

"""Normal forms of a text, by which copies are found."""

import hashlib
import re
import unicodedata
from functools import lru_cache

_NO_WORD = re.compile(r"[\W_]+")


def normalise(text: str) -> str:
    """The text's words in one case: equal for texts that differ by case, spaces or punctuation.

    A text without any word character (an emoticon, say) stays as it is, its spaces collapsed.
    """
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text)
    return _NO_WORD.sub(" ", text.casefold()).strip() or " ".join(text.split())


@lru_cache(maxsize=400_000)
def fingerprint(text: str) -> bytes:
    """A hash of the normalised text; texts of one fingerprint are near duplicates. Kept, since the
    same rows are asked about by splits, leaks and duplicates."""
    words = normalise(text).encode("utf-8", "surrogatepass")
    return hashlib.blake2b(words, digest_size=16).digest() if words else b""

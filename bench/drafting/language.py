"""The language that texts are likely written in."""

from collections.abc import Sequence

LOOKED_AT, OF_EACH = 400, 200
"""Number of texts looked at, and of characters of each."""

# fmt: off
KNOWN = frozenset([
    "ar", "bg", "bn", "ca", "cs", "da", "de", "el", "en", "es", "et", "fa", "fi", "fr", "gu", "he",
    "hi", "hr", "hu", "id", "it", "ja", "kn", "km", "ko", "lo", "lt", "lv", "ml", "mr", "my", "ne",
    "nl", "no", "pa", "pl", "pt", "ro", "ru", "si", "sk", "sl", "sr", "sv", "sw", "ta", "te", "th",
    "tr", "uk", "ur", "vi", "zh",
])
# fmt: on
"""Languages that are guessed; short texts are easily taken for rarer ones."""


def likely_language(texts: Sequence[str]) -> str:
    """Return the code of the likely language of the texts, as `hi`."""
    import py3langid  # half a second

    step = max(1, len(texts) // LOOKED_AT)
    ranked = py3langid.rank("\n".join(text[:OF_EACH] for text in texts[::step]))
    return next(str(code) for code, _ in ranked if code in KNOWN)

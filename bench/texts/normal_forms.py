"""Normal forms and fingerprints of texts, for finding duplicates and comparing answers."""

import hashlib
import re
import unicodedata
from functools import cache, lru_cache
from typing import Any

from bench.texts.scripts import MARK, UNSPACED, apart

_NO_WORD = re.compile(r"[\W_]+")
_STOPS = {code: " " for code in range(128) if not chr(code).isalnum()}
_TOKENS = (
    r"{word}"
    r"|(?<!{letter})-(?=[$€£¥.]?\d)"  # a minus sign, not a hyphen
    r"|(?<={letter})#(?!{letter})"  # C#
    r"|(?:(?<=\d)|(?<=\d\s))%"
    r"|{symbol}"
)
_ASCII = re.compile(_TOKENS.format(word=r"[^\W_]+", letter=r"[^\W_]", symbol="[$+<=>]"))
_SIGNS = re.compile(
    r"[$+<=>#%]|-[$.]?\d"
    "|[^\0-\x7f\xa0\xa1\xab\xb7\xbb\xbf-\xd6\xd8-\xf6\xf8-\u012f\u0131-\u017f\u0386-\u038f\u0391-\u03af\u03b1-\u03ce\u0400-\u045f\u2010-\u2023]"
)
"""What may have to be kept: a sign, or anything but European letters and stops."""
_SAME = str.maketrans({"−": "-", "٪": "%"})
_HIDDEN = re.compile(
    "[\xad\u034f\u061c\u0640\u180b-\u180e\u200d-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff"
    "\U000e0100-\U000e01ef]"
)
"""Characters without a meaning of their own: soft hyphens, joiners, directions, the forms of an
emoji, the Arabic stroke that lengthens a word."""


@cache
def _unicode() -> Any:
    import regex

    word = rf"[\p{{L}}\p{{N}}](?:[\p{{L}}\p{{N}}]|{MARK})*"
    symbol = r"(?![`^|~])(?:(?!\p{Sk})\p{S}|[\U0001f3fb-\U0001f3ff§‰])"
    return regex.compile(_TOKENS.format(word=word, letter=r"[\p{L}\p{N}]", symbol=symbol))


@cache
def _between_unspaced() -> Any:
    import regex

    return regex.compile(rf"(?<=[{UNSPACED}]) (?=[{UNSPACED}])")


def normalise(text: str) -> str:
    """Return the text case-folded and without punctuation: equal for texts that differ only by
    case, spaces, punctuation or the encoding of their characters (NFKC).

    Marks, symbols, emoji and signs (as in `C#`, `-5` or `5%`) are kept: they carry meaning. A text
    without any of these and without words only has its spaces collapsed.
    """
    if not _SIGNS.search(text):  # most texts, and the faster way to the same form
        return letters(text)
    form = _ascii_form(text) if text.isascii() else _unicode_form(text)
    return form or " ".join(text.split())


def _ascii_form(text: str) -> str:
    return " ".join(_ASCII.findall(text.casefold()))


def _unicode_form(text: str) -> str:
    folded = _HIDDEN.sub("", unicodedata.normalize("NFKC", text)).casefold()
    # Lower case of the Turkish capital with a dot is two characters.
    folded = unicodedata.normalize("NFKC", folded).translate(_SAME).replace("i\u0307", "i")
    return str(_between_unspaced().sub("", " ".join(_unicode().findall(folded))))


def without_hidden(text: str) -> str:
    """Return the text without characters that have no meaning of their own and are not seen."""
    return _HIDDEN.sub("", text).replace("\u200b", "").replace("\u200c", "")


def pieces(text: str) -> list[str]:
    """Return the words of a text's normal form, and each character in scripts without spaces;
    symbols are left out."""
    return [piece for piece in apart(normalise(text)).split() if _HAS_WORD.search(piece)]


_HAS_WORD = re.compile(r"[^\W_]")


def letters(text: str) -> str:
    r"""Return the text case-folded and without anything but `\w`. Draws of examples depend on this
    form, so it must stay as it is; texts that differ in meaning can share it."""
    if text.isascii():  # the same, several times as fast
        return " ".join(text.lower().translate(_STOPS).split()) or " ".join(text.split())
    text = unicodedata.normalize("NFKC", text)
    return _NO_WORD.sub(" ", text.casefold()).strip() or " ".join(text.split())


@lru_cache(maxsize=400_000)
def fingerprint(text: str) -> bytes:
    """Return a hash of the normalised text; texts with equal fingerprints are near duplicates.
    Cached, since splits, leaks and duplicates are computed from the same texts."""
    return _hash(normalise(text))


def draw_mark(text: str) -> bytes:
    """Return a hash by which examples are drawn."""
    return _hash(letters(text))


def _hash(form: str) -> bytes:
    words = form.encode("utf-8", "surrogatepass")
    return hashlib.blake2b(words, digest_size=16).digest() if words else b""

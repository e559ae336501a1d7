r"""Words and characters of texts in any script.

In most scripts spaces divide words. Chinese, Japanese, Thai, Lao, Khmer and Burmese have none:
ICU's dictionaries divide these. Vowel signs and other marks belong to the letter before them,
although Python's `\w` does not match them.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any

WORD = re.compile(r"\w\w+")
"""Words of a plain text, the same as scikit-learn's. Its own pattern has `\\b` at both ends, which
always holds around a greedy run of word characters; checking it takes a third of the time."""
TOKEN = re.compile(r"\w+|[^\w\s]")
"""Tokens of a plain text: runs of word characters, and single signs."""
_MAY_DIFFER = re.compile("[\u0300-\u036f\u0483-\u0489\u0590-\u1dff\u1f00-\u200f\u20d0-\U0010ffff]")
"""Letters of European alphabets and their punctuation are plain without a closer look."""

IDEOGRAPHS = r"\p{Han}\p{Hiragana}\p{Katakana}ーｰ"
UNSPACED = rf"{IDEOGRAPHS}\p{{Thai}}\p{{Lao}}\p{{Khmer}}\p{{Myanmar}}"
MARK = r"(?![\ufe00-\ufe0f\U000e0100-\U000e01ef])[\p{Mn}\p{Mc}]"
"""A mark on a letter; variation selectors, which choose the look of a sign, are none."""
_LETTER = rf"(?![{UNSPACED}])[\p{{L}}\p{{N}}_]"
_JOINER = r"[\u200c\u200d](?=[\p{L}\p{N}])"
Place = tuple[int, int]

# fmt: off
SCRIPTS = (
    "Latin", "Cyrillic", "Greek", "Han", "Hiragana", "Katakana", "Hangul", "Arabic", "Hebrew",
    "Devanagari", "Bengali", "Gurmukhi", "Gujarati", "Oriya", "Tamil", "Telugu", "Kannada",
    "Malayalam", "Sinhala", "Thai", "Lao", "Khmer", "Myanmar", "Tibetan", "Georgian", "Armenian",
    "Ethiopic", "Cherokee", "Mongolian", "Thaana", "Syriac",
)
# fmt: on


@cache
def _compiled(pattern: str) -> Any:
    import regex  # about 30 ms, which English texts do not need

    return regex.compile(pattern)


def plain(text: str) -> bool:
    """Return whether a text's words are its runs of word characters: it is composed (NFC), has no
    marks on letters, and nothing in a script without spaces."""
    if text.isascii() or not _MAY_DIFFER.search(text):
        return True
    if not unicodedata.is_normalized("NFC", text):
        return False
    if not _compiled(rf"[\p{{Mn}}\p{{Mc}}\u200c\u200d{UNSPACED}]").search(text):
        return True
    odd = _compiled(rf"[\p{{L}}\p{{N}}_](?:{MARK}|{_JOINER})|[{UNSPACED}]")
    return not odd.search(text)


def spaced(text: str) -> bool:
    """Return whether nothing in a text is in a script without spaces between words."""
    if text.isascii() or not _MAY_DIFFER.search(text):
        return True
    return not _compiled(f"[{UNSPACED}]").search(text)


def words(text: str) -> list[str]:
    """Return the words of two or more characters, composed (NFC). In a script without spaces, words
    are those of ICU's dictionaries, single characters included."""
    if plain(text):
        return WORD.findall(text)
    text = unicodedata.normalize("NFC", text)
    found = []
    for match in _runs().finditer(text):
        if match["unspaced"]:
            found += [text[start:end] for start, end in _dictionary_words(text, match.span())]
        elif match["word"] and len(match[0]) > 1:
            found.append(match[0])
    return found


def token_places(text: str) -> list[Place]:
    """Return start and end of each token: a word with its marks, or one sign. Each Chinese or
    Japanese character is a token, since names often begin inside a dictionary's word."""
    if plain(text):
        return [match.span() for match in TOKEN.finditer(text)]
    found: list[Place] = []
    for match in _runs().finditer(text):
        start, end = match.span()
        if not match["unspaced"]:
            found.append((start, end))
            continue
        for part in _compiled(rf"(?P<one>[{IDEOGRAPHS}](?:{MARK})*)|[^{IDEOGRAPHS}]+").finditer(
            text, start, end
        ):
            one = part["one"] is not None
            found += [part.span()] if one else _dictionary_words(text, part.span())
    return found


def note_on(texts: Iterable[str], *, characters: bool) -> str:
    """Return a sentence on how texts without spaces were divided; "" if there are none.

    Args:
        texts: the texts that were divided.
        characters: whether it was done by `token_places`; else by `words`.
    """
    if all(map(spaced, texts)):
        return ""
    if characters:
        return (
            "Each Chinese or Japanese character is a word of its own; in other scripts without "
            "spaces, words are those of ICU's dictionaries."
        )
    return "In scripts without spaces, words are those of ICU's dictionaries."


def apart(text: str) -> str:
    """Return the text with each character of a script without spaces set between spaces."""
    if spaced(text):
        return text
    return str(_compiled(rf"(?=[{UNSPACED}])\X").sub(r" \g<0> ", text))


def _runs() -> Any:
    return _compiled(
        rf"(?P<unspaced>[{UNSPACED}](?:[{UNSPACED}]|{MARK})*)"
        rf"|(?P<word>{_LETTER}(?:{_LETTER}|{MARK}|{_JOINER})*)|[^\s]"
    )


def _dictionary_words(text: str, run: Place) -> Iterator[Place]:
    """Yield the words of a run of characters in scripts without spaces."""
    from icu4py.breakers import WordBreaker  # 15 MB of dictionaries

    has_letter = _compiled(r"[\p{L}\p{N}]")
    start, end = run
    # The dictionary is chosen by the script; the locale does not matter.
    for first, last in WordBreaker(text[start:end], "en").segments():
        if has_letter.search(text, start + first, start + last):
            yield start + first, start + last


def scripts_in(texts: Iterable[str]) -> dict[str, float]:
    """Return the scripts of the texts and their shares of all letters, the largest first."""
    counts: Counter[str] = Counter()
    for text in texts:
        if text.isascii():
            counts["Latin"] += sum(map(str.isalpha, text))
            continue
        for name in SCRIPTS:
            counts[name] += len(_compiled(rf"\p{{{name}}}").findall(text))
    total = counts.total()
    return {name: count / total for name, count in counts.most_common() if count}

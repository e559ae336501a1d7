"""Volumes: numbers of texts that are to be answered, as people write and read them."""

import re

from bench.errors import UserError, quoted

DEFAULT = 1_000
PRESETS = (1_000, 100_000, 10_000_000)
"""The volumes that every report shows."""
MOST = 10**15
_MILLION = 1_000_000
_FORM = re.compile(r"(?P<number>\d+(?:[_,]\d{3})*|\d+\.\d+)\s*(?P<unit>[kKmM]?)", re.ASCII)
_UNITS = {"": 1, "k": 1_000, "m": _MILLION}
_LONGEST = 40


def parsed(text: str) -> int:
    """Return the number of texts that a person wrote: `1000`, `1_000`, `100k`, `1.5M`.

    Raises:
        UserError: it is no number of whole texts from 1 to `MOST`.
    """
    found = _FORM.fullmatch(text.strip()) if len(text) <= _LONGEST else None
    if found is None:
        raise _refused(text, "not a number of texts")
    whole, _, part = re.sub("[_,]", "", found["number"]).partition(".")
    # In whole numbers, since 1.1 × 1,000,000 is no whole number of texts in floating point.
    scale: int = 10 ** len(part)
    volume, rest = divmod(int(whole + part) * _UNITS[found["unit"].lower()], scale)
    if rest:
        raise _refused(text, "not a whole number of texts")
    if not volume:
        raise _refused(text, "nothing to answer")
    if volume > MOST:
        raise _refused(text, f"more than {MOST:,} texts")
    return volume


def _refused(text: str, why: str) -> UserError:
    return UserError(f"--volume {quoted(text)}: {why}; give 1 or more, such as 1000, 100k or 10M")


def in_words(volume: int) -> str:
    """Return `1,000`, `100,000`, `10 million`, `2.5 million`."""
    if volume < _MILLION:
        return f"{volume:,}"
    millions = f"{volume / _MILLION:,.3f}".rstrip("0").removesuffix(".")
    exact = volume % 1_000 == 0
    return f"{millions} million" if exact else f"{volume:,}"


def rounded(volume: float) -> str:
    """Return a computed volume in words, with two significant digits: `about 2.3 million`."""
    size = 10 ** max(len(str(int(volume))) - 2, 0)
    return f"about {in_words(round(volume / size) * size)}"

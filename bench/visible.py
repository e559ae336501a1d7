r"""Control and invisible characters made visible, as `␛`, `\x9b` or `\u202e`, so that foreign text
can neither control a terminal nor mislead the reader."""

import json
import re
from typing import Any

_CONTROLS = "\0-\x08\x0b-\x1f\x7f-\x9f"
_HALVES = "\ud800-\udfff"
_DIRECTIONS = "\u061c\u200e\u200f\u2028-\u202e\u2066-\u206f"
_INKLESS = (
    "\xad\u034f\u115f\u1160\u17b4\u17b5\u180e\u200b\u2060-\u2065\u3164\ufeff\uffa0\ufff0-\ufffb"
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
)
# Joiners are part of words in Persian and Indian languages and of emoji, and variation selectors
# choose the form of an emoji: there both are kept.
_JOINERS = "(?<![\x80-\u200b\u200e-\U0010ffff])[\u200c\u200d]|[\u200c\u200d](?![\x80-\U0010ffff])"
_SELECTORS = "(?<![#*0-9\x80-\ufdff\ufe10-\U0010ffff])[\ufe00-\ufe0f]"
_HIDDEN = re.compile(f"[{_CONTROLS}{_HALVES}{_DIRECTIONS}{_INKLESS}]|{_JOINERS}|{_SELECTORS}")
_HALF = re.compile(f"[{_HALVES}]")
PICTURES = {code: 0x2400 + code for code in range(0x20) if chr(code) not in "\t\n\r"}
"""Table for `str.translate`: one sign per character, where offsets must not change."""


def visible(text: str) -> str:
    """Return the text with every control or invisible character replaced by a visible sign; tabs
    and line breaks are kept. Bytes of a file name that are not UTF-8 are shown as `\\xff`."""
    return _HIDDEN.sub(_sign, text)


def without_halves(text: str) -> str:
    """Return the text with lone surrogates, as in odd file names, escaped, so that UTF-8 can encode
    it."""
    return _HALF.sub(_sign, text)


def visible_data(value: Any) -> Any:
    """Apply `visible` to every string in nested lists and dictionaries, keys included."""
    if isinstance(value, str):
        return visible(value)
    if isinstance(value, dict):
        return {visible_data(name): visible_data(v) for name, v in value.items()}
    return [visible_data(v) for v in value] if isinstance(value, list | tuple) else value


def plain_json(data: Any, **layout: Any) -> str:
    """Return strict JSON in which control and invisible characters are escaped as `\\uXXXX`:
    nothing is lost, and everything else stays readable.

    Args:
        data: any value that `json.dumps` accepts.
        layout: the `indent` and `separators` of `json.dumps`.
    """
    return plain_json_text(json.dumps(data, ensure_ascii=False, allow_nan=False, **layout))


def plain_json_text(text: str) -> str:
    """Escape control and invisible characters as `plain_json` does, in JSON text."""
    return _HIDDEN.sub(_json_escape, text)


def _json_escape(match: re.Match[str]) -> str:
    # json.dumps would leave U+007F as it is.
    return "\\u007f" if match[0] == "\x7f" else json.dumps(match[0])[1:-1]


def _sign(match: re.Match[str]) -> str:
    code = ord(match[0])
    if code < 0x20:
        return chr(0x2400 + code)
    if code == 0x7F:
        return "␡"
    if 0xDC80 <= code <= 0xDCFF:  # a surrogate escape: Python's form of a byte that is not UTF-8
        code -= 0xDC00
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"

r"""Control and invisible characters as signs that are seen, so that no foreign text steers a
terminal or misleads the eye: `␛`, `\x9b`, `\u202e`."""

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
# Words of Persian and of Indian languages have joiners in them, and so have emoji, whose form a
# variation selector chooses: there both stay.
_JOINERS = "(?<![\x80-\u200b\u200e-\U0010ffff])[\u200c\u200d]|[\u200c\u200d](?![\x80-\U0010ffff])"
_SELECTORS = "(?<![#*0-9\x80-\ufdff\ufe10-\U0010ffff])[\ufe00-\ufe0f]"
_HIDDEN = re.compile(f"[{_CONTROLS}{_HALVES}{_DIRECTIONS}{_INKLESS}]|{_JOINERS}|{_SELECTORS}")
_HALF = re.compile(f"[{_HALVES}]")
PICTURES = {code: 0x2400 + code for code in range(0x20) if chr(code) not in "\t\n\r"}
"""For `str.translate`: one sign for one, where the places of characters must stay."""


def visible(text: str) -> str:
    """The text with every character that acts or hides replaced by a sign; tabs and line breaks
    stay. Bytes of a file name that are no UTF-8 show as those bytes, `\\xff`."""
    return _HIDDEN.sub(_sign, text)


def without_halves(text: str) -> str:
    """The text as UTF-8 can hold it: halves of characters, as in odd file names, as signs."""
    return _HALF.sub(_sign, text)


def visible_data(value: Any) -> Any:
    """The same for every text in data of lists and tables, names of fields among them."""
    if isinstance(value, str):
        return visible(value)
    if isinstance(value, dict):
        return {visible_data(name): visible_data(v) for name, v in value.items()}
    return [visible_data(v) for v in value] if isinstance(value, list | tuple) else value


def plain_json(data: Any, **layout: Any) -> str:
    """Strict JSON whose characters that act or hide are written as `\\uXXXX`: nothing is lost, and
    all else can be read as it is.

    Args:
        data: what `json.dumps` takes.
        layout: `indent` and `separators` of it.
    """
    return plain_json_text(json.dumps(data, ensure_ascii=False, allow_nan=False, **layout))


def plain_json_text(text: str) -> str:
    """As `plain_json`, of data that is JSON already."""
    return _HIDDEN.sub(_json_escape, text)


def _json_escape(found: re.Match[str]) -> str:
    # json.dumps would leave U+007F as it is.
    return "\\u007f" if found[0] == "\x7f" else json.dumps(found[0])[1:-1]


def _sign(found: re.Match[str]) -> str:
    code = ord(found[0])
    if code < 0x20:
        return chr(0x2400 + code)
    if code == 0x7F:
        return "␡"
    if 0xDC80 <= code <= 0xDCFF:  # how Python keeps a byte that is no UTF-8
        code -= 0xDC00
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"

"""Characters that act or hide are seen; all that belongs to a language stays as it is."""

import json

import pytest

from bench.visible import plain_json, visible, without_halves

SIGNS = {
    "a\x1b]0;x\x07": "a␛]0;x␇",
    "\0\x08\r\x7f": "␀␈␍␡",
    "\x9b2J": "\\x9b2J",
    "a\u202eb\u2066c\u061c\u200f": "a\\u202eb\\u2066c\\u061c\\u200f",
    "\u2028\u2029": "\\u2028\\u2029",
    "\udcff\udcfe\ud800": "\\xff\\xfe\\ud800",
    "a\U000e0041": "a\\U000e0041",
    "pay\u200bpal\ufeff\xad\u2060\u3164": "pay\\u200bpal\\ufeff\\xad\\u2060\\u3164",
    "te\u200da te\u200c": "te\\u200da te\\u200c",
    "a\ufe0f": "a\\ufe0f",
}
KEPT = ("a\tb\nc", "può caffè", "می‌خواهم", "क्‍ष", "👩‍👩‍👧", "❤️", "1️⃣", "日本語", "\xa0", "\u0600١")


@pytest.mark.parametrize("text", SIGNS)
def test_what_acts_or_hides_is_shown_by_a_sign(text: str) -> None:
    assert visible(text) == SIGNS[text]


@pytest.mark.parametrize("text", KEPT)
def test_what_a_language_needs_stays(text: str) -> None:
    assert visible(text) == text


def test_signs_are_not_made_signs_again() -> None:
    assert [visible(sign) for sign in SIGNS.values()] == [*SIGNS.values()]


def test_json_keeps_every_character_and_holds_none_that_acts() -> None:
    text = plain_json([*SIGNS, *KEPT])
    assert json.loads(text) == [*SIGNS, *KEPT]
    assert visible(text) == text


def test_halves_of_characters_alone_are_replaced() -> None:
    assert without_halves("x\udcff\x1b") == "x\\xff\x1b"

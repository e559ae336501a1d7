"""Normal forms: what differs in meaning differs, what differs in looks alone does not."""

import pytest

from bench.texts.normal_forms import draw_mark, fingerprint, normalise, pieces

DIFFERENT = [
    ("f#", "f"),
    ("F#", "f+"),
    ("a change of -3", "a change of 3"),
    ("a change of -3", "a change of +3"),
    ("up 7%", "up 7"),
    ("€20", "$20"),
    ("x < y", "x > y"),
    ("a plan 🙂", "a plan 🙁"),
    ("ok 👍🏽", "ok 👎🏽"),
    ("दिन", "दीन"),
    ("มา", "ม้า"),
    ("نُور", "نَوْر"),
    ("perche", "perché"),
    ("か", "が"),
]
EQUAL = [
    ("A well-known plan!", "a well known  plan"),
    ("perch\xe9", "PERCHE\u0301"),
    ("ﬁne ＡＢＣ", "fine abc"),
    ("上海 大学", "上海大学"),
    ("ok👍", "Ok, 👍\ufe0f"),
    ("co\xadoperate", "cooperate"),
    ("−4 degrees", "-4 degrees"),
    ("دين", "دـين"),
    ("İzmir", "izmir"),
    ("#garden", "garden"),
    ("वह घर है।", "वह घर है"),
]


@pytest.mark.parametrize(("one", "other"), DIFFERENT)
def test_marks_symbols_and_signs_carry_meaning(one: str, other: str) -> None:
    assert fingerprint(one) != fingerprint(other)


@pytest.mark.parametrize(("one", "other"), EQUAL)
def test_case_spaces_punctuation_and_encoding_do_not(one: str, other: str) -> None:
    assert fingerprint(one) == fingerprint(other)


def test_a_text_without_words_stays_as_it_is() -> None:
    assert normalise(" ?!  ... ") == "?! ..."


def test_examples_are_drawn_by_letters_alone_as_ever() -> None:
    assert draw_mark("Up 7%, 👍") == draw_mark("up 7")


def test_pieces_are_words_and_characters_without_symbols() -> None:
    assert pieces("It's $7: 上海 👍") == ["it", "s", "7", "上", "海"]

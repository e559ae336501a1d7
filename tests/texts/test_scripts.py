"""Words and tokens of texts in scripts with and without spaces, with and without marks."""

import pytest

from bench.texts.scripts import note_on, plain, scripts_in, token_places, words

WORDS = {
    "दादी की किताब": ["दादी", "की", "किताब"],
    "我们在公园跑步": ["我们", "在", "公园", "跑步"],
    "แมวกินปลา": ["แมว", "กิน", "ปลา"],
    "cioe\u0300 questo": ["cioè", "questo"],
    "نُور كتاب": ["نُور", "كتاب"],
    "a dog, isn't it": ["dog", "isn", "it"],
    "第3章 intro 2024年": ["第", "章", "intro", "2024", "年"],
}


@pytest.mark.parametrize("text", WORDS)
def test_words_are_those_of_the_script(text: str) -> None:
    assert words(text) == WORDS[text]


TOKENS = {
    "王小明去了上海。": ["王", "小", "明", "去", "了", "上", "海", "。"],
    "दादी, की": ["दादी", ",", "की"],
    "e\u0300 vero": ["e\u0300", "vero"],
    "แมวกินปลา 3": ["แมว", "กิน", "ปลา", "3"],
    "𠮷野 ok!": ["𠮷", "野", "ok", "!"],
}


@pytest.mark.parametrize("text", TOKENS)
def test_tokens_are_places_in_the_text_itself(text: str) -> None:
    assert [text[start:end] for start, end in token_places(text)] == TOKENS[text]


@pytest.mark.parametrize("text", ["", "plain words", "cioè “così”", "ok 👍🏽 ❤️ 1️⃣", "слово и дело"])
def test_texts_of_alphabets_are_plain_emoji_or_not(text: str) -> None:
    assert plain(text)


@pytest.mark.parametrize("text", ["cioe\u0300", "किताब", "上海", "แมว", "می\u200cخواهم"])
def test_marks_joiners_and_missing_spaces_are_not_plain(text: str) -> None:
    assert not plain(text)


def test_scripts_are_shares_of_the_letters() -> None:
    assert scripts_in(["abc где", "12 !?"]) == {"Latin": 0.5, "Cyrillic": 0.5}


def test_how_words_are_divided_is_told_where_spaces_do_not() -> None:
    assert note_on(["two words", "किताब"], characters=True) == ""
    assert "ICU" in note_on(["two words", "上海"], characters=False)

"""Numbers of texts as people write and read them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.costs.volumes import MOST, in_words, parsed, rounded
from bench.errors import UserError


@pytest.mark.parametrize(
    ("text", "volume"),
    [
        ("1k", 1_000),
        ("100k", 100_000),
        ("10M", 10_000_000),
        ("10m", 10_000_000),
        ("1_000", 1_000),
        ("100000", 100_000),
        ("100,000", 100_000),
        ("1.1M", 1_100_000),
        (" 5 k ", 5_000),
    ],
)
def test_the_forms_that_people_write(text: str, volume: int) -> None:
    assert parsed(text) == volume


@pytest.mark.parametrize(
    "text",
    [
        "0",
        "0k",
        "-1",
        "1.5",
        "0.0001k",
        "1e6",
        "many",
        "",
        "k",
        "1_00",
        "nan",
        "inf",
        "١k",
        "9" * 50,
    ],
)
def test_what_is_no_number_of_texts_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(UserError, match="such as 1000, 100k or 10M"):
        parsed(text)


def test_more_texts_than_there_are_is_refused() -> None:
    assert parsed(str(MOST)) == MOST
    with pytest.raises(UserError, match="more than"):
        parsed(str(MOST + 1))


@given(st.integers(1, MOST))
def test_words_lose_nothing(volume: int) -> None:
    assert parsed(in_words(volume).replace(" million", "M").replace(",", "")) == volume


@pytest.mark.parametrize(
    ("volume", "words"),
    [
        (1_000, "1,000"),
        (100_000, "100,000"),
        (10_000_000, "10 million"),
        (2_500_000, "2.5 million"),
    ],
)
def test_words(volume: int, words: str) -> None:
    assert in_words(volume) == words


@pytest.mark.parametrize(
    ("volume", "words"),
    [(1556.4, "about 1,600"), (7.4, "about 7"), (2_345_678.9, "about 2.3 million")],
)
def test_a_computed_number_is_rounded(volume: float, words: str) -> None:
    assert rounded(volume) == words

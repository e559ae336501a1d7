"""Labels that look the same are named, with the reason."""

import pytest

from bench.outputs.look_alikes import look_alikes

PAIRS = {
    "by case or space": ["Yes", "yes "],
    "in how their characters are encoded": ["perch\xe9", "perche\u0301"],
    "by characters that cannot be seen": ["lemon", "le\u200bmon"],
    "by letters of another alphabet": ["pear", "p\u0435ar"],
}


@pytest.mark.parametrize("what", PAIRS)
def test_labels_that_look_the_same_are_named_with_the_reason(what: str) -> None:
    (warning,) = look_alikes([*PAIRS[what], "other"])
    assert what in warning


def test_the_odd_character_is_shown_by_its_code() -> None:
    assert "p\\u0435ar" in look_alikes(PAIRS["by letters of another alphabet"])[0]


def test_other_labels_give_no_warning() -> None:
    assert look_alikes(["yes", "no", "no way", "क", "कि", "北", "京"]) == []

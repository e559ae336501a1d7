"""Data checks: each finding on rows made to have it, and on rows that do not."""

from collections import Counter
from typing import Any

import pytest

from bench.data.checks import check_task, leaked_ids, near, remove_cross_leaks, told
from bench.data.loaded import Loaded
from bench.task import Example
from bench.texts.normal_forms import normalise

LABELS = ("cat", "dog")


def rows(side: str, *texts: str, **fields: Any) -> tuple[Example, ...]:
    """A row for each text; labels alternate unless `target` is given."""
    words = [{"target": LABELS[n % 2], **fields} for n in range(len(texts))]
    return tuple(Example(f"{side}{n}", text, **words[n]) for n, text in enumerate(texts))


def loaded(
    train: tuple[Example, ...] = (),
    test: tuple[Example, ...] = (),
    *,
    validation: tuple[Example, ...] = (),
    faults: dict[str, int] | None = None,
) -> Loaded:
    train = train or rows("train", "the first", "the second")
    test = test or rows("test", "the third", "the fourth")
    return Loaded(train, validation, test, Counter(faults or {}))


CLEAN = check_task(loaded())
EMPTY_TEXT = rows("test", "", "the fourth")
CONFLICT = (*rows("a", "the same", target="cat"), *rows("b", "the same", target="dog"))

FINDINGS: dict[str, tuple[Loaded, dict[str, int]]] = {
    "a test text in train": (
        loaded(test=rows("test", "the first", "the third")),
        {"exact_leaks": 1, "normalised_leaks": 1},
    ),
    "a test text in validation": (
        loaded(validation=rows("validation", "the third")),
        {"exact_leaks": 1, "normalised_leaks": 1},
    ),
    "a test text in train but for its case": (
        loaded(test=rows("test", "The FIRST!", "the third")),
        {"normalised_leaks": 1},
    ),
    "a text three times in one split": (
        loaded(
            train=rows("train", "x", "x", "x", target="cat"), test=rows("test", "y", target="cat")
        ),
        {"duplicates": 2},
    ),
    "one text with two answers": (
        loaded(train=CONFLICT),
        {"duplicates": 1, "conflicting_labels": 1},
    ),
    "an empty text": (loaded(test=EMPTY_TEXT), {"empty_texts": 1}),
    "a text of spaces": (loaded(test=rows("test", " \t", "the fourth")), {"empty_texts": 1}),
    "a replacement character": (loaded(test=rows("test", "caf\ufffd", "b")), {"odd_bytes": 1}),
    "a control character": (loaded(test=rows("test", "a\x07b", "b")), {"odd_bytes": 1}),
    "a lone surrogate": (loaded(test=rows("test", "a\ud800b", "b")), {"odd_bytes": 1}),
    "a class seen only in the test split": (
        loaded(test=rows("test", "one", target="newt")),
        {"unseen_labels": 1, "untested_labels": 2},
    ),
    "a label of a set that is never tested": (
        loaded(
            train=rows("train", "one", target=frozenset({"cat", "dog"})),
            test=rows("test", "two", target=frozenset({"cat"})),
        ),
        {"untested_labels": 1},
    ),
    "a label of a set seen only in the test split": (
        loaded(
            train=rows("train", "one", target=frozenset({"cat"})),
            test=rows("test", "two", target=frozenset({"cat", "dog"})),
        ),
        {"unseen_labels": 1},
    ),
    "a group on both sides": (
        loaded(rows("train", "one", "two", group="g"), rows("test", "three", "four", group="g")),
        {"group_straddles": 1},
    ),
    "a reader's repair": (loaded(faults={"decoding": 3}), {"reader_decoding": 3}),
}


@pytest.mark.parametrize("what", FINDINGS)
def test_each_fault_is_found_alone(what: str) -> None:
    data, expected = FINDINGS[what]
    found = {name: count for name, count in check_task(data).items() if count}
    assert found == expected


def test_clean_rows_have_every_finding_at_zero() -> None:
    assert len(CLEAN) == 11 and set(CLEAN.values()) == {0}


def test_a_tab_and_a_line_break_are_not_odd() -> None:
    assert check_task(loaded(test=rows("test", "a\tb\r\nc", "d")))["odd_bytes"] == 0


def test_texts_with_different_pairs_are_not_duplicates() -> None:
    train = (*rows("a", "same", pair="one"), *rows("b", "same", pair="two"))
    assert check_task(loaded(train=train))["duplicates"] == 0


def test_leaked_rows_are_named() -> None:
    data = loaded(test=rows("test", "the third", "THE first", "the second"))
    assert leaked_ids(data) == {"test1", "test2"}


SAME = [
    ("The cat!", "the CAT"),
    ("a  b\n c", "a b c"),
    ("well-known", "well known"),
    ("ＣＡＴ", "cat"),
    ("Straße", "STRASSE"),
    ("snake_case", "snake case"),
    ("  :)  ", ":)"),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_texts_that_normalise_to_one(one: str, other: str) -> None:
    assert normalise(one) == normalise(other)


@pytest.mark.parametrize(
    ("one", "other"), [("a cat", "a cats"), (":)", ":("), ("12", "1 2"), ("così", "cosi")]
)
def test_texts_that_stay_apart(one: str, other: str) -> None:
    assert normalise(one) != normalise(other)


def test_a_row_without_text_is_near_no_other() -> None:
    assert near(Example("1", "  ", "cat")) == b""


def test_train_rows_in_another_tasks_test_are_removed_and_counted() -> None:
    one = loaded(rows("train", "Shared text", "its own"), rows("test", "t1", "t2"))
    two = loaded(rows("train", "a", "b"), rows("test", "shared text!", "t3"))
    cross = remove_cross_leaks({"one": one, "two": two})
    assert [row.text for row in cross.loaded["one"].train] == ["its own"]
    assert cross.removed == {"one": 1, "two": 0}


def test_validation_rows_in_another_tasks_test_are_removed_too() -> None:
    one = loaded(validation=rows("validation", "shared", "kept"))
    two = loaded(rows("train", "a", "b"), rows("test", "shared", "t3"))
    cross = remove_cross_leaks({"one": one, "two": two})
    assert [row.text for row in cross.loaded["one"].validation] == ["kept"]
    assert cross.removed["one"] == 1


def test_test_rows_are_never_removed() -> None:
    one = loaded(test=rows("test", "shared", "t1"))
    two = loaded(test=rows("test", "shared", "t2"))
    cross = remove_cross_leaks({"one": one, "two": two})
    assert [cross.loaded[n].test for n in ("one", "two")] == [one.test, two.test]


def test_a_tasks_own_leaks_stay_and_are_counted() -> None:
    alone = loaded(test=rows("test", "the first", "t2"))
    cross = remove_cross_leaks({"alone": alone})
    assert cross.removed["alone"] == 0
    assert check_task(cross.loaded["alone"])["exact_leaks"] == 1


def test_a_group_in_the_test_of_another_task_of_its_source_is_removed_from_train() -> None:
    ann, bob = rows("a", "text one", group="ann"), rows("b", "text two", group="bob")
    one = loaded((*ann, *bob), rows("c", "text three", group="cid"))
    two = loaded(rows("d", "text four", group="cid"), rows("e", "text five", group="ann"))
    cross = remove_cross_leaks({"one": one, "two": two}, {"one": "s", "two": "s"})
    assert cross.removed == {"one": 1, "two": 1}
    apart = remove_cross_leaks({"one": one, "two": two}, {"one": "s", "two": "t"})
    assert apart.removed == {"one": 0, "two": 0}


def test_a_single_finding_is_told_in_the_singular() -> None:
    assert told({"duplicates": 1, "exact_leaks": 1200}) == "1 duplicate, 1,200 exact leaks"

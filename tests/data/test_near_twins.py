"""Near twins: texts that differ in a few words are found, others are not."""

from collections import Counter
from dataclasses import replace

import numpy as np

from bench.data.checks import check_task, leaked_ids
from bench.data.loaded import Loaded
from bench.data.near_twins import BANDS, CROWD, sketches, twins_of
from bench.runs.planning.row_selection import folded
from bench.task import Example
from tests.support.folds import prepared
from tests.support.rows import rows_of

RANDOM = np.random.default_rng(0)


def text(words: int) -> str:
    return " ".join(f"w{n}" for n in RANDOM.integers(0, 5000, size=words))


def changed(given: str, at: int = 20) -> str:
    """The text with one word replaced: of 60 words it shares 57 of 61 pairs."""
    words = given.split()
    return " ".join([*words[:at], "other", *words[at + 1 :]])


def example(id_: str, given: str, pair: str | None = None) -> Example:
    return Example(id_, given, "cat", pair)


LONG = [text(60) for _ in range(40)]
TRAIN = tuple(example(f"train{i}", given) for i, given in enumerate(LONG))


def leaked(*test: Example) -> frozenset[str]:
    return twins_of([TRAIN], test).leaked


def test_a_text_with_one_word_changed_is_a_near_leak() -> None:
    test = [example(f"t{i}", changed(given)) for i, given in enumerate(LONG)]
    assert len(leaked(*test)) >= 38


def test_a_text_that_shares_less_than_nine_tenths_is_none() -> None:
    half = changed(changed(changed(LONG[0], 10), 30), 50)
    assert leaked(example("t", half), example("u", text(60))) == set()


def test_an_equal_text_is_an_exact_leak_and_no_near_one() -> None:
    loaded = Loaded(TRAIN, (), (example("t", LONG[0].upper()), example("u", "new")), Counter())
    found = check_task(loaded)
    assert (found["normalised_leaks"], found["near_leaks"]) == (1, 0)
    assert leaked_ids(loaded) == {"t"}


def test_a_near_leak_is_left_out_of_the_score_without_leaks() -> None:
    loaded = Loaded(TRAIN, (), (example("t", changed(LONG[0])), example("u", "new")), Counter())
    assert check_task(loaded)["near_leaks"] == 1
    assert leaked_ids(loaded) == {"t"}


def test_texts_without_words_or_with_few_are_no_near_twins() -> None:
    assert leaked(example("t", ""), example("u", "w1 w2 w3")) == set()
    assert twins_of([], (example("t", ""), example("u", ""))).in_test == 0


def test_a_second_text_counts() -> None:
    train = (example("a", LONG[0], LONG[1]),)
    near = example("t", LONG[0], changed(LONG[1]))
    assert twins_of([train], (near, example("u", LONG[0]))).leaked == {"t"}


def test_twins_within_the_test_are_counted_on_both_sides() -> None:
    test = [example("a", LONG[0]), example("b", changed(LONG[0])), example("c", LONG[1])]
    assert twins_of([], (*test, example("d", LONG[1].upper()), example("e", "x"))).in_test == 4


def test_many_texts_of_one_form_are_not_compared_in_all_pairs() -> None:
    form = " ".join(LONG[:2])
    found = sketches([example(f"t{i}", f"{form} {i}") for i in range(200)])
    pairs = list(found.candidates(found.text, found.text))
    assert sum(len(one) for one, _ in pairs) < 200 * CROWD * BANDS
    assert len(found.twins(range(200), range(200))) == 200


def test_the_order_of_the_examples_changes_nothing() -> None:
    test = tuple(example(f"t{i}", changed(given)) for i, given in enumerate(LONG))
    assert twins_of([TRAIN], test) == twins_of([TRAIN[::-1]], test[::-1])


def test_a_near_twin_in_another_fold_is_a_leak_of_folds() -> None:
    rows = [replace(row, text=text(60)) for row in rows_of(cat=20, dog=20)]
    copies = [replace(row, id=f"{row.id}-copy", text=changed(row.text)) for row in rows[:10]]
    found = folded(prepared([*rows, *copies]), None, 5, 0)
    fold = {rows_id: k for k, part in enumerate(found.folds) for rows_id in part.test}
    place = {row.id: i for i, row in enumerate([*rows, *copies])}
    apart = [c for c in copies if fold[place[c.id]] != fold[place[c.id.removesuffix("-copy")]]]
    assert len(apart) > 0 and len(found.leaked) >= 2 * len(apart) - 2


def test_a_chinese_text_with_one_other_character_is_a_near_twin() -> None:
    given = "".join(chr(0x4E00 + n) for n in RANDOM.integers(0, 3000, size=80))
    train, test = (example("a", given),), (example("b", given[:40] + "好" + given[41:]),)
    assert twins_of([train], test).leaked == {"b"}


def test_texts_that_differ_in_a_sign_are_no_equal_leaks() -> None:
    train, test = (example("a", "a change of -3"),), (example("b", "a change of +3"),)
    assert leaked_ids(Loaded(train, (), test, Counter(), False)) == set()

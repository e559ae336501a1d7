"""Splits, limits and loading: groups whole, classes in their share, the same on every machine."""

import random
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.data.checks import near
from bench.data.load import load_task
from bench.data.split import labelled_split, sample, split_by_group
from bench.errors import DataError, PluginError, Unavailable
from bench.files import Files
from bench.metrics import accuracy
from bench.outputs import MultiLabel, Regression
from bench.task import Example, Prompt, Splits, Task
from tests.support.rows import ANIMALS, ROWS, rows_of


def ids(rows: Sequence[Example]) -> list[str]:
    return [row.id for row in rows]


@given(ROWS, st.integers(0, 5), st.sampled_from([0.1, 0.2, 0.5]))
def test_a_cut_keeps_groups_and_near_duplicates_whole(
    rows: list[Example], seed: int, share: float
) -> None:
    cut = split_by_group(rows, seed=seed, test=share)
    sides = [cut["train"], cut["test"]]
    groups = [{row.group for row in side} - {None} for side in sides]
    texts = [{near(row) for row in side} - {b""} for side in sides]
    assert not groups[0] & groups[1] and not texts[0] & texts[1]


@given(ROWS, st.integers(0, 5))
def test_a_cut_has_every_row_once_and_in_order(rows: list[Example], seed: int) -> None:
    cut = split_by_group(rows, seed=seed)
    test = set(ids(cut["test"]))
    assert ids(cut["train"]) == [i for i in ids(rows) if i not in test]
    assert ids(cut["test"]) == [i for i in ids(rows) if i in test]


@given(ROWS, st.randoms(use_true_random=False))
def test_a_cut_does_not_depend_on_the_order_of_rows(
    rows: list[Example], shuffler: random.Random
) -> None:
    other = list(rows)
    shuffler.shuffle(other)
    assert set(ids(split_by_group(rows)["test"])) == set(ids(split_by_group(other)["test"]))


@pytest.mark.parametrize("seed", range(5))
def test_a_cut_of_single_rows_has_each_classes_exact_share(seed: int) -> None:
    cut = split_by_group(rows_of(cat=700, dog=250, newt=50), seed=seed)
    counts = Counter(row.target for row in cut["test"])
    assert counts == {"cat": 140, "dog": 50, "newt": 10}


def test_a_cut_of_groups_comes_near_the_share() -> None:
    rows = [Example(str(n), f"text {n}", "cat", group=f"g{n % 90}") for n in range(900)]
    assert len(split_by_group(rows)["test"]) == 180


@pytest.mark.parametrize("each", [2, 3, 4, 7])
@pytest.mark.parametrize("size", [1, 2])
def test_a_fifth_of_many_small_classes_is_a_fifth_of_all(each: int, size: int) -> None:
    rows = [
        Example(f"{c}-{n}-{k}", f"text {c} {n} {k}", f"class {c}", group=f"{c}-{n}")
        for c in range(60)
        for n in range(each)
        for k in range(size)
    ]
    assert abs(len(split_by_group(rows)["test"]) - len(rows) / 5) <= max(1, len(rows) / 250)


def test_each_class_of_two_units_is_on_both_sides_where_the_share_allows_it() -> None:
    counts = {"cat": 200} | {f"rare {n}": 2 for n in range(9)}
    cut = split_by_group(rows_of(**counts))
    assert {r.target for r in cut["test"]} == {r.target for r in cut["train"]} == {*counts}


def test_the_only_large_groups_still_give_a_test() -> None:
    rows = [Example(str(n), f"text {n}", "cat", group=f"g{n % 2}") for n in range(40)]
    cut = split_by_group(rows)
    assert (len(cut["train"]), len(cut["test"])) == (20, 20)


def test_a_validation_split_of_many_small_classes_is_a_tenth() -> None:
    rows = rows_of(**{f"class {n}": 4 for n in range(29)}, more=6)
    assert len(labelled_split(rows, seed=0).validation) == 12


def test_a_group_larger_than_the_test_split_stays_in_train() -> None:
    big = [Example(f"b{n}", f"big {n}", "cat", group="big") for n in range(80)]
    cut = split_by_group([*big, *rows_of(cat=20)])
    assert not any(row.group == "big" for row in cut["test"])


def test_texts_without_a_word_are_not_one_unit() -> None:
    rows = [Example(str(n), " ", "cat") for n in range(100)]
    assert len(split_by_group(rows)["test"]) == 20


def test_a_chain_of_groups_and_duplicates_is_one_unit() -> None:
    chain = [
        Example("1", "first", "cat", group="a"),
        Example("2", "second", "cat", group="a"),
        Example("3", "SECOND", "cat", group="b"),
        Example("4", "fourth", "cat", group="b"),
    ]
    cut = split_by_group(chain, test=0.5)
    assert {len(cut["train"]), len(cut["test"])} == {0, 4}


def test_another_seed_cuts_other_rows() -> None:
    rows = rows_of(cat=50, dog=50)
    assert ids(split_by_group(rows, seed=0)["test"]) != ids(split_by_group(rows, seed=1)["test"])


def test_a_cut_is_the_same_on_every_machine_and_day() -> None:
    cut = split_by_group(rows_of(cat=10, dog=5))
    assert ids(cut["test"]) == ["cat-2", "cat-7", "dog-1"]


@pytest.mark.parametrize("seed", range(4))
def test_samples_are_nested(seed: int) -> None:
    rows = rows_of(cat=1400, dog=500, newt=100)
    large = ids(sample(rows, ANIMALS, 1000, seed=seed))
    for n in (100, 500):
        assert ids(sample(rows, ANIMALS, n, seed=seed)) == large[:n]


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("n", [100, 500, 1000])
def test_a_sample_has_each_class_within_two_rows_of_its_share(n: int, seed: int) -> None:
    drawn = sample(rows_of(cat=1400, dog=500, newt=100), ANIMALS, n, seed=seed)
    counts = Counter(row.target for row in drawn)
    for label, share in (("cat", 0.7), ("dog", 0.25), ("newt", 0.05)):
        assert abs(counts[label] - n * share) <= 2


@given(ROWS, st.integers(0, 50), st.randoms(use_true_random=False))
def test_a_sample_does_not_depend_on_the_order_of_rows(
    rows: list[Example], n: int, shuffler: random.Random
) -> None:
    other = list(rows)
    shuffler.shuffle(other)
    drawn = ids(sample(rows, ANIMALS, n, seed=3))
    assert drawn == ids(sample(other, ANIMALS, n, seed=3))
    assert len(set(drawn)) == min(n, len(rows))


def test_each_seed_draws_another_sample() -> None:
    rows = rows_of(cat=100, dog=100)
    drawn = {tuple(ids(sample(rows, ANIMALS, 20, seed=seed))) for seed in range(10)}
    assert len(drawn) == 10


def test_a_sample_of_label_sets_keeps_the_share_of_each_set() -> None:
    sets = [frozenset({"cat"}), frozenset({"cat", "dog"}), frozenset[str]()]
    rows = [Example(str(n), f"text {n}", sets[n % 3]) for n in range(300)]
    drawn = sample(rows, MultiLabel("cat", "dog"), 30, seed=0)
    assert set(Counter(row.target for row in drawn).values()) <= {9, 10, 11}


@given(ROWS, st.integers(0, 5))
def test_a_validation_split_keeps_groups_and_near_duplicates_whole(
    rows: list[Example], seed: int
) -> None:
    cut = labelled_split(rows, seed=seed)
    sides = [cut.train, cut.validation]
    groups = [{row.group for row in side} - {None} for side in sides]
    texts = [{near(row) for row in side} - {b""} for side in sides]
    assert not groups[0] & groups[1] and not texts[0] & texts[1]
    assert sorted(ids([*cut.train, *cut.validation])) == sorted(ids(rows))


@given(st.integers(2, 60), st.integers(0, 5))
def test_both_sides_of_a_validation_cut_have_rows(count: int, seed: int) -> None:
    cut = labelled_split(rows_of(cat=count), seed=seed)
    assert cut.train and cut.validation


def test_a_validation_split_is_a_tenth_and_follows_its_seed() -> None:
    rows = rows_of(cat=100, dog=50)
    one, same, other = (labelled_split(rows, seed=s).validation for s in (1, 1, 2))
    assert one == same != other and len(one) == 15


def task_of(load: Callable[[Files], Any], **words: Any) -> Task:
    fields = {"output": ANIMALS, "metrics": (accuracy,), "source": "made up", **words}
    prompt = Prompt(instruction="Which animal?")
    return Task(
        name="pets", load=load, prompt=prompt, licence="made up", citation="made up", **fields
    )


def splits_of(train: list[Example], test: list[Example]) -> Splits:
    return {"train": train, "test": test}


def test_a_task_without_a_test_split_gets_a_fifth_of_its_rows() -> None:
    loaded = load_task(task_of(lambda files: {"train": rows_of(cat=50, dog=50)}), Files("pets"))
    assert (len(loaded.train), len(loaded.test)) == (80, 20)


def test_whole_numbers_are_gold_for_a_task_that_is_cut_here() -> None:
    rows = [Example(str(n), f"text {n}", n % 5) for n in range(50)]
    loaded = load_task(task_of(lambda files: {"train": rows}, output=Regression(0, 4)), Files("t"))
    assert len(loaded.test) == 10 and all(isinstance(r.target, float) for r in loaded.train)


def test_published_splits_are_left_as_they_are() -> None:
    splits = splits_of(rows_of(cat=3), rows_of(dog=2))
    loaded = load_task(task_of(lambda files: splits), Files("pets"))
    assert (ids(loaded.train), ids(loaded.test)) == (ids(splits["train"]), ids(splits["test"]))


def test_what_a_reader_repaired_is_kept_with_the_rows() -> None:
    def load(files: Files) -> Splits:
        files.fault("decoding", 2)
        return splits_of(rows_of(cat=3), rows_of(dog=2))

    assert load_task(task_of(load), Files("pets")).faults == {"decoding": 2}


def test_an_empty_group_is_no_group() -> None:
    rows = [Example(str(n), f"text {n}", "cat" if n % 2 else "dog", group=" ") for n in range(40)]
    loaded = load_task(task_of(lambda files: {"train": rows}), Files("pets"))
    assert len(loaded.test) == 8 and {row.group for row in loaded.test} == {None}


BROKEN: dict[str, tuple[Any, str]] = {
    "a label that is not declared": (
        splits_of(rows_of(cat=2), [Example("t7", "a text", "dgo")]),
        "task pets, example 't7': label 'dgo' is not declared; did you mean 'dog'",
    ),
    "an integer label": (
        splits_of(rows_of(cat=2), [Example("t7", "a text", 1)]),
        "example 't7': label 1 is not declared",
    ),
    "two rows of one id": (
        splits_of(rows_of(cat=2), rows_of(cat=1)),
        "2 examples share the id 'cat-0'",
    ),
    "an empty test split": (splits_of(rows_of(cat=2), []), "the test split is empty"),
    "an empty train split": (splits_of([], rows_of(cat=2)), "the train split is empty"),
    "a single group": (
        {"train": [Example(str(n), f"text {n}", "cat", group="g") for n in range(9)]},
        "all 9 examples are of one group, 'g'",
    ),
    "one example a label": (
        {"train": rows_of(**dict.fromkeys(("cat", "dog", "newt"), 1))},
        "its labels have one example",
    ),
    "no train split": ({"test": rows_of(cat=2)}, "no train split"),
    "no splits at all": (None, "no train split"),
    "a text that is missing": (
        splits_of(rows_of(cat=2), [Example("t7", None, "dog")]),  # type: ignore[arg-type]
        "example 't7': text is None, not a string",
    ),
    "a text with half a character": (
        splits_of(rows_of(cat=2), [Example("t7", "odd \udc80 byte", "dog")]),
        "example 't7': text contains a lone surrogate",
    ),
    "an id that is a number": (
        splits_of(rows_of(cat=2), [Example(7, "a text", "dog")]),  # type: ignore[arg-type]
        "example 7: id is 7, not a string",
    ),
    "a row of another type": (
        {"train": rows_of(cat=2), "test": [("a text", "dog")]},
        "returned a tuple where an Example",
    ),
    "an unknown split": (
        {"train": rows_of(cat=9), "dev": rows_of(dog=2)},
        "split 'dev'",
    ),
}


@pytest.mark.parametrize("what", BROKEN)
def test_broken_rows_are_refused_by_name(what: str) -> None:
    given_, said = BROKEN[what]
    with pytest.raises(DataError, match=said):
        load_task(task_of(lambda files: given_), Files("pets"))


def test_a_reader_that_breaks_is_named() -> None:
    def load(files: Files) -> Splits:
        raise KeyError("column")

    with pytest.raises(PluginError, match=r"task pets: load\(\) failed: KeyError: 'column'"):
        load_task(task_of(load), Files("pets"))


def test_data_that_is_not_at_hand_stays_unavailable() -> None:
    def load(files: Files) -> Splits:
        return splits_of(files.csv(files.local("x.csv"), text="a", label="b"), [])

    with pytest.raises(Unavailable, match=r"needs x\.csv; put it in DIR/"):
        load_task(task_of(load), Files("pets"))

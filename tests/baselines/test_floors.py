"""The two floors: majority and stratified random."""

from collections import Counter

import pytest

from bench.baseline import TaskData
from bench.baselines.majority import Majority
from bench.baselines.stratified_random import StratifiedRandom
from bench.conformance.toy_tasks import Toy, toys
from bench.outputs import MultiLabel, Regression, SingleLabel
from bench.task import Input
from tests.support.made_up_data import made_up

MANY = [Input(f"row{n}", "any text") for n in range(2000)]


def drawn(data: TaskData, seed: int) -> list[object]:
    """The random answers to MANY."""
    family = StratifiedRandom()
    family.fit([data], seed=seed)
    return [p.value for p in family.predict(data.task, MANY)]


def test_majority_gives_the_most_frequent_label_with_the_shares() -> None:
    data = made_up(SingleLabel("a", "b"), "b", "b", "b", "a")
    family = Majority()
    family.fit([data], seed=0)
    (answer,) = family.predict(data.task, MANY[:1])
    assert answer.value == "b" and answer.scores == (0.25, 0.75)


def test_majority_counts_validation_rows_too() -> None:
    data = made_up(SingleLabel("a", "b"), "b", "a", "a")
    family = Majority()
    family.fit([TaskData(data.task, data.train[:1], data.train[1:])], seed=0)
    assert family.predict(data.task, MANY[:1])[0].value == "a"


def test_majority_gives_the_mean_of_numbers() -> None:
    data = made_up(Regression(0, 10), 1.0, 2.0, 9.0)
    family = Majority()
    family.fit([data], seed=0)
    assert family.predict(data.task, MANY[:1])[0].value == pytest.approx(4.0)


def test_random_draws_follow_the_shares() -> None:
    counts = Counter(drawn(made_up(SingleLabel("a", "b", "c"), "a", "a", "a", "b"), seed=0))
    assert counts["a"] == pytest.approx(1500, abs=100) and counts["c"] == 0


def test_random_label_sets_follow_each_share() -> None:
    data = made_up(MultiLabel("a", "b"), *map(frozenset, ("a", "a", "a", "b")))
    assert sum("b" in found for found in drawn(data, 0)) == pytest.approx(500, abs=100)  # type: ignore[operator]


def test_another_seed_draws_other_answers() -> None:
    data = made_up(SingleLabel("a", "b"), "a", "b")
    assert drawn(data, 0) == drawn(data, 0) != drawn(data, 1)


def test_random_scores_are_the_shares_and_not_the_draw() -> None:
    data = made_up(SingleLabel("a", "b"), "b", "b", "b", "a")
    family = StratifiedRandom()
    family.fit([data], seed=0)
    assert {p.scores for p in family.predict(data.task, MANY)} == {(0.25, 0.75)}


@pytest.mark.parametrize("toy", toys(), ids=lambda toy: toy.task.name)
def test_a_random_draw_does_not_depend_on_its_batch(toy: Toy) -> None:
    family = StratifiedRandom()
    family.fit([toy.data], seed=3)
    together = family.predict(toy.task, toy.inputs)
    assert [family.predict(toy.task, [row])[0] for row in toy.inputs] == together


@pytest.mark.parametrize("toy", toys(), ids=lambda toy: toy.task.name)
def test_every_answer_space_has_guesses_that_the_seed_leaves_alone(toy: Toy) -> None:
    found = []
    for seed in (0, 1):
        family = StratifiedRandom()
        family.fit([toy.data], seed=seed)
        found.append(list(family.guesses(toy.task, toy.inputs, 7)))
    assert found[0] == found[1] and len(found[0]) == 7
    assert {len(guess) for guess in found[0]} == {len(toy.inputs)}


def test_over_all_guesses_a_text_gets_each_label_as_often_as_its_share() -> None:
    family = StratifiedRandom()
    family.fit([made_up(SingleLabel("a", "b"), "b", "b", "b", "a")], seed=0)
    guesses = list(family.guesses(made_up(SingleLabel("a", "b"), "a").task, MANY[:5], 200))
    for answers in zip(*guesses, strict=True):
        assert Counter(p.value for p in answers)["b"] == pytest.approx(150, abs=1)
    assert len({tuple(p.value for p in guess) for guess in guesses}) > 10

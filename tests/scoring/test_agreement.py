"""How people agree, held against the libraries on all rows at once."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from sklearn.metrics import accuracy_score, cohen_kappa_score

from bench.baseline import Prediction
from bench.data.annotations import Annotations
from bench.metrics import accuracy, pearson
from bench.metrics.aligned import align
from bench.outputs import Output, Regression, SingleLabel
from bench.records import AnnotatorFacts, PeopleFacts
from bench.scoring.agreement import people
from bench.task import Example, Prompt, Task

ANN = ["a", "a", "b", "b", "a", "b"]
BOB = ["a", "b", "b", "b", "a", "a"]
CID = ["a", "a", "b", "a", "a", "b"]
SAID = ["a", "a", "a", "b", "a", "b"]
IDS = [f"r{i}" for i in range(6)]


def found(
    output: Output,
    columns: list[list[Any]],
    said: list[Any],
    *,
    earlier: Any = None,
    ids: Sequence[str] = IDS,
    **named: Any,
) -> PeopleFacts | None:
    metric = accuracy if isinstance(output, SingleLabel) else pearson
    task = Task(
        name="rated",
        output=output,
        load=lambda files: {},
        metrics=(metric,),
        prompt=Prompt(instruction="?"),
        licence="made up",
        citation="made up",
        source="made up",
        **named,
    )
    test = [Example(i, "", gold) for i, gold in zip(ids, columns[0], strict=True)]
    scored = align(output, test, [Prediction(value) for value in said])
    given = dict(zip(ids, zip(*columns, strict=True), strict=True))
    opinions = Annotations(given, earlier or {})
    return people(task, opinions, scored)


LABELS = SingleLabel("a", "b")


def test_kappa_is_the_mean_over_all_pairs_of_people() -> None:
    pairs = [cohen_kappa_score(ANN, BOB), cohen_kappa_score(ANN, CID), cohen_kappa_score(BOB, CID)]
    facts = found(LABELS, [ANN, BOB, CID], SAID)
    assert facts is not None and facts.kappa == pytest.approx(sum(pairs) / 3)


def test_a_models_kappa_is_its_mean_with_each_person() -> None:
    with_each = [cohen_kappa_score(SAID, person) for person in (ANN, BOB, CID)]
    facts = found(LABELS, [ANN, BOB, CID], SAID)
    assert facts is not None and facts.model_kappa == pytest.approx(sum(with_each) / 3)


def test_a_person_is_scored_against_what_the_others_agree_on() -> None:
    facts = found(LABELS, [ANN, BOB, CID], SAID)
    # Ann: the others agree on r0, r2, r4. Bob: on r0, r1, r2, r4, r5. Cid: on r0, r2, r3, r4.
    scores = [1.0, accuracy_score(["a", "a", "b", "a", "b"], ["a", "b", "b", "a", "a"]), 0.75]
    assert facts is not None and facts.score == pytest.approx(sum(scores) / 3)


def test_alpha_of_full_agreement_is_one() -> None:
    facts = found(LABELS, [ANN, ANN], SAID)
    assert facts is not None and (facts.alpha, facts.fleiss, facts.kappa) == (1.0, 1.0, 1.0)


def test_alpha_follows_from_the_coincidences() -> None:
    # Two people judge one of six rows differently; of their twelve answers seven are a and five
    # are b: 1 - (n - 1) o_ab / (n_a n_b) (Krippendorff, Content Analysis, 2004, chapter 11).
    facts = found(LABELS, [ANN, CID], SAID)
    assert facts is not None and facts.alpha == pytest.approx(1 - 11 * 1 / (7 * 5))


def test_numbers_have_an_alpha_and_no_kappa() -> None:
    facts = found(Regression(0, 9), [[1.0, 2, 3, 4, 5, 6], [1.0, 3, 3, 4, 6, 6]], [1.0] * 6)
    assert facts is not None and facts.kappa is None and 0.9 < (facts.alpha or 0) < 1


def test_one_person_alone_agrees_with_nobody() -> None:
    assert found(LABELS, [ANN], SAID) is None


def of(facts: PeopleFacts | None) -> dict[str, AnnotatorFacts]:
    assert facts is not None
    return {one.name: one for one in facts.annotators}


OLD = {"old": dict(zip(IDS[:4], ["a", "b", "b", "a"], strict=True))}


def test_named_people_have_a_kappa_with_each_other_and_with_the_model() -> None:
    ann, bob = of(found(LABELS, [ANN, BOB], SAID, annotators=("ann", "bob"))).values()
    kappa = pytest.approx(cohen_kappa_score(ANN, BOB))
    assert (ann.name, ann.with_each, bob.with_each) == ("ann", (None, kappa), (kappa, None))
    assert ann.kappa == kappa and ann.model_kappa == pytest.approx(cohen_kappa_score(SAID, ANN))


def test_earlier_answers_stand_behind_the_people_on_the_rows_they_have() -> None:
    both = of(found(LABELS, [ANN, BOB], SAID, earlier=OLD, annotators=("ann", "bob")))
    old, said = both["old"], list(OLD["old"].values())
    kappas = [cohen_kappa_score(said, person[:4]) for person in (ANN, BOB)]
    assert [*both] == ["ann", "bob", "old"] and (old.earlier, old.rows) == (True, 4)
    assert old.with_each == (pytest.approx(kappas[0]), pytest.approx(kappas[1]), None)
    assert old.kappa == pytest.approx(sum(kappas) / 2)


def test_earlier_answers_change_nothing_among_the_people() -> None:
    alone, beside = (found(LABELS, [ANN, BOB], SAID, earlier=e) for e in (None, OLD))
    assert alone is not None and beside is not None
    assert [one.name for one in beside.annotators] == ["old"]
    assert beside.model_copy(update={"annotators": ()}) == alone


def test_a_model_as_good_as_a_person_scores_the_same() -> None:
    """Three people and a model, each right on 4 of 5 examples at random."""
    random = np.random.default_rng(1)
    truth = random.integers(0, 2, 3000)
    right = random.random((4, 3000)) < 0.8
    *persons, model = [[("a", "b")[k] for k in np.where(row, truth, 1 - truth)] for row in right]
    facts = found(LABELS, persons, model, ids=[f"{i:04}" for i in range(3000)])
    assert facts is not None and facts.model_interval is not None
    assert facts.model_score == pytest.approx(facts.score, abs=0.02)
    assert facts.model_interval[0] < facts.score < facts.model_interval[1]


def test_a_model_is_scored_on_the_examples_of_each_person_left_out() -> None:
    facts = found(LABELS, [ANN, BOB, CID], SAID)
    # Gold and examples as in `test_a_person_is_scored_against_what_the_others_agree_on`.
    scores = [2 / 3, 4 / 5, 3 / 4]
    assert facts is not None and facts.model_score == pytest.approx(sum(scores) / 3)


def test_an_unreadable_answer_agrees_with_nobody() -> None:
    facts = found(LABELS, [ANN, BOB], [None, *ANN[1:]], annotators=("ann", "bob"))
    assert facts is not None
    expected = cohen_kappa_score(["unread", *ANN[1:]], ANN)
    assert of(facts)["ann"].model_kappa == pytest.approx(expected) and expected < 1

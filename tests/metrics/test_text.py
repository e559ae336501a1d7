"""Metrics of short free text: F1 of the groups named, and BLEU of single words and pairs."""

import numpy as np
import pytest

from bench.baseline import Prediction
from bench.metrics import Metric, bleu, bleu_2, group_f1
from bench.metrics.aligned import Scored, align
from bench.outputs import Answer, FreeText
from bench.scoring.evaluate import replicates
from bench.task import Example


def scored(gold: list[Answer], said: list[str | None]) -> Scored:
    """Made-up answers beside made-up references."""
    output = FreeText()
    test = [Example(str(n), "x", output.check(g, "x")) for n, g in enumerate(gold)]
    return align(output, test, [Prediction(value) for value in said])


def test_the_order_and_case_of_groups_do_not_matter() -> None:
    assert group_f1.point(scored(["tea drinkers, cat owners"], ["Cat Owners; tea drinkers."])) == 1


def test_a_missing_group_costs_recall_and_a_wrong_one_precision() -> None:
    found = scored(["a, b", "a"], ["a", "a, b, c"])
    assert group_f1.point(found) == pytest.approx((2 / 3 + 1 / 2) / 2)


def test_the_best_persons_set_counts() -> None:
    assert group_f1.point(scored([("tea drinkers", "a, b")], ["b, a"])) == 1


def test_no_answer_names_no_group() -> None:
    assert group_f1.point(scored(["a", "a"], [None, " , "])) == 0


def test_bleu_of_order_two_equals_sacrebleu() -> None:
    from sacrebleu.metrics.bleu import BLEU

    gold = ["people who drink tea", "cat owners", "tea drinkers"]
    said = ["people who drink", "cat people", "tea drinkers"]
    expected = BLEU(max_ngram_order=2).corpus_score(said, [gold]).score / 100
    assert bleu_2.point(scored([*gold], [*said])) == pytest.approx(expected)
    assert 0 < expected < 1


SHORT = (("one two three four", "four three two one"), ("a dog", "dog a"), ("tea", "coffee"))
"""No pair of words matches."""


@pytest.mark.parametrize("metric,order", [(bleu, 4), (bleu_2, 2)])
def test_bleu_of_short_texts_is_smoothed_like_sacrebleus(metric: Metric, order: int) -> None:
    from sacrebleu.metrics.bleu import BLEU

    gold, said = zip(*SHORT, strict=True)
    expected = BLEU(max_ngram_order=order).corpus_score([*said], [[*gold]]).score / 100
    assert metric.point(scored([*gold], [*said])) == pytest.approx(expected)
    assert 0 < expected < 0.5


def test_draws_lie_around_the_point() -> None:
    rows = scored(["a b", "a, b", "c d"] * 20, ["a b", "a", "x"] * 20)
    for metric, draws in replicates([group_f1, bleu_2], rows).items():
        point = {"group_f1": group_f1, "bleu_2": bleu_2}[metric].point(rows)
        np.testing.assert_allclose(np.mean(draws), point, atol=0.02)

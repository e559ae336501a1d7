"""Metrics of short free text: F1 of the groups named, and BLEU of single words and pairs."""

import unicodedata

import numpy as np
import pytest

from bench.baseline import Prediction
from bench.metrics import Metric, bleu, bleu_2, exact_match, group_f1, rouge_l
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


ANSWERS = {
    "Russian": ("мама мыла старую раму", "мама мыла новую раму"),
    "Hindi": ("दादी की किताब नई है।", "दादा की किताब नई है।"),
    "Chinese": ("今天天气很好。", "昨天天气很好。"),
    "Arabic": ("الكتاب على الطاولة؟", "القلم على الطاولة؟"),
    "Italian": ("perché non è più così", "perche non è più così"),
}
"""A reference, and an answer with another word."""
METRICS = (exact_match, rouge_l, bleu)


@pytest.mark.parametrize("language", ANSWERS)
@pytest.mark.parametrize("metric", METRICS, ids=lambda metric: metric.name)
def test_the_reference_itself_is_perfect(metric: Metric, language: str) -> None:
    gold, _ = ANSWERS[language]
    decomposed = unicodedata.normalize("NFD", gold)
    assert metric.point(scored([gold], [decomposed])) == pytest.approx(1)


@pytest.mark.parametrize("language", ANSWERS)
@pytest.mark.parametrize("metric", METRICS[1:], ids=lambda metric: metric.name)
def test_another_word_costs_a_part(metric: Metric, language: str) -> None:
    gold, other = ANSWERS[language]
    assert 0.2 < metric.point(scored([gold], [other])) < 0.95


@pytest.mark.parametrize("language", ANSWERS)
def test_another_word_is_no_exact_match(language: str) -> None:
    gold, other = ANSWERS[language]
    assert exact_match.point(scored([gold], [other])) == 0


def test_rouge_of_english_is_the_references_own() -> None:
    from rouge_score.rouge_scorer import RougeScorer

    gold, said = "It's a well-known C# plan_b: $7.50!", "its WELL known c plan b 7"
    expected = RougeScorer(["rougeL"]).score(gold, said)["rougeL"].fmeasure
    assert rouge_l.point(scored([gold], [said])) == pytest.approx(expected)


@pytest.mark.parametrize("metric", [exact_match, rouge_l, group_f1], ids=lambda m: m.name)
def test_an_empty_answer_is_right_for_an_empty_reference_but_no_answer_is_wrong(
    metric: Metric,
) -> None:
    assert metric.point(scored([""], [""])) == 1
    assert metric.point(scored([""], [None])) == 0
    assert metric.point(scored(["tea"], [""])) == 0


def test_names_of_a_list_are_separated_by_the_commas_of_their_script() -> None:
    assert group_f1.point(scored(["茶、咖啡", "شاي، قهوة"], ["咖啡，茶", "قهوة؛ شاي"])) == 1

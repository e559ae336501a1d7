"""Scores of token tags, held against scikit-learn's report on the tags themselves."""

import numpy as np
import pytest
from sklearn.metrics import classification_report

from bench.baseline import Prediction
from bench.metrics import of_rows
from bench.metrics.aligned import Scored, align
from bench.metrics.token_spans import of_tag, tag_macro_f1, tag_micro_f1, tag_weighted_f1, tags
from bench.outputs import Answer, Span, Spans
from bench.scoring.evaluate import replicates
from bench.task import Example

LABELS = ("PER", "LOC", "ORG")
OUTPUT = Spans(*LABELS)
AVERAGES = {"macro avg": tag_macro_f1, "weighted avg": tag_weighted_f1}


def spans(found: list[str]) -> Answer:
    """One span a token of four characters and a space, as `found` tags them."""
    return tuple(Span(5 * n, 5 * n + 4, tag) for n, tag in enumerate(found) if tag)


def drawn(seed: int, known: tuple[str, ...]) -> tuple[list[list[str]], list[list[str]]]:
    generator = np.random.default_rng(seed)
    gold = generator.choice(["", "", *known], (40, 9))
    value = np.where(generator.random(gold.shape) < 0.7, gold, generator.choice(["", *known], 1))
    return gold.tolist(), value.tolist()


def scored(gold: list[list[str]], value: list[list[str]]) -> Scored:
    rows = [Example(f"WN/{n:02}", "abcd " * 9, spans(tags_)) for n, tags_ in enumerate(gold)]
    return align(OUTPUT, rows, [Prediction(spans(tags_)) for tags_ in value])


@pytest.mark.parametrize(("seed", "known"), [(0, LABELS), (1, LABELS), (2, ("PER", "LOC"))])
def test_tag_scores_are_those_of_the_official_report(seed: int, known: tuple[str, ...]) -> None:
    gold, value = drawn(seed, known)
    flat = [[tag or "O" for row in side for tag in row] for side in (gold, value)]
    report = classification_report(*flat, labels=LABELS, zero_division=0, output_dict=True)
    found = scored(gold, value)
    for name, metric in AVERAGES.items():
        assert metric.point(found) == pytest.approx(report[name]["f1-score"])
    for at, label in enumerate(LABELS):
        points = [metric.point(found) for metric in of_tag(label, at)]
        expected = [report[label][name] for name in ("precision", "recall", "f1-score", "support")]
        assert points == pytest.approx(expected)


def test_the_micro_average_is_that_of_the_official_report() -> None:
    gold, value = drawn(3, LABELS)
    flat = [[tag or "O" for row in side for tag in row] for side in (gold, value)]
    report = classification_report(*flat, labels=LABELS, zero_division=0, output_dict=True)
    assert tag_micro_f1.point(scored(gold, value)) == pytest.approx(report["micro avg"]["f1-score"])


def test_draws_with_weight_one_give_the_point() -> None:
    found = scored(*drawn(4, LABELS))
    ones = np.ones((found.units, 2), np.float32)
    sums = tag_macro_f1.statistic(found)(ones)
    np.testing.assert_allclose(tag_macro_f1.score(sums), tag_macro_f1.point(found), rtol=1e-6)
    assert 0 < replicates([tag_macro_f1], found)["tag_macro_f1"].std() < 0.1


def test_a_token_has_a_tag_only_if_a_span_covers_all_of_it() -> None:
    text = "Ada de' Rossi"
    assert tags(text, (Span(0, 7, "PER"), Span(8, 11, "PER"))) == ["PER", "PER", ""]


def test_of_two_spans_the_first_gives_the_tag() -> None:
    assert tags("Roma", (Span(0, 4, "LOC"), Span(0, 4, "ORG"))) == ["LOC"]


def test_an_unparsed_answer_tags_nothing() -> None:
    rows = [Example("1", "abcd", spans(["PER"]))]
    found = align(OUTPUT, rows, [Prediction(None)])
    assert tag_micro_f1.point(found) == 0


def test_the_support_of_a_corpus_counts_its_tokens() -> None:
    support = of_tag("ORG", 2)[3]
    found = scored([["ORG", "ORG", "", "PER"]], [["", "", "", ""]])
    assert of_rows("WN", support).point(found) == 2

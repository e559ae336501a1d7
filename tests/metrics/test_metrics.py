"""Metrics: equal to their library to the last digit, and the draws' formula equal to the point."""

import numpy as np
import pytest
import sklearn.metrics
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from bench.errors import UserError
from bench.metrics import metric, metrics_of
from bench.metrics.aligned import Scored
from bench.outputs import Answer, FreeText, MultiLabel, Regression, SingleLabel, Span, Spans
from tests.support.aligned import LABELS, numbers, scored, sets, single, spans


def words(seed: int, rows: int = 40) -> Scored:
    rng = np.random.default_rng(seed)
    known = ["the", "quick", "brown", "fox", "jumps", "over", "the", "lazy", "dog", "today"]

    def some() -> str:
        return " ".join(rng.choice(known, size=rng.integers(4, 8)))

    gold: list[Answer] = [(some(), some()) for _ in range(rows)]
    return scored(FreeText(), gold, [g[0] if rng.random() < 0.3 else some() for g in gold])  # type: ignore[index]


MADE = {"single": single, "sets": sets, "numbers": numbers, "spans": spans, "words": words}


@pytest.mark.parametrize("kind", MADE)
@pytest.mark.parametrize("seed", [0, 1])
def test_every_metric_of_unweighted_rows_equals_its_point(kind: str, seed: int) -> None:
    rows = MADE[kind](seed)
    one = np.ones((rows.units, 1), np.float32)
    for m in metrics_of(rows.output):
        assert float(m.score(m.statistic(rows)(one))[0]) == pytest.approx(
            m.point(rows), abs=2e-6
        ), m.name


@pytest.mark.parametrize("kind", MADE)
def test_every_metric_of_weighted_rows_equals_its_point_on_repeated_rows(kind: str) -> None:
    rows = MADE[kind](2)
    counts = np.random.default_rng(0).integers(0, 3, rows.units)
    repeated = _repeat(rows, counts)
    for m in metrics_of(rows.output):
        draw = float(m.score(m.statistic(rows)(counts[:, None].astype(np.float32)))[0])
        assert draw == pytest.approx(m.point(repeated), abs=5e-6), m.name


def _repeat(rows: Scored, counts: NDArray[np.int64]) -> Scored:
    at = np.repeat(np.arange(len(counts)), counts)
    return Scored(
        rows.output,
        tuple(f"{i:05d}" for i in range(len(at))),
        tuple(rows.texts[i] for i in at),
        tuple(rows.gold[i] for i in at),
        tuple(rows.value[i] for i in at),
        None if rows.scores is None else rows.scores[at],
        np.arange(len(at)),
    )


def test_scores_of_a_single_label_equal_scikit_learn_to_the_last_digit() -> None:
    rows = single(3)
    gold, value, shares = rows.gold_index, rows.value_index, rows.scores
    found = {m.name: m.point(rows) for m in metrics_of(rows.output)}
    assert found["macro_f1"] == sklearn.metrics.f1_score(gold, value, average="macro")
    assert found["mcc"] == sklearn.metrics.matthews_corrcoef(gold, value)
    assert found["roc_auc"] == sklearn.metrics.roc_auc_score(gold, shares, multi_class="ovr")
    assert found["log_loss"] == sklearn.metrics.log_loss(gold, shares)


@given(st.integers(0, 10_000), st.integers(5, 60))
@settings(max_examples=30, deadline=None)
def test_ranking_with_ties_equals_scikit_learn(seed: int, rows: int) -> None:
    made = single(seed, rows)
    one = np.ones((rows, 1), np.float32)
    for name in ("roc_auc", "pr_auc"):
        m = metric(name)
        draw, point = float(m.score(m.statistic(made)(one))[0]), m.point(made)
        assert draw == pytest.approx(point, abs=1e-6, nan_ok=True)


def test_an_unparsed_answer_is_wrong() -> None:
    rows = scored(SingleLabel("a", "b"), ["a", "b"], ["a", None])
    assert metric("accuracy").point(rows) == 0.5
    assert metric("macro_f1").point(rows) == 0.5


def test_mcc_with_unparsed_answers_equals_scikit_learn() -> None:
    rows = single(4, unparsed=0.2)
    one = np.ones((rows.units, 1), np.float32)
    m = metric("mcc")
    assert float(m.score(m.statistic(rows)(one))[0]) == pytest.approx(m.point(rows), abs=1e-6)


def test_macro_averages_run_over_the_labels_in_gold() -> None:
    rows = scored(SingleLabel("a", "b", "c"), ["a", "a", "b"], ["a", "c", "b"])
    assert metric("macro_f1").point(rows) == pytest.approx((2 / 3 + 1) / 2)


def test_a_constant_prediction_has_no_correlation() -> None:
    rows = scored(Regression(0, 1), [0.1, 0.5, 0.9], [0.4, 0.4, 0.4])
    assert metric("pearson").point(rows) == metric("spearman").point(rows) == 0


def test_an_unparsed_number_is_the_middle_of_the_scale() -> None:
    rows = scored(Regression(0, 10), [5.0, 8.0], [None, 8.0])
    assert metric("mae").point(rows) == 0


def test_entity_f1_equals_seqeval() -> None:
    import seqeval.metrics

    rows = spans(5)
    tags = [[_bio(answer) for answer in side] for side in (rows.gold, rows.value)]
    assert metric("entity_f1").point(rows) == pytest.approx(seqeval.metrics.f1_score(*tags))


def _bio(answer: object) -> list[str]:
    """Tags of the five words; every span is one word."""
    tags = ["O"] * 5
    for span in answer:  # type: ignore[attr-defined]
        tags[span.start // 6] = f"B-{span.label}"
    return tags


def test_token_f1_counts_words_that_entity_f1_does_not() -> None:
    text = ["New York City is large"]
    gold: list[Answer] = [(Span(0, 13, "a"),)]
    rows = scored(Spans("a"), gold, [(Span(0, 8, "a"),)], texts=text)
    assert metric("entity_f1").point(rows) == 0
    assert metric("token_f1").point(rows) == pytest.approx(0.8)


def test_bleu_equals_sacrebleu() -> None:
    import sacrebleu

    rows = words(6)
    references = [[g[k] for g in rows.gold] for k in range(2)]  # type: ignore[index]
    expected = sacrebleu.corpus_bleu([*rows.value], references).score / 100
    assert metric("bleu").point(rows) == pytest.approx(expected)


def test_the_best_reference_counts() -> None:
    rows = scored(FreeText(), [("a cat", "the dog")], ["The dog!"])
    assert metric("exact_match").point(rows) == metric("rouge_l").point(rows) == 1


def test_an_unknown_metric_is_answered_with_its_neighbour() -> None:
    with pytest.raises(UserError, match="did you mean 'macro_f1'"):
        metric("macrof1")


def test_spearman_draws_do_not_depend_on_the_size_of_the_blocks(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    rows, m = numbers(1, 50), metric("spearman")
    weights = np.random.default_rng(0).integers(0, 3, (50, 20)).astype(np.float32)
    whole = m.score(m.statistic(rows)(weights))
    monkeypatch.setattr("bench.metrics.regression.BLOCK", 50 * 3)
    np.testing.assert_array_equal(m.score(m.statistic(rows)(weights)), whole)


def test_a_draw_without_one_class_averages_the_areas_of_the_others() -> None:
    shares = np.array([[0.6, 0.3, 0.1], [0.5, 0.1, 0.4], [0.2, 0.7, 0.1], [0.3, 0.3, 0.4]])
    rows = scored(SingleLabel("a", "b", "c"), ["a", "a", "b", "c"], ["a", "a", "b", "c"], shares)
    weights = np.array([[1], [2], [1], [0]], np.float32)  # no "c"
    kept = _repeat(rows, weights[:, 0].astype(np.int64))
    for name in ("roc_auc", "pr_auc"):
        m = metric(name)
        draw = float(m.score(m.statistic(rows)(weights))[0])
        assert draw == pytest.approx(m.point(kept), abs=1e-6), name


def test_areas_of_rows_of_one_class_are_undefined() -> None:
    rows = scored(SingleLabel("a", "b"), ["a", "a"], ["a", "a"], np.array([[0.9, 0.1]] * 2))
    m = metric("roc_auc")
    assert np.isnan(m.point(rows))
    assert np.isnan(m.score(m.statistic(rows)(np.ones((2, 3), np.float32)))).all()


def test_calibration_error_is_confidence_less_rightness_in_each_of_fifteen_bins() -> None:
    """Two rows at .95, one right: .9 apart in sum; one at .68, right: .32 apart."""
    shares = np.array([[0.95, 0.05], [0.95, 0.05], [0.68, 0.32]])
    rows = scored(SingleLabel("a", "b"), ["a", "b", "a"], ["a"] * 3, shares)
    assert metric("ece").point(rows) == pytest.approx((0.9 + 0.32) / 3)


def test_brier_of_two_labels_runs_from_0_to_1_as_in_scikit_learn() -> None:
    shares = np.array([[0.9, 0.1], [0.3, 0.7], [1.0, 0.0]])
    rows = scored(SingleLabel("a", "b"), ["a", "b", "b"], ["a", "b", "a"], shares)
    m, one = metric("brier"), np.ones((3, 1), np.float32)
    assert m.point(rows) == sklearn.metrics.brier_score_loss([0, 1, 1], shares[:, 1])
    assert float(m.score(m.statistic(rows)(one))[0]) == pytest.approx(m.point(rows), abs=1e-6)


def test_scores_of_sets_equal_scikit_learn_to_the_last_digit() -> None:
    rows = sets(3)
    gold = np.array([[label in g for label in LABELS] for g in rows.gold])  # type: ignore[operator]
    value = np.array([[label in v for label in LABELS] for v in rows.value])  # type: ignore[operator]
    found = {m.name: m.point(rows) for m in metrics_of(rows.output)}
    assert found["macro_f1"] == sklearn.metrics.f1_score(gold, value, average="macro")
    assert found["micro_f1"] == sklearn.metrics.f1_score(gold, value, average="micro")
    assert found["subset_accuracy"] == sklearn.metrics.accuracy_score(gold, value)
    assert found["roc_auc"] == sklearn.metrics.roc_auc_score(gold, rows.scores)
    assert found["pr_auc"] == sklearn.metrics.average_precision_score(gold, rows.scores)


def test_an_unparsed_set_is_wrong_even_where_gold_is_empty() -> None:
    rows = scored(MultiLabel("a", "b"), [frozenset(), frozenset("a")], [None, frozenset("a")])
    found = {m.name: m.point(rows) for m in metrics_of(rows.output) if not m.needs_scores}
    assert found["subset_accuracy"] == found["label_accuracy"] == 0.5

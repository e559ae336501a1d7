"""The figures of one result: per class, confusion, rightness, leaks."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from bench.errors import BenchError
from bench.metrics import accuracy, roc_auc
from bench.metrics.aligned import Scored
from bench.outputs import Output, Regression, SingleLabel
from bench.scoring.bootstrap import wilson
from bench.scoring.evaluate import Evaluation, evaluate
from bench.task import Prompt, Task
from tests.support.aligned import numbers, scored, sets, single, spans


def judged(rows: Scored, leaked: set[str] | None = None) -> Evaluation:
    return evaluate(_task(rows.output), rows, leaked or set())


def _task(output: Output) -> Task:
    words: dict[str, Any] = {"licence": "made up", "citation": "made up", "source": "made up"}
    metrics = (accuracy,) if isinstance(output, SingleLabel) else ()
    prompt = Prompt(instruction="made up")
    return Task(
        name="t", output=output, load=lambda files: {}, prompt=prompt, metrics=metrics, **words
    )


def test_a_confusion_matrix_counts_unparsed_answers_in_a_column_of_their_own() -> None:
    found = judged(scored(SingleLabel("a", "b"), ["a", "a", "b"], ["a", None, "a"])).confusion
    assert found is not None and found.columns == ("a", "b", "unparsed")
    assert set(found.cells) == {(0, 0, 1), (0, 2, 1), (1, 0, 1)}


def test_per_class_scores_equal_scikit_learn() -> None:
    from sklearn.metrics import precision_recall_fscore_support

    rows = single(0)
    expected = precision_recall_fscore_support(rows.gold_index, rows.value_index)
    found = judged(rows).per_class
    table = np.array([[s.precision, s.recall, s.f1, s.support] for s in found.values()]).T
    np.testing.assert_allclose(table, expected)


def test_leaked_rows_are_left_out_of_the_second_scores() -> None:
    rows = scored(SingleLabel("a", "b"), ["a", "b", "b"], ["b", "b", "b"])
    assert judged(rows, {"00000"}).scores_without_leaks["accuracy"] == 1
    assert judged(rows).scores_without_leaks == {}


def test_rightness_is_a_bit_a_row() -> None:
    rows = scored(SingleLabel("a", "b"), ["a", "b", "b"], ["a", "a", "b"])
    assert judged(rows).right == "a0"  # 101 and five bits of padding


def test_an_interval_of_a_small_perfect_score_is_not_empty() -> None:
    low, high = judged(scored(SingleLabel("a", "b"), ["a", "b"] * 10, ["a", "b"] * 10)).intervals[
        "accuracy"
    ]
    assert low < 0.9 and high == 1


def test_metrics_that_need_scores_are_left_out_without_them() -> None:
    assert "roc_auc" not in judged(scored(SingleLabel("a", "b"), ["a", "b"], ["a", "b"])).scores


def test_every_output_is_evaluated_with_an_interval_for_each_score() -> None:
    for rows in (single(0), sets(0), numbers(0), spans(0)):
        found = judged(rows)
        assert set(found.intervals) == set(found.scores)
        assert all(np.isfinite(list(found.scores.values())))


def test_the_kept_draws_are_those_of_the_main_metric() -> None:
    found = judged(single(0))
    assert found.replicates.dtype == np.float32
    np.testing.assert_allclose(found.replicates.mean(), found.scores["accuracy"], atol=0.01)


def test_a_main_metric_that_needs_scores_is_refused_without_them() -> None:
    rows = scored(SingleLabel("a", "b"), ["a", "b"], ["a", "b"])
    task = replace(_task(rows.output), metrics=(roc_auc,))
    with pytest.raises(BenchError, match="main metric roc_auc needs a score for each label"):
        evaluate(task, rows, set())


def test_a_predicted_number_that_is_not_finite_is_refused_by_its_row() -> None:
    rows = scored(Regression(0, 1), [0.1, 0.5, 0.9], [0.2, float("nan"), 0.7])
    with pytest.raises(BenchError, match="example '00001': predicted nan"):
        judged(rows)


def test_a_score_that_is_not_finite_is_refused_by_its_row() -> None:
    shares = np.array([[0.5, 0.5], [np.inf, 0.0]])
    with pytest.raises(BenchError, match="example '00001': scores"):
        judged(scored(SingleLabel("a", "b"), ["a", "b"], ["a", "b"], shares))


def test_rows_of_one_class_are_evaluated_without_a_warning() -> None:
    shares = np.array([[0.9, 0.1], [0.8, 0.2], [0.4, 0.6]])
    found = judged(scored(SingleLabel("a", "b"), ["a"] * 3, ["a", "a", "b"], shares))
    assert np.isnan(found.scores["roc_auc"]) and np.isnan(found.intervals["roc_auc"]).all()
    assert found.scores["mcc"] == 0 and found.scores["macro_f1"] == pytest.approx(0.8)


def test_an_interval_of_grouped_rows_is_not_wilsons() -> None:
    rows = single(0, 60)
    grouped = replace(rows, unit=np.arange(60) // 3)
    plain, other = (judged(r).intervals["accuracy"] for r in (rows, grouped))
    wide = wilson(judged(rows).scores["accuracy"], 60)
    assert plain == (wide.low, wide.high) and other != plain

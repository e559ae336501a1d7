"""Evaluation of one result: scores, intervals, per-class scores, confusion, bootstrap draws."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bench.errors import BenchError
from bench.example import Example
from bench.metrics.aligned import Scored, align
from bench.metrics.base import Floats, Metric, Weigh, ratio
from bench.metrics.multi_label import matrices
from bench.metrics.spans import entity_counts, parts, totals
from bench.outputs import Fields, FreeText, MultiLabel, Regression, SingleLabel, Spans
from bench.prediction import Prediction
from bench.records import ClassScore, Confusion, IntervalFacts
from bench.scoring.bootstrap import blocks
from bench.scoring.intervals import facts_of, interval_of
from bench.task import Task


@dataclass(frozen=True)
class Evaluation:
    """The evaluation of one result on one task; the fields are those of
    `bench.records.TaskScores`."""

    scores: Mapping[str, float]
    intervals: Mapping[str, tuple[float, float]]
    scores_without_leaks: Mapping[str, float]
    per_class: Mapping[str, ClassScore]
    confusion: Confusion | None
    right: str
    replicates: NDArray[np.float32]
    interval: IntervalFacts


def evaluate(task: Task, scored: Scored, leaked: set[str]) -> Evaluation:
    """Evaluate predictions on a test split.

    Args:
        task: the task with its metrics, the first of which is the main one.
        scored: gold and predictions.
        leaked: ids of test examples whose text also occurs in the training data.

    Raises:
        BenchError: the main metric needs label scores and the baseline gives none, or a predicted
            number or a score is not finite.
    """
    _refuse_what_has_no_score(task.all_metrics[0], scored)
    metrics = [m for m in task.all_metrics if scored.scores is not None or not m.needs_scores]
    draws = replicates(metrics, scored)
    points = {m.name: m.point(scored) for m in metrics}
    facts = {m.name: facts_of(m, scored) for m in metrics}
    return Evaluation(
        scores=points,
        intervals={name: _interval(points[name], draws[name], facts[name]) for name in points},
        scores_without_leaks=_without(metrics, scored, leaked) if leaked else {},
        per_class=per_class(scored),
        confusion=confusion(scored),
        right=_right(scored),
        replicates=draws[metrics[0].name].astype(np.float32),
        interval=facts[metrics[0].name],
    )


def _without(metrics: list[Metric], scored: Scored, leaked: set[str]) -> dict[str, float]:
    """Return the scores on the examples that are not leaks, computed like a bootstrap draw, which
    takes half as long as the library functions."""
    clean = np.array([id_ not in leaked for id_ in scored.ids])
    if not clean.any():
        return {}
    clean_part = scored.keep(clean)
    once = np.ones((clean_part.units, 1), np.float32)
    sums = {m.statistic: m.statistic(clean_part)(once) for m in metrics}
    return {m.name: float(m.score(sums[m.statistic])[0]) for m in metrics}


def _refuse_what_has_no_score(main: Metric, scored: Scored) -> None:
    if main.needs_scores and scored.scores is None:
        raise BenchError(
            f"main metric {main.name} needs a score for each label, which some predictions lack: "
            "have the baseline return scores, or choose another main metric"
        )
    refuse_what_is_not_finite(scored)


def refuse_what_is_not_finite(scored: Scored) -> None:
    """Refuse numbers that are not finite.

    Raises:
        BenchError: a predicted number or a score is not finite.
    """
    for id_, value in zip(scored.ids, scored.value, strict=True):
        if isinstance(value, float) and not math.isfinite(value):
            raise BenchError(f"example {id_!r}: predicted {value}; give a finite number, or None")
    if scored.scores is not None and not np.isfinite(scored.scores).all():
        row = int(np.argmin(np.isfinite(scored.scores).all(axis=1)))
        values = scored.scores[row].tolist()
        raise BenchError(
            f"example {scored.ids[row]!r}: scores {values}; give finite numbers, or None"
        )


def replicates(metrics: list[Metric], scored: Scored) -> dict[str, Floats]:
    """Return metric name -> (draws,) bootstrap scores; statistics that metrics share are summed
    once."""
    statistics: dict[Callable[[Scored], Weigh], Weigh] = {
        m.statistic: m.statistic(scored) for m in metrics
    }
    draws_of: dict[str, list[Floats]] = {m.name: [] for m in metrics}
    for weights in blocks(scored.ids, scored.units):
        sums = {statistic: weigh(weights) for statistic, weigh in statistics.items()}
        for m in metrics:
            draws_of[m.name].append(m.score(sums[m.statistic]))
    return {name: np.concatenate(draws) for name, draws in draws_of.items()}


def _interval(point: float, draws: Floats, facts: IntervalFacts) -> tuple[float, float]:
    bounds = interval_of(point, draws, facts)
    return bounds.low, bounds.high


def per_class(scored: Scored) -> dict[str, ClassScore]:
    """Return label -> precision, recall, F1 and support; empty if there are no labels."""
    counts = _class_counts(scored)
    if counts is None:
        return {}
    right, gold, value = counts
    precision, recall = ratio(right, value), ratio(right, gold)
    f1 = ratio(2 * right, gold + value)
    return {
        label: ClassScore(
            precision=precision[k],
            recall=recall[k],
            f1=f1[k],
            support=int(gold[k]),
            predicted=int(value[k]),
        )
        for k, label in enumerate(scored.output.labels)
    }


def _class_counts(scored: Scored) -> tuple[Floats, Floats, Floats] | None:
    """Return the numbers of right, gold and predicted examples (or entities) of each label."""
    output = scored.output
    if isinstance(output, SingleLabel):
        gold, value, labels = scored.gold_index, scored.value_index, len(output.labels)
        counts = [gold[gold == value], gold, value[value < labels]]
        right, of_gold, of_value = (np.bincount(c, minlength=labels) * 1.0 for c in counts)
        return right, of_gold, of_value
    if isinstance(output, MultiLabel):
        gold_matrix, value_matrix = matrices(scored)
        return (
            (gold_matrix & value_matrix).sum(axis=0) * 1.0,
            gold_matrix.sum(axis=0) * 1.0,
            value_matrix.sum(axis=0) * 1.0,
        )
    if isinstance(output, Spans):
        right, of_gold, of_value = parts(totals(entity_counts, scored))[:, :, 0]
        return right, of_gold, of_value
    return None


def confusion(scored: Scored) -> Confusion | None:
    """Return the confusion matrix; None unless the output is a single label."""
    if not isinstance(scored.output, SingleLabel):
        return None
    labels = scored.output.labels
    width = len(labels) + 1
    cells, counts = np.unique(scored.gold_index * width + scored.value_index, return_counts=True)
    return Confusion(
        rows=labels,
        columns=(*labels, "unparsed") if (cells % width == width - 1).any() else labels,
        cells=tuple(
            (int(cell // width), int(cell % width), int(count))
            for cell, count in zip(cells, counts, strict=True)
        ),
    )


def _right(scored: Scored) -> str:
    output = scored.output
    parts = output.parts.values() if isinstance(output, Fields) else [output]
    if any(isinstance(part, Regression | FreeText) for part in parts):
        return ""
    same = [gold == value for gold, value in zip(scored.gold, scored.value, strict=True)]
    return bytes(np.packbits(np.array(same, bool))).hex()


def train_scores(
    task: Task, parts: Sequence[tuple[Sequence[Example], Sequence[Prediction]]]
) -> dict[str, float]:
    """Return the scores on training examples, without intervals; for several fits, the means of the
    metrics that all of them have.

    Raises:
        BenchError: as `bench.metrics.aligned.align`.
    """
    tables = [_points(task, align(task.output, rows, answers)) for rows, answers in parts]
    names = [n for n in (tables[0] if tables else ()) if all(n in table for table in tables)]
    return {name: float(np.mean([table[name] for table in tables])) for name in names}


def _points(task: Task, scored: Scored) -> dict[str, float]:
    metrics = [m for m in task.all_metrics if scored.scores is not None or not m.needs_scores]
    return {m.name: m.point(scored) for m in metrics}

"""Metrics of single-label classification, from the counts of right, gold and predicted examples of
each label.

Macro averages run over the labels that occur in the gold of the given examples, so that every
baseline is averaged over the same labels. An unparsed answer is wrong.
"""

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bench.metrics.aligned import Scored
from bench.metrics.base import Floats, Metric, Weigh, counted, macro_averaged, ratio


def class_counts(scored: Scored) -> Weigh:
    """Statistics: right, gold and predicted examples of each label, then all examples."""
    labels, rows = len(scored.output.labels), np.arange(len(scored.gold))
    gold, value = scored.gold_index, scored.value_index
    right, parsed = rows[gold == value], rows[value < labels]
    return counted(
        scored,
        [right, rows, parsed, rows],
        [gold[right], gold + labels, value[parsed] + 2 * labels, np.full(len(rows), 3 * labels)],
    )


class _Sums:
    def __init__(self, sums: Floats) -> None:
        labels = (len(sums) - 1) // 3
        self.right: Floats
        self.gold: Floats
        self.predicted: Floats
        self.right, self.gold, self.predicted = sums[:-1].reshape(3, labels, -1)
        self.rows = sums[-1]

    def over_gold(self, values: Floats) -> Floats:
        present = self.gold > 0
        return np.asarray((values * present).sum(axis=0) / present.sum(axis=0))

    @property
    def f1(self) -> Floats:
        return ratio(2 * self.right, self.gold + self.predicted)


def _accuracy(sums: Floats) -> Floats:
    s = _Sums(sums)
    return np.asarray(s.right.sum(axis=0) / s.rows)


def _macro_f1(sums: Floats) -> Floats:
    s = _Sums(sums)
    return s.over_gold(s.f1)


def _weighted_f1(sums: Floats) -> Floats:
    s = _Sums(sums)
    return np.asarray((s.f1 * s.gold).sum(axis=0) / s.rows)


def _micro_f1(sums: Floats) -> Floats:
    s = _Sums(sums)
    return np.asarray(2 * s.right.sum(axis=0) / (s.gold.sum(axis=0) + s.predicted.sum(axis=0)))


def _macro_precision(sums: Floats) -> Floats:
    s = _Sums(sums)
    return s.over_gold(ratio(s.right, s.predicted))


def _macro_recall(sums: Floats) -> Floats:
    s = _Sums(sums)
    return s.over_gold(ratio(s.right, s.gold))


def _mcc(sums: Floats) -> Floats:
    """Return the Matthews correlation for several classes (Gorodkin, 2004); unparsed is a class of
    its own, as in scikit-learn."""
    s = _Sums(sums.astype(np.float64))
    unparsed = s.rows - s.predicted.sum(axis=0)
    covariance = s.right.sum(axis=0) * s.rows - (s.gold * s.predicted).sum(axis=0)
    predicted = s.rows**2 - (s.predicted**2).sum(axis=0) - unparsed**2
    gold = s.rows**2 - (s.gold**2).sum(axis=0)
    return ratio(covariance, np.sqrt(predicted * gold))


def _sklearn(name: str, **options: Any) -> Callable[[Scored], float]:
    return partial(_call, name, options)


def _call(name: str, options: dict[str, Any], scored: Scored) -> float:
    import sklearn.metrics

    return float(getattr(sklearn.metrics, name)(scored.gold_index, scored.value_index, **options))


def _averaged(name: str, average: str) -> Callable[[Scored], float]:
    def point(scored: Scored) -> float:
        import sklearn.metrics

        every = np.arange(len(scored.output.labels))
        labels = every if average == "micro" else np.unique(scored.gold_index)
        function = getattr(sklearn.metrics, name)
        gold, value = scored.gold_index, scored.value_index
        return float(function(gold, value, labels=labels, average=average, zero_division=0))

    return point


def _gold_masks(scored: Scored) -> list[NDArray[np.bool_]]:
    return [scored.gold_index == k for k in np.unique(scored.gold_index)]


def _label_metric(
    name: str, point: Callable[[Scored], float], score: Callable[[Floats], Floats], **more: Any
) -> Metric:
    return Metric(name, point, class_counts, score, **more)


accuracy = _label_metric("accuracy", _sklearn("accuracy_score"), _accuracy, proportion=True)
_of_labels = macro_averaged(_gold_masks)
macro_f1 = _label_metric("macro_f1", _averaged("f1_score", "macro"), _macro_f1, interval=_of_labels)
micro_f1 = _label_metric("micro_f1", _averaged("f1_score", "micro"), _micro_f1)
weighted_f1 = _label_metric("weighted_f1", _averaged("f1_score", "weighted"), _weighted_f1)
macro_precision = _label_metric(
    "macro_precision",
    _averaged("precision_score", "macro"),
    _macro_precision,
    interval=_of_labels,
)
macro_recall = _label_metric(
    "macro_recall", _averaged("recall_score", "macro"), _macro_recall, interval=_of_labels
)


def _mcc_point(scored: Scored) -> float:
    """Return scikit-learn's value; if only one label occurs, 0 without its warning."""
    if len({*scored.gold_index.tolist(), *scored.value_index.tolist()}) < 2:
        return 0.0
    return _call("matthews_corrcoef", {}, scored)


mcc = _label_metric("mcc", _mcc_point, _mcc)

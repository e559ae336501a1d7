"""Metrics of multi-label classification. An unparsed answer counts as an empty set, and as wrong
even where the empty set would be right."""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bench.errors import BenchError
from bench.metrics.aligned import Scored
from bench.metrics.base import Floats, Metric, Weigh, counted, macro_averaged, ratio, summed
from bench.outputs import Answer

HAIR = 1e-6
"""Tolerance for rounding of a probability."""


def _matrix(scored: Scored, answers: tuple[Answer | None, ...]) -> NDArray[np.bool_]:
    """Return (examples, labels) indicators of the labels in each answer."""
    labels = scored.output.labels
    table = np.zeros((len(answers), len(labels)), np.bool_)
    for row, answer in enumerate(answers):
        if isinstance(answer, frozenset):
            table[row] = [label in answer for label in labels]
    return table


def matrices(scored: Scored) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Return the (examples, labels) indicators of gold and predicted labels."""
    return _matrix(scored, scored.gold), _matrix(scored, scored.value)


def _set_counts(scored: Scored) -> Weigh:
    """Statistics: right, gold and predicted examples of each label, then all examples."""
    gold, value = matrices(scored)
    labels = gold.shape[1]
    parts = [np.nonzero(table) for table in (gold & value, gold, value)]
    rows = [p[0] for p in parts] + [np.arange(len(gold))]
    codes = [p[1] + i * labels for i, p in enumerate(parts)] + [np.full(len(gold), 3 * labels)]
    return counted(scored, rows, codes)


def _split(sums: Floats) -> Any:
    labels = (len(sums) - 1) // 3
    return sums[:-1].reshape(3, labels, -1)


def _macro_f1(sums: Floats) -> Floats:
    right, gold, value = _split(sums)
    present = gold > 0
    return ratio((ratio(2 * right, gold + value) * present).sum(axis=0), present.sum(axis=0))


def _micro_f1(sums: Floats) -> Floats:
    right, gold, value = _split(sums)
    return ratio(2 * right.sum(axis=0), gold.sum(axis=0) + value.sum(axis=0))


def _row_shares(scored: Scored) -> Weigh:
    return summed(scored, _row_columns(scored))


def _row_columns(scored: Scored) -> NDArray[np.float64]:
    """Return (examples, 3): all labels right, proportion of labels right, 1."""
    gold, value = matrices(scored)
    same = (gold == value) & np.array([v is not None for v in scored.value])[:, None]
    return np.stack([same.all(axis=1), same.mean(axis=1), np.ones(len(same))], axis=1).astype(float)


def _f1(average: str) -> Callable[[Scored], float]:
    def point(scored: Scored) -> float:
        from sklearn.metrics import f1_score

        gold, value = matrices(scored)
        labels = np.flatnonzero(gold.any(axis=0)) if average == "macro" else None
        if not gold.any() and not value.any():
            return 0.0
        return float(f1_score(gold, value, labels=labels, average=average, zero_division=0))

    return point


def _mean_column(column: int) -> Callable[[Scored], float]:
    return lambda scored: float(_row_columns(scored)[:, column].mean())


def _squares(scored: Scored) -> Weigh:
    return summed(scored, _square_columns(scored))


def _square_columns(scored: Scored) -> NDArray[np.float64]:
    _refuse_logits(scored)
    assert scored.scores is not None
    gold = matrices(scored)[0]
    errors = ((scored.scores - gold) ** 2).mean(axis=1)
    return np.stack([errors, np.ones(len(errors))], axis=1)


def _refuse_logits(scored: Scored) -> None:
    """Refuse scores that are no probabilities.

    Raises:
        BenchError: a score is outside 0 to 1.
    """
    assert scored.scores is not None
    odd = ((scored.scores < -HAIR) | (scored.scores > 1 + HAIR)).any(axis=1)
    if odd.any():
        row = int(odd.argmax())
        values = scored.scores[row].tolist()
        raise BenchError(
            f"example {scored.ids[row]!r}: scores {values}; give probabilities from 0 to 1, or None"
        )


def _gold_masks(scored: Scored) -> list[NDArray[np.bool_]]:
    return list(_matrix(scored, scored.gold).T)


set_macro_f1 = Metric(
    "macro_f1", _f1("macro"), _set_counts, _macro_f1, interval=macro_averaged(_gold_masks)
)
set_micro_f1 = Metric("micro_f1", _f1("micro"), _set_counts, _micro_f1)
subset_accuracy = Metric(
    "subset_accuracy",
    _mean_column(0),
    _row_shares,
    lambda s: ratio(s[0], s[2]),
    proportion=True,
)
label_accuracy = Metric("label_accuracy", _mean_column(1), _row_shares, lambda s: ratio(s[1], s[2]))
set_brier = Metric(
    "brier",
    lambda scored: float(_square_columns(scored)[:, 0].mean()),
    _squares,
    lambda s: ratio(s[0], s[1]),
    greater_is_better=False,
    perfect=None,
    needs_scores=True,
    margin=0.02,
)

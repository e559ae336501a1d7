"""Whether submitted numbers can be what they claim to be: ranges, and scores beside predictions."""

from collections.abc import Collection, Sequence

import numpy as np

from bench.errors import DataError
from bench.outputs import Fields, MultiLabel, Pair, Regression, SingleLabel, Span
from bench.outputs.base import Answer, Output
from bench.prediction import Prediction

HAIR = 1e-6
"""Tolerance for rounding."""
LARGEST = 1e15
"""Scores above it are no probabilities or counts; their squares would overflow."""


def refuse_odd(output: Output, prediction: Prediction) -> None:
    """Refuse a prediction or a score that is far outside its range.

    Raises:
        DataError: names the value and the range.
    """
    _refuse_number(output, prediction.value)
    for label, score in zip(output.labels, prediction.scores or (), strict=False):
        _refuse_score(output, label, score)


def _refuse_number(output: Output, value: Answer | None) -> None:
    for part, number in _numbers(output, value):
        width = part.high - part.low
        if not part.low - width <= number <= part.high + width:
            raise DataError(
                f"prediction {number:g} is far outside {part.low:g} to {part.high:g}; "
                "give it on the task's own scale"
            )


def _numbers(output: Output, value: Answer | None) -> list[tuple[Regression, float]]:
    if isinstance(output, Regression) and isinstance(value, int | float):
        return [(output, value)]
    if isinstance(output, Fields) and isinstance(value, tuple):
        parts = zip(output.parts.values(), value, strict=True)
        return [pair for part, its in parts for pair in _numbers(part, its)]
    return []


def _refuse_score(output: Output, label: str, score: float) -> None:
    alone = isinstance(output, SingleLabel)
    if not -HAIR <= score <= (LARGEST if alone else 1 + HAIR):
        of_logits = "softmax" if alone else "logistic function"
        raise DataError(
            f"score:{label} {score:g} is not a probability: give 0 to 1 (of logits, their "
            f"{of_logits})"
        )


def remarks(output: Output, predictions: Collection[Prediction]) -> list[str]:
    """Return what is odd about predictions that are scored all the same, a sentence each."""
    scored = [p for p in predictions if p.scores is not None and p.value is not None]
    found = [_outside(output, predictions), _sums(output, scored), _other_label(output, scored)]
    found += [_lower(output, scored), _left_out(output, scored)]
    return [sentence for sentence in found if sentence]


def _outside(output: Output, predictions: Collection[Prediction]) -> str:
    numbers = [pair for p in predictions for pair in _numbers(output, p.value)]
    outside = [n for part, n in numbers if not part.low <= n <= part.high]
    if not outside:
        return ""
    return (
        f"{len(outside):,} of {len(numbers):,} predicted numbers lie outside the scale "
        f"({min(outside):g} to {max(outside):g})"
    )


def _sums(output: Output, scored: Sequence[Prediction]) -> str:
    if not isinstance(output, SingleLabel):
        return ""
    # As much as rounding to two decimals can make up.
    most = max(1e-3, 0.005 * len(output.labels))
    count = sum(abs(sum(p.scores or ()) - 1) > most for p in scored)
    return (
        f"the scores of {count:,} of {len(scored):,} examples do not add up to 1: their shares of "
        "the sum are used where a metric needs probabilities"
        if count
        else ""
    )


def _other_label(output: Output, scored: Sequence[Prediction]) -> str:
    """Return a sentence on predicted labels that are not those of the highest score."""
    count = sum(any(own < best - HAIR for own, best in _choices(output, p)) for p in scored)
    if not count:
        return ""
    return (
        f"in {count:,} of {len(scored):,} examples the highest score is that of another label than "
        "the predicted one: are the columns of scores right?"
    )


def _choices(output: Output, prediction: Prediction) -> list[tuple[float, float]]:
    """Return the score of each label chosen of several, and the highest of these."""
    scores = dict(zip(output.labels, prediction.scores or (), strict=True))
    if isinstance(output, SingleLabel):
        return [(scores[str(prediction.value)], max(scores.values()))]
    if not isinstance(output, Fields) or not isinstance(prediction.value, tuple):
        return []
    pairs = []
    for (name, part), value in zip(output.parts.items(), prediction.value, strict=True):
        if isinstance(part, SingleLabel):
            of_part = [scores[f"{name}={label}"] for label in part.labels]
            pairs.append((scores[f"{name}={value}"], max(of_part)))
    return pairs


def _lower(output: Output, scored: Sequence[Prediction]) -> str:
    """Return a sentence on labels whose scores are lower where the label is predicted."""
    if isinstance(output, SingleLabel | Fields) or not scored:
        return ""
    table = np.array([p.scores for p in scored], dtype=float)
    names = [_labels_of(p.value) for p in scored]
    odd = []
    for column, label in zip(table.T, output.labels, strict=True):
        there = np.array([label in row for row in names])
        if 0 < there.sum() < len(there) and column[there].mean() < column[~there].mean() - HAIR:
            odd.append(label)
    if not odd:
        return ""
    return f"scores are lower where the label is predicted than elsewhere: {', '.join(odd)}"


def _left_out(output: Output, scored: Sequence[Prediction]) -> str:
    """Return a sentence on labels left out although they score higher than predicted ones, unless
    these are few, as thresholds of their own can make them."""
    if not isinstance(output, MultiLabel) or not scored:
        return ""
    table = np.array([p.scores for p in scored], dtype=float)
    there = np.array([[label in _labels_of(p.value) for label in output.labels] for p in scored])
    lowest = np.where(there, table, np.inf).min(axis=1)
    count = int((np.where(there, -np.inf, table).max(axis=1) > lowest + HAIR).sum())
    if 2 * count <= len(scored):
        return ""
    return (
        f"in {count:,} of {len(scored):,} examples a label that is not predicted scores higher "
        "than one that is: are the columns of scores right?"
    )


def _labels_of(value: Answer | None) -> set[str]:
    if isinstance(value, frozenset):
        return set(value)
    found: set[str] = set()
    for item in value if isinstance(value, tuple) else ():
        parts = item if isinstance(item, Pair) else (item,)
        found |= {part.label for part in parts if isinstance(part, Span)}
    return found

"""Metrics of token tags, as in NERMuD: spans read as one tag per token, without B- and I-.

A token is a piece of text between white space. Its tag is the label of the first span, in order of
start, that covers all of it. Averages run over all labels of the output, as in the organisers'
script (scikit-learn's `classification_report` with the labels given and `zero_division=0`): a label
without any token counts zero. An unparsed answer has no spans.
"""

import re
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bench.metrics.aligned import Scored
from bench.metrics.base import Floats, Metric, Weigh, macro_averaged, ratio, summed
from bench.metrics.spans import gold_masks, parts, totals
from bench.outputs import Span

TOKEN = re.compile(r"\S+")


def tags(text: str, answer: object) -> list[str]:
    """Return the label of each token of a text, "" if no span covers it."""
    spans: Sequence[Span] = answer if isinstance(answer, tuple) else ()
    if not spans:
        return [""] * len(text.split())
    return [_tag(*match.span(), spans) for match in TOKEN.finditer(text)]


def _tag(start: int, end: int, spans: Sequence[Span]) -> str:
    return next((s.label for s in spans if s.start <= start and end <= s.end), "")


def _counts(scored: Scored) -> NDArray[np.float64]:
    """Return (examples, 3 * labels + 1): right, gold and predicted tokens of each label, and 1."""
    labels = scored.output.labels
    table = np.zeros((len(scored.ids), 3, len(labels)))
    for row, text in enumerate(scored.texts):
        if not scored.gold[row] and not scored.value[row]:
            continue
        gold, value = tags(text, scored.gold[row]), tags(text, scored.value[row])
        right = [g for g, v in zip(gold, value, strict=True) if g == v]
        for part, part_tags in enumerate((right, gold, value)):
            table[row, part] = [part_tags.count(label) for label in labels]
    flat = table.reshape(len(table), 3 * len(labels))  # -1 would fail on an empty table
    return np.hstack([flat, np.ones((len(table), 1))])


def tag_counts(scored: Scored) -> Weigh:
    """Statistics: right, gold and predicted tokens of each label, then all examples."""
    return summed(scored, _counts(scored))


def _f1s(sums: Floats) -> Floats:
    right, gold, value = parts(sums)
    return ratio(2 * right, gold + value)


def _macro(sums: Floats) -> Floats:
    return np.asarray(_f1s(sums).mean(axis=0))


def _micro(sums: Floats) -> Floats:
    right, gold, value = parts(sums).sum(axis=1)
    return ratio(2 * right, gold + value)


def _weighted(sums: Floats) -> Floats:
    _, gold, _ = parts(sums)
    return ratio((_f1s(sums) * gold).sum(axis=0), gold.sum(axis=0))


def _metric(
    name: str, score: Callable[[Floats], Floats], *, bounded: bool = True, **more: Any
) -> Metric:
    return Metric(
        name,
        lambda scored: float(score(totals(tag_counts, scored))[0]),
        tag_counts,
        score,
        perfect=1.0 if bounded else None,
        **more,
    )


tag_macro_f1 = _metric("tag_macro_f1", _macro, interval=macro_averaged(gold_masks))
tag_micro_f1 = _metric("tag_micro_f1", _micro)
tag_weighted_f1 = _metric("tag_weighted_f1", _weighted)


def of_tag(label: str, at: int) -> tuple[Metric, ...]:
    """Return precision, recall and F1 of one label, and its support, the number of gold tokens.

    Args:
        label: the label's name, with which the metrics' names end.
        at: the label's index among those of the output.
    """

    def column(sums: Floats) -> Floats:
        return parts(sums)[:, at]

    def precision(sums: Floats) -> Floats:
        right, _, value = column(sums)
        return ratio(right, value)

    def recall(sums: Floats) -> Floats:
        right, gold, _ = column(sums)
        return ratio(right, gold)

    return (
        _metric(f"tag_precision_{label}", precision),
        _metric(f"tag_recall_{label}", recall),
        _metric(f"tag_f1_{label}", lambda sums: _f1s(sums)[at]),
        _metric(f"tag_support_{label}", lambda sums: column(sums)[1], bounded=False),
    )

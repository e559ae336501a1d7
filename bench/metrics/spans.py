"""Entity- and token-level metrics of labelled spans.

An entity is right if start, end and label agree (the CoNLL convention). A token is a run of word
characters or a single other character, and has the label of the first span that covers it. An
unparsed answer has no spans.
"""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bench.metrics.aligned import Scored
from bench.metrics.base import Floats, Metric, Weigh, counted, macro_averaged, ratio, summed
from bench.outputs import Span
from bench.texts.scripts import token_places


def _spans(answer: object) -> Sequence[Span]:
    return answer if isinstance(answer, tuple) else ()


def _token_labels(text: str, spans: Sequence[Span]) -> list[str]:
    def of(start: int, end: int) -> str:
        return next((s.label for s in spans if s.start < end and start < s.end), "")

    return [of(start, end) for start, end in token_places(text)]


def _entities(scored: Scored, row: int) -> tuple[list[str], list[str], list[str]]:
    """Return the labels of the right, gold and predicted entities of an example."""
    gold, value = _spans(scored.gold[row]), _spans(scored.value[row])
    return (
        [s.label for s in set(gold) & set(value)],
        [s.label for s in gold],
        [s.label for s in value],
    )


def _tokens(scored: Scored, row: int) -> tuple[list[str], list[str], list[str]]:
    """Return the labels of the right, gold and predicted tokens of an example."""
    text = scored.texts[row]
    gold = _token_labels(text, _spans(scored.gold[row]))
    value = _token_labels(text, _spans(scored.value[row]))
    right = [g for g, v in zip(gold, value, strict=True) if g and g == v]
    return right, [g for g in gold if g], [v for v in value if v]


def _counts(units: Callable[[Scored, int], tuple[list[str], ...]]) -> Callable[[Scored], Weigh]:
    """Statistics: right, gold and predicted units of each label, then all examples."""

    def statistic(scored: Scored) -> Weigh:
        labels = {label: k for k, label in enumerate(scored.output.labels)}
        rows, codes = [], []
        for row in range(len(scored.gold)):
            for part, labels_of_part in enumerate(units(scored, row)):
                rows += [row] * len(labels_of_part)
                codes += [labels[label] + part * len(labels) for label in labels_of_part]
        examples = np.arange(len(scored.gold))
        return counted(
            scored,
            [np.array(rows, np.int64), examples],
            [np.array(codes, np.int64), np.full(len(examples), 3 * len(labels))],
        )

    return statistic


def _pairs(scored: Scored, row: int) -> tuple[list[str], list[str], list[str]]:
    """Return a label for each right, gold and predicted pair of an example."""
    gold, value = _spans(scored.gold[row]), _spans(scored.value[row])
    label = scored.output.labels[:1]
    return ([*label] * len({*gold} & {*value}), [*label] * len(gold), [*label] * len(value))


entity_counts, token_counts, pair_counts = map(_counts, (_entities, _tokens, _pairs))


def parts(sums: Floats) -> Floats:
    """Return the sums as (3, labels, draws): right, gold, predicted."""
    labels = (len(sums) - 1) // 3
    return sums[:-1].reshape(3, labels, -1)


def _micro_f1(sums: Floats) -> Floats:
    right, gold, value = parts(sums).sum(axis=1)
    return ratio(2 * right, gold + value)


def _precision(sums: Floats) -> Floats:
    right, _, value = parts(sums).sum(axis=1)
    return ratio(right, value)


def _recall(sums: Floats) -> Floats:
    right, gold, _ = parts(sums).sum(axis=1)
    return ratio(right, gold)


def _macro_f1(sums: Floats) -> Floats:
    right, gold, value = parts(sums)
    present = gold > 0
    return ratio((ratio(2 * right, gold + value) * present).sum(axis=0), present.sum(axis=0))


def totals(statistic: Callable[[Scored], Weigh], scored: Scored) -> Floats:
    """Return the (statistics, 1) sums with every resampling unit counted once."""
    return statistic(scored)(np.ones((scored.units, 1), np.float32)).astype(np.float64)


def _metric(
    name: str,
    statistic: Callable[[Scored], Weigh],
    score: Callable[[Floats], Floats],
    **more: Any,
) -> Metric:
    return Metric(name, lambda s: float(score(totals(statistic, s))[0]), statistic, score, **more)


def gold_masks(scored: Scored) -> list[NDArray[np.bool_]]:
    """Return for each label the mask of the examples that have it in gold."""
    found = [{span.label for span in _spans(gold)} for gold in scored.gold]
    labels = scored.output.labels
    return [np.array([label in given for given in found], bool) for label in labels]


_of_labels = macro_averaged(gold_masks)


entity_f1 = _metric("entity_f1", entity_counts, _micro_f1)
entity_precision = _metric("entity_precision", entity_counts, _precision)
entity_recall = _metric("entity_recall", entity_counts, _recall)
macro_entity_f1 = _metric("macro_entity_f1", entity_counts, _macro_f1, interval=_of_labels)
token_f1 = _metric("token_f1", token_counts, _macro_f1, interval=_of_labels)
"""Token-level F1, macro-averaged over the labels that occur in gold."""
pair_f1 = _metric("pair_f1", pair_counts, _micro_f1)
pair_precision = _metric("pair_precision", pair_counts, _precision)
pair_recall = _metric("pair_recall", pair_counts, _recall)


def _characters(spans: Sequence[Span]) -> set[int]:
    return {place for span in spans for place in range(span.start, span.end)}


def _row_f1(gold: Sequence[Span], value: object) -> float:
    if not isinstance(value, tuple):
        return 0.0
    covered, predicted = _characters(gold), _characters(value)
    return (
        2 * len(covered & predicted) / (len(covered) + len(predicted))
        if covered or predicted
        else 1.0
    )


def _row_f1s(scored: Scored) -> Weigh:
    pairs = zip(scored.gold, scored.value, strict=True)
    shares = np.array([_row_f1(_spans(gold), value) for gold, value in pairs])
    return summed(scored, np.stack([shares, np.ones_like(shares)], axis=1))


character_f1 = _metric("character_f1", _row_f1s, lambda sums: ratio(sums[0], sums[1]))
"""F1 of the characters that spans cover, whatever their labels: a mean over examples, where empty
against empty counts one (as in SemEval-2021 task 5), and an unparsed answer zero."""

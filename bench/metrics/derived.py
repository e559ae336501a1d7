"""Derived metrics: of one part of the answer, of some of the examples, of majority votes in groups,
and the mean of several metrics."""

from collections import Counter
from collections.abc import Callable, Hashable
from dataclasses import replace
from functools import cache

import numpy as np

from bench.metrics.aligned import Scored
from bench.metrics.base import Floats, Metric, Weigh
from bench.outputs import Answer, Fields
from bench.records import IntervalFacts

View = Callable[[Scored], Scored]
"""A transformation of a result that keeps the numbers of its resampling units."""


def _viewed(metric: Metric, name: str, view: View, of: str) -> Metric:
    return replace(
        metric,
        name=name,
        of=of,
        point=lambda scored: _or_nothing(metric.point, view(scored)),
        statistic=_statistic(metric.statistic, view),
        score=_quiet(metric.score),
        interval=lambda scored: _facts(metric, view(scored)),
    )


def _quiet(score: Callable[[Floats], Floats]) -> Callable[[Floats], Floats]:
    """Return the score without warnings: it is NaN for a draw without any of the examples, and for
    the empty sums of `_nothing`."""

    def scored(sums: Floats) -> Floats:
        if not len(sums):
            return np.full(sums.shape[1], np.nan)
        with np.errstate(invalid="ignore", divide="ignore"):
            return score(sums)

    return scored


def _facts(metric: Metric, scored: Scored) -> IntervalFacts:
    return metric.interval(scored) if scored.ids else IntervalFacts()


def _or_nothing(point: Callable[[Scored], float], scored: Scored) -> float:
    return point(scored) if scored.ids else float("nan")


@cache
def _statistic(statistic: Callable[[Scored], Weigh], view: View) -> Callable[[Scored], Weigh]:
    """Return the same function for all metrics that share it, so that its sums are computed
    once."""

    def of_view(scored: Scored) -> Weigh:
        seen = view(scored)
        return statistic(seen) if seen.ids else _nothing

    return of_view


def _nothing(weights: Floats) -> Floats:
    """Return the sums over no examples, which metrics need not be able to compute."""
    return np.empty((0, weights.shape[1]))


def of_part(part: str, metric: Metric, name: str = "") -> Metric:
    """Return a metric of one part of a `Fields` answer.

    Args:
        part: the name of the part.
        metric: a metric of the part's answer space.
        name: the name of the new metric; by default PART_METRIC.
    """
    return _viewed(metric, name or f"{part}_{metric.name}", _part_view(part), part)


@cache
def _part_view(part: str) -> View:
    return lambda scored: part_of(scored, part)


def part_of(scored: Scored, part: str) -> Scored:
    """Return the answers of one part, with the scores of its labels."""
    output = scored.output
    assert isinstance(output, Fields)
    position, output_of_part = list(output.parts).index(part), output.parts[part]
    columns = [k for k, label in enumerate(output.labels) if label.startswith(f"{part}=")]
    scores = None if scored.scores is None or not columns else scored.scores[:, columns]
    return replace(
        scored,
        output=output_of_part,
        gold=tuple(_value_at(gold, position) for gold in scored.gold),  # type: ignore[misc]
        value=tuple(_value_at(value, position) for value in scored.value),
        scores=scores,
    )


def _value_at(answer: Answer | None, position: int) -> Answer | None:
    return answer[position] if isinstance(answer, tuple) else None


def of_rows(corpus: str, metric: Metric, name: str = "") -> Metric:
    """Return a metric of the examples of one corpus, whose ids begin with its name and a slash. It
    is NaN if there are none.

    Args:
        corpus: the name of the corpus.
        metric: any metric.
        name: the name of the new metric; by default METRIC_CORPUS.
    """
    return _viewed(metric, name or f"{metric.name}_{corpus}", _rows_view(corpus), corpus)


@cache
def _rows_view(corpus: str) -> View:
    def view(scored: Scored) -> Scored:
        return scored.only(np.array([id_.startswith(f"{corpus}/") for id_ in scored.ids], bool))

    return view


def of_groups(metric: Metric, name: str = "") -> Metric:
    """Return a metric of the majority vote in each group; ties go to the first answer in the order
    of ids, and unparsed answers do not vote.

    Args:
        metric: a metric of single labels.
        name: the name of the new metric; by default that of `metric`.
    """
    return _viewed(metric, name or metric.name, _voted, metric.of)


def _voted(scored: Scored) -> Scored:
    units, first = np.unique(scored.unit, return_index=True)
    rows: dict[int, list[int]] = {int(unit): [] for unit in units}
    for row, unit in enumerate(scored.unit.tolist()):
        rows[unit].append(row)
    once = scored.only(np.isin(np.arange(len(scored.ids)), first))
    votes = {unit: _most([scored.value[row] for row in members]) for unit, members in rows.items()}
    value = tuple(votes[unit] for unit in once.unit.tolist())
    return replace(once, value=value, scores=None)


def _most(answers: list[Answer | None]) -> Answer | None:
    counts: Counter[Hashable] = Counter(a for a in answers if a is not None)
    best = max(counts.values(), default=0)
    return next((a for a in answers if a is not None and counts[a] == best), None)


def mean_of(name: str, *metrics: Metric) -> Metric:
    """Return the unweighted mean of several metrics; it is NaN if one of them is.

    Args:
        name: the name of the new metric.
        metrics: at least one metric; all have the same scale.
    """

    def statistic(scored: Scored) -> Weigh:
        parts = [(m.score, m.statistic(scored)) for m in metrics]
        return lambda weights: np.stack([_quiet(score)(weigh(weights)) for score, weigh in parts])

    return replace(
        metrics[0],
        name=name,
        of="",
        point=lambda scored: float(np.mean([m.point(scored) for m in metrics])),
        statistic=statistic,
        score=lambda scores: np.asarray(scores.mean(axis=0)),
        needs_scores=any(m.needs_scores for m in metrics),
        proportion=False,
        interval=lambda scored: _mean_interval([m.interval(scored) for m in metrics]),
    )


def _mean_interval(parts: list[IntervalFacts]) -> IntervalFacts:
    """Return the facts of a mean's interval: the parts' means if all use one method."""
    units = min(part.units for part in parts)
    if len({part.method for part in parts}) > 1:
        return IntervalFacts(method="bias_corrected", units=units)
    return IntervalFacts(
        method=parts[0].method,
        units=units,
        widening=float(np.mean([part.widening for part in parts])),
        bias=float(np.mean([part.bias for part in parts])),
        noise=float(np.mean([part.noise for part in parts])),
    )

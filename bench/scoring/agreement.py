"""Inter-annotator agreement on a test split, and agreement of a model with the annotators.

Coefficients come from libraries: Cohen's kappa (1960) from scikit-learn; Fleiss' kappa (1971) and
Krippendorff's alpha (2004) from NLTK.
"""

import itertools
import math
import warnings
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import numpy as np

from bench.data.annotations import Annotations
from bench.metrics.aligned import Scored
from bench.metrics.base import Metric
from bench.outputs import Regression, SingleLabel
from bench.outputs.base import Answer
from bench.records import AnnotatorFacts, PeopleFacts
from bench.scoring.bootstrap import blocks
from bench.scoring.intervals import interval_of
from bench.task import Task

Column = tuple[Answer | None, ...]
UNREAD = "\0"
"""Placeholder for a model's unparsed answer, with which nobody agrees."""


def people(task: Task, opinions: Annotations, scored: Scored) -> PeopleFacts | None:
    """Return the agreement of people with one another and with a model, on the test examples.

    Args:
        task: the task, whose main metric is used.
        opinions: annotations by people and earlier studies.
        scored: the model's predictions.

    Returns:
        A `PeopleFacts`; None for an answer space without agreement coefficients here, or if fewer
        than two people annotated the examples.
    """
    output = task.output
    if not isinstance(output, SingleLabel | Regression):
        return None
    persons = _persons(scored.ids, opinions.people)
    columns = tuple(persons.values())
    if len(columns) < 2:
        return None
    known = _among_people(isinstance(output, Regression), columns)
    persons_score, models_score = _against_rest(task.all_metrics[0], scored, columns)
    return PeopleFacts(
        people=len(columns),
        rows=sum(any(c[i] is not None for c in columns) for i in range(len(scored.ids))),
        score=persons_score.mean,
        interval=persons_score.interval,
        model_score=models_score.mean,
        model_interval=models_score.interval,
        kappa=known["kappa"],
        fleiss=known["fleiss"],
        alpha=known["alpha"],
        model_kappa=_with_model(output, scored, columns),
        annotators=_annotators(task, persons, opinions, scored),
    )


def _persons(
    ids: Sequence[str], opinions: Mapping[str, Sequence[Answer | None]]
) -> dict[int, Column]:
    """Return person number -> answers in the order of the examples, for people who annotated at
    least half of the annotated examples. If people are not identified, the k-th answers are taken
    for those of person k."""
    width = max((len(opinions[i]) for i in ids if i in opinions), default=0)
    table = [tuple(opinions.get(i, ())) + (None,) * (width - len(opinions.get(i, ()))) for i in ids]
    rated = sum(i in opinions for i in ids)
    columns = enumerate(zip(*table, strict=True))
    return {k: c for k, c in columns if 2 * sum(a is not None for a in c) >= max(rated, 1)}


def _answered_by_both(
    first: Sequence[Answer | None], second: Sequence[Answer | None]
) -> list[tuple[Any, Any]]:
    pairs = zip(first, second, strict=True)
    return [(a, b) for a, b in pairs if a is not None and b is not None]


def _kappa(first: Sequence[Answer | None], second: Sequence[Answer | None]) -> float | None:
    from sklearn.metrics import cohen_kappa_score

    pairs = _answered_by_both(first, second)
    if len(pairs) < 2:
        return None
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # with only one label the coefficient is NaN
        value = float(cohen_kappa_score([a for a, _ in pairs], [b for _, b in pairs]))
    return value if np.isfinite(value) else None


def mean_known(values: Sequence[float | None]) -> float | None:
    """Return the mean of the known values; None if there are none."""
    known = [value for value in values if value is not None]
    return float(np.mean(known)) if known else None


@lru_cache(maxsize=8)
def _among_people(numbers: bool, columns: tuple[Column, ...]) -> dict[str, float | None]:
    from nltk.metrics.agreement import AnnotationTask
    from nltk.metrics.distance import binary_distance, interval_distance

    data = [
        (person, row, answer)
        for person, column in enumerate(columns)
        for row, answer in enumerate(column)
        if answer is not None
    ]
    annotation = AnnotationTask(data, distance=interval_distance if numbers else binary_distance)
    full = len(data) == len(columns) * len(columns[0])
    pairs = itertools.combinations(columns, 2)
    return {
        "kappa": None if numbers else mean_known([_kappa(a, b) for a, b in pairs]),
        "fleiss": float(annotation.pi()) if full and not numbers else None,
        "alpha": float(annotation.alpha()),
    }


def _with_model(output: object, scored: Scored, columns: Sequence[Column]) -> float | None:
    if isinstance(output, Regression):
        return None
    model_answers = _answers_of_model(scored)
    return mean_known([_kappa(model_answers, column) for column in columns])


def _answers_of_model(scored: Scored) -> Column:
    return tuple(UNREAD if value is None else value for value in scored.value)


@dataclass(frozen=True)
class _Annotator:
    name: str
    earlier: bool
    column: Column


def _annotators(
    task: Task, persons: Mapping[int, Column], opinions: Annotations, scored: Scored
) -> tuple[AnnotatorFacts, ...]:
    """Return the named annotators with their pairwise agreement: people, then earlier studies."""
    if isinstance(task.output, Regression):
        return ()
    annotators = [*_named(task, persons), *_earlier(opinions, scored.ids)]
    table = _pairs(tuple(annotator.column for annotator in annotators))
    model_answers, people = _answers_of_model(scored), tuple(persons.values())
    return tuple(
        AnnotatorFacts(
            name=annotator.name,
            earlier=annotator.earlier,
            rows=sum(answer is not None for answer in annotator.column),
            kappa=mean_known(
                [
                    _kappa(annotator.column, column)
                    for column in people
                    if column is not annotator.column
                ]
            ),
            with_each=with_each,
            model_kappa=_kappa(model_answers, annotator.column),
        )
        for annotator, with_each in zip(annotators, table, strict=True)
    )


def _named(task: Task, persons: Mapping[int, Column]) -> Iterator[_Annotator]:
    for number, name in enumerate(task.annotators):
        if number in persons:
            yield _Annotator(name, False, persons[number])


def _earlier(opinions: Annotations, ids: Sequence[str]) -> Iterator[_Annotator]:
    for name, answers in opinions.published_answers.items():
        column = tuple(answers.get(id_) for id_ in ids)
        if any(answer is not None for answer in column):
            yield _Annotator(name, True, column)


@lru_cache(maxsize=8)
def _pairs(columns: tuple[Column, ...]) -> tuple[tuple[float | None, ...], ...]:
    """Return the matrix of pairwise kappas, in order; None on the diagonal."""
    return tuple(
        tuple(None if i == k else _kappa(row, column) for k, column in enumerate(columns))
        for i, row in enumerate(columns)
    )


@dataclass(frozen=True)
class _Mean:
    """A score, mean over the persons left out, with its 95 % interval."""

    mean: float
    interval: tuple[float, float]


def _against_rest(metric: Metric, scored: Scored, columns: Sequence[Column]) -> tuple[_Mean, _Mean]:
    """Score each person's answers against the consensus of the others, and the model's answers
    against the same consensus on the same examples, so that a model as good as a person scores the
    same: against the consensus of all, examples where the others are undecided would count for the
    model alone, and one more person would have shaped the gold."""
    found = [part for k in range(len(columns)) if (part := _without(scored, columns, k))]
    persons, models = zip(*found, strict=True) if found else ((), ())
    return _mean_of(metric, scored, persons), _mean_of(metric, scored, models)


def _mean_of(metric: Metric, scored: Scored, parts: Sequence[Scored]) -> _Mean:
    """Return the mean score of the parts, its interval from the same resamples as for all
    results."""
    if not parts:
        return _Mean(math.nan, (math.nan, math.nan))
    weighers = [metric.statistic(part) for part in parts]
    with np.errstate(invalid="ignore", divide="ignore"):  # a draw can miss a person's examples
        draws = [
            np.mean([metric.score(weigh(weights)) for weigh in weighers], axis=0)
            for weights in blocks(scored.ids, scored.units)
        ]
    mean = float(np.mean([metric.point(part) for part in parts]))
    bounds = interval_of(mean, np.concatenate(draws), metric.interval(parts[0]))
    return _Mean(mean, (bounds.low, bounds.high))


def _without(scored: Scored, columns: Sequence[Column], which: int) -> tuple[Scored, Scored] | None:
    """Return one person's answers, and the model's, beside the consensus of the others, on the
    examples where both exist; None if there are none."""
    output, other_columns = scored.output, [c for k, c in enumerate(columns) if k != which]
    gold = [_consensus(output, [c[i] for c in other_columns]) for i in range(len(scored.ids))]
    value = columns[which]
    rows = np.array([g is not None and v is not None for g, v in zip(gold, value, strict=True)])
    if not rows.any():
        return None
    part = replace(scored.only(rows), scores=None)
    at = np.flatnonzero(rows)
    model = replace(part, gold=tuple(gold[i] for i in at))  # type: ignore[misc]
    return replace(model, value=tuple(value[i] for i in at)), model


def _consensus(output: object, answers: Sequence[Answer | None]) -> Answer | None:
    """Return the mean of numbers, or the majority label; None in case of a tie."""
    known: list[Any] = [a for a in answers if a is not None]
    if not known:
        return None
    if isinstance(output, Regression):
        return float(np.mean(known))
    (best, count), *runners_up = Counter(known).most_common(2)
    return None if runners_up and runners_up[0][1] == count else str(best)

"""Expected scores of a baseline that guesses: means over many guesses, not the luck of one."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from bench.metrics.aligned import Scored
from bench.metrics.base import Floats, Metric
from bench.outputs import FreeText, MultiLabel, Output, Regression, SingleLabel
from bench.records import ClassScore
from bench.scoring.bootstrap import percentiles
from bench.scoring.evaluate import Evaluation, per_class, replicates
from bench.task import Task

MOST, FEWEST = 1000, 8
ANSWERS, OTHER_ANSWERS, TEXTS = 100_000, 20_000, 3_000
"""Largest numbers of guessed answers to score, over all guesses: labels and numbers, answers of
other kinds, and texts, whose metrics take longest. Each takes about a second."""
RESAMPLED = 60_000
"""Largest number of guessed answers that are resampled."""


def number_of_guesses(output: Output, test: int) -> int:
    """Return the number of guesses that an expected score is the mean of, within about a second.

    Args:
        output: the task's answer space.
        test: the number of test examples.
    """
    quick = isinstance(output, SingleLabel | MultiLabel | Regression)
    answers = ANSWERS if quick else TEXTS if isinstance(output, FreeText) else OTHER_ANSWERS
    return min(MOST, max(FEWEST, answers // max(test, 1)))


def expected(
    task: Task, found: Evaluation, guesses: Sequence[Scored], leaked: set[str]
) -> Evaluation:
    """Return the evaluation with expected scores in the place of those of one guess.

    A bootstrap draw is the mean of that draw over the guesses (as many as are quickly resampled),
    moved by the difference between their mean score and that of all guesses: the noise of the test
    examples stays, that of the coin goes. The confusion matrix stays that of one guess; no example
    is exactly right or wrong.

    Args:
        task: the task with its metrics.
        found: the evaluation of one guess.
        guesses: several guesses for the same test examples.
        leaked: ids of test examples whose text also occurs in the training data.
    """
    metrics = [m for m in task.all_metrics if m.name in found.scores]
    scores = _means([_scores(metrics, guess) for guess in guesses])
    some = guesses[: max(FEWEST, RESAMPLED // max(len(guesses[0].ids), 1))]
    mean_of_some = _means([_scores(metrics, guess) for guess in some])
    drawn = [replicates(metrics, guess) for guess in some]
    draws = {
        m.name: _mean(np.array([of[m.name] for of in drawn]))
        + (scores[m.name] - mean_of_some[m.name])
        for m in metrics
    }
    bounds = {name: percentiles(values) for name, values in draws.items()}
    return replace(
        found,
        scores=scores,
        intervals={name: (bound.low, bound.high) for name, bound in bounds.items()},
        scores_without_leaks=_without(metrics, guesses, leaked) if leaked else {},
        per_class=_classes(guesses) if found.per_class else {},
        right="",
        replicates=draws[metrics[0].name].astype(np.float32),
    )


def _scores(metrics: Sequence[Metric], scored: Scored) -> dict[str, float]:
    """Return the scores, computed like a bootstrap draw that takes each unit once."""
    once = np.ones((scored.units, 1), np.float32)
    sums = {m.statistic: m.statistic(scored)(once) for m in metrics}
    return {m.name: float(m.score(sums[m.statistic])[0]) for m in metrics}


def _mean(values: NDArray[np.floating]) -> Floats:
    """Return the mean over guesses, without those where a score is not defined."""
    known = np.isfinite(values)
    sums = np.where(known, values, 0.0).sum(axis=0)
    counts = known.sum(axis=0)
    return np.where(counts > 0, sums / np.maximum(counts, 1), np.nan)


def _means(tables: Sequence[dict[str, float]]) -> dict[str, float]:
    return {name: float(_mean(np.array([t[name] for t in tables]))) for name in tables[0]}


def _without(
    metrics: Sequence[Metric], guesses: Sequence[Scored], leaked: set[str]
) -> dict[str, float]:
    clean = np.array([id_ not in leaked for id_ in guesses[0].ids])
    return _means([_scores(metrics, guess.keep(clean)) for guess in guesses]) if clean.any() else {}


def _classes(guesses: Sequence[Scored]) -> dict[str, ClassScore]:
    tables = [per_class(guess) for guess in guesses]

    def mean(label: str, name: str) -> float:
        return float(np.mean([getattr(table[label], name) for table in tables]))

    return {
        label: ClassScore(
            precision=mean(label, "precision"),
            recall=mean(label, "recall"),
            f1=mean(label, "f1"),
            support=row.support,
            predicted=round(mean(label, "predicted")),
        )
        for label, row in tables[0].items()
    }

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

MOST, FEWEST = 500, 8
ANSWERS, OTHER_ANSWERS, TEXTS = 50_000, 10_000, 2_000
"""Largest numbers of guessed answers to score, over all guesses: labels and numbers, answers of
other kinds, and texts, whose metrics take longest. Each takes about a second."""
RESAMPLED, MOST_RESAMPLED = 20_000, 40
"""Largest numbers of guessed answers, and of guesses, that are resampled."""


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
    examples stays, that of the coin goes. Metrics of label scores stay, as these are the same in
    every guess. The confusion matrix stays that of one guess; no example
    is exactly right or wrong.

    Args:
        task: the task with its metrics.
        found: the evaluation of one guess.
        guesses: several guesses for the same test examples.
        leaked: ids of test examples whose text also occurs in the training data.
    """
    metrics = [m for m in task.all_metrics if m.name in found.scores and not m.needs_scores]
    scores = _means([_scores(metrics, guess) for guess in guesses])
    some = guesses[: min(MOST_RESAMPLED, max(FEWEST, RESAMPLED // len(guesses[0].ids)))]
    mean_of_some = _means([_scores(metrics, guess) for guess in some])
    drawn = [replicates(metrics, guess) for guess in some]
    draws = {
        m.name: _mean(np.array([of[m.name] for of in drawn]))
        + (scores[m.name] - mean_of_some[m.name])
        for m in metrics
    }
    bounds = {name: percentiles(values) for name, values in draws.items()}
    main = draws.get(task.all_metrics[0].name)
    without = _without(metrics, guesses, leaked) if found.scores_without_leaks else {}
    return replace(
        found,
        scores={**found.scores, **scores},
        intervals={**found.intervals, **{name: (b.low, b.high) for name, b in bounds.items()}},
        scores_without_leaks={**found.scores_without_leaks, **without},
        per_class=_classes(guesses) if found.per_class else {},
        right="",
        replicates=found.replicates if main is None else main.astype(np.float32),
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
    return _means([_scores(metrics, guess.keep(clean)) for guess in guesses])


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

"""95 % intervals of a score from its bootstrap draws, by the method that suits its metric.

Plain percentiles are too short for few units, and off where draws are biased: a macro average loses
rare labels in its draws, an area near 1 is skewed, and noise adds up in a calibration error. The
same function serves one run, whose interval is stored, and the mean over seeds, from stored draws.
"""

import math
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bench.metrics.aligned import Scored
from bench.metrics.base import Metric
from bench.records import IntervalFacts
from bench.scoring.bootstrap import SMALL, Interval, percentiles, wilson

Draws = NDArray[np.floating[Any]]
SAME = 1e-6
"""Relative distance within which a draw counts as equal to the score: stored draws have single
precision."""


def facts_of(metric: Metric, scored: Scored) -> IntervalFacts:
    """Return how a metric's interval is made on a test split: a proportion of few ungrouped
    examples has Wilson's."""
    facts = metric.interval(scored)
    ungrouped = scored.units == len(scored.gold)
    if metric.proportion and ungrouped and 0 < facts.units <= SMALL:
        return IntervalFacts(method="wilson", units=facts.units)
    return facts


def interval_of(point: float, draws: Draws, facts: IntervalFacts) -> Interval:
    """Return the 95 % interval of a score; the score never lies outside.

    Args:
        point: the score.
        draws: (draws,) its bootstrap draws; those that are not finite are left out.
        facts: the method, and what it needs to know of the test split.
    """
    known = np.asarray(draws, np.float64)[np.isfinite(draws)]
    if facts.method == "percentile" or not len(known) or not math.isfinite(point):
        return percentiles(known)
    if facts.method == "wilson":
        return wilson(point, facts.units)
    if facts.method == "calibration":
        return _of_calibration_error(point, known, facts)
    if facts.method in ("logit", "macro_average") and 0 < point < 1:
        return _on_logit_scale(point, known, facts)
    return _around(point, _bias_corrected(point, known, _width(facts)))


def _width(facts: IntervalFacts) -> float:
    """Return the half-width in standard errors of the draws: Student's quantile with one degree of
    freedom less than units, and sqrt(G / (G - 1)), as draws of G units vary less than their mean
    (Hesterberg, The American Statistician, 2015)."""
    from scipy.special import stdtrit

    units = max(facts.units, 2)
    return float(stdtrit(units - 1, 0.975) * math.sqrt(units / (units - 1)) * facts.widening)


def _bias_corrected(point: float, draws: Draws, width: float) -> Interval:
    """Return bias-corrected percentiles (Efron, 1981), draws equal to the score counting half."""
    from scipy.special import ndtr, ndtri

    near = np.abs(draws - point) <= SAME * max(1.0, abs(point))
    below = ((draws < point) & ~near).sum() + near.sum() / 2
    shift = 2 * ndtri(np.clip(below, 0.5, len(draws) - 0.5) / len(draws))
    low, high = np.percentile(draws, 100 * ndtr(shift + np.array([-width, width])))
    return Interval(float(low), float(high))


def _on_logit_scale(point: float, draws: Draws, facts: IntervalFacts) -> Interval:
    """Return a symmetric interval of the logit of a score between 0 and 1; for a macro average
    moved by the bias of its draws, which lose rare labels as the sample itself has."""
    from scipy.special import expit, logit

    error = float(np.std(draws, ddof=1)) if len(draws) > 1 else 0.0
    half = _width(facts) * error / (point * (1 - point))
    bias = float(draws.mean()) - point if facts.method == "macro_average" else 0.0
    low, high = expit(logit(point) + np.array([-half, half])) - bias
    return _around(point, Interval(max(0.0, float(low)), min(1.0, float(high))))


def _of_calibration_error(point: float, draws: Draws, facts: IntervalFacts) -> Interval:
    """Return the interval of a calibration error, down to 0 unless it exceeds what a calibrated
    model would show. Below, the surplus that noise adds is taken off; above, only what the draws
    show of it, which is less, so that small errors are covered too."""
    error = float(np.std(draws, ddof=1)) if len(draws) > 1 else 0.0
    half = _width(facts) * error
    low = max(0.0, point - facts.bias - half) if point > facts.noise else 0.0
    return _around(point, Interval(low, 2 * point - float(draws.mean()) + half))


def _around(point: float, bounds: Interval) -> Interval:
    return replace(bounds, low=min(bounds.low, point), high=max(bounds.high, point))

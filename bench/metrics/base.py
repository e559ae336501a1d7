"""The definition of a metric: a library's point estimate, and the same score for bootstrap
weights."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bench.metrics.aligned import Scored
from bench.records import IntervalFacts

Floats = NDArray[np.floating[Any]]
Weigh = Callable[[Floats], Floats]
"""(units, draws) weights -> (statistics, draws) weighted sums."""


@dataclass(frozen=True)
class Metric:
    """A metric of one result.

    Args:
        name: the name in snake case, as in reports.
        point: test split -> score, computed by a library.
        statistic: test split -> function for weighted sums; metrics with the same `statistic` share
            the sums.
        score: (statistics, draws) sums -> (draws,) scores; the same formula as `point`.
        greater_is_better: False for losses and errors.
        perfect: the best possible score; None if the scale is unbounded, so that the metric enters
            into ranks only.
        needs_scores: True if it needs a score for each label.
        proportion: True if it is the proportion of examples that are right.
        of: the corpus or the part of the answer that it measures; empty: everything.
        interval: test split -> how the interval is made from the draws; see `units_of`.
        margin: the largest loss that does not matter, in the metric's unit. None: .02 where the
            best score is 1, and otherwise 2 % of the way from the floor to the best score; a metric
            with an unbounded scale must declare one, or nothing is recommended by it.
    """

    name: str
    point: Callable[[Scored], float]
    statistic: Callable[[Scored], Weigh]
    score: Callable[[Floats], Floats]
    greater_is_better: bool = True
    perfect: float | None = 1.0
    needs_scores: bool = False
    proportion: bool = False
    of: str = ""
    interval: Callable[[Scored], IntervalFacts] = lambda scored: bias_corrected(scored)
    margin: float | None = None


def units_of(scored: Scored) -> int:
    """Return the number of resampling units that have an example here."""
    return len(np.unique(scored.unit))


def bias_corrected(scored: Scored) -> IntervalFacts:
    """Return the facts of an interval by bias-corrected percentiles, which needs none."""
    return IntervalFacts(method="bias_corrected", units=units_of(scored))


def logit_scaled(scored: Scored) -> IntervalFacts:
    """Return the facts of an interval on the logit scale, for scores from 0 to 1."""
    return IntervalFacts(method="logit", units=units_of(scored))


def macro_averaged(
    labels_of: Callable[[Scored], list[NDArray[np.bool_]]],
) -> Callable[[Scored], IntervalFacts]:
    """Return the function for the facts of a macro average's interval.

    A bootstrap understates the variance of a mean of g units by a factor of (g - 1) / g, which is
    0 for the score of a label with a single unit. Over labels this factor's inverse is averaged,
    taken as 2 for a single unit.

    Args:
        labels_of: test split -> for each label the mask of the examples that have it.
    """

    def facts(scored: Scored) -> IntervalFacts:
        support = np.array([len(np.unique(scored.unit[mask])) for mask in labels_of(scored)])
        known = support[support > 0]
        factor = np.minimum(2, known / np.maximum(known - 1, 0.5))
        widening = float(np.sqrt(factor.mean())) if len(known) else 1.0
        return IntervalFacts(method="macro_average", units=units_of(scored), widening=widening)

    return facts


def summed(scored: Scored, columns: NDArray[np.float64] | NDArray[np.float32]) -> Weigh:
    """Return the function for weighted sums of values per example; `columns` is (examples,
    statistics)."""
    from scipy import sparse

    rows = len(scored.unit)
    by_unit = sparse.csr_array(
        (np.ones(rows, np.float32), (scored.unit, np.arange(rows))), shape=(scored.units, rows)
    )
    table = np.ascontiguousarray((by_unit @ columns.astype(np.float32)).T)
    return lambda weights: np.asarray(table @ weights)


def counted(scored: Scored, rows: list[NDArray[np.int64]], codes: list[NDArray[np.int64]]) -> Weigh:
    """Return the function for weighted counts: each pair (example, k) adds 1 to statistic k of the
    example.

    Args:
        scored: the test split.
        rows: arrays of example indices.
        codes: arrays of statistic indices, each as long as its `rows`; the largest of all codes
            determines the number of statistics.
    """
    from scipy import sparse

    row, code = np.concatenate(rows), np.concatenate(codes)
    shape = (int(code.max(initial=0)) + 1, scored.units)
    ones = np.ones(len(row), np.float32)
    table = sparse.csr_array((ones, (code, scored.unit[row])), shape=shape)
    return lambda weights: np.asarray(table @ weights)


def ratio(above: Floats, below: Floats, otherwise: float = 0.0) -> Floats:
    """Return `above / below`, and `otherwise` where `below` is zero."""
    safe = np.where(below == 0, 1, below)
    return np.asarray(np.where(below == 0, otherwise, above / safe))

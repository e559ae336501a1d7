"""ROC-AUC and PR-AUC, exact for weighted examples and tied scores.

For each label the examples are sorted by score once. The distinct scores of the positives ("knots")
divide the examples into segments; sums of weights over segments, positives and ties give both
areas, so that a bootstrap draw takes only a short cumulative sum and no sorting.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bench.metrics.aligned import Scored
from bench.metrics.base import Floats, Metric, Weigh, logit_scaled, ratio


@dataclass(frozen=True)
class _Curve:
    """One label's sorted examples as a sparse (3 * knots + 1, units) table of counts.

    Its rows count the examples from each knot's score up to the next higher knot's, then the
    positives at each knot, then the negatives tied with it, and last the examples below all knots.
    """

    table: Any
    knots: int

    def areas(self, weights: Floats) -> tuple[Floats, Floats]:
        """Return (draws,) ROC-AUC and average precision; NaN without positives or negatives."""
        # Integers below 2**24, which single precision represents exactly.
        sums = np.asarray(self.table @ weights)
        above, positive, tied = sums[:-1].reshape(3, self.knots, -1)
        below = sums[-1]
        seen, hits = np.cumsum(above, axis=0, out=above), np.cumsum(positive, axis=0)
        positives = hits[-1].astype(np.float64)
        negatives = seen[-1] + below - positives
        precision = hits / np.maximum(seen, 1)  # avoids 0 / 0: unseen means no hits
        # Negatives that are ranked above the positives at this knot; ties count half.
        losses = np.subtract(seen, hits, out=seen)
        losses -= np.divide(tied, 2, out=tied)
        lost = (positive * losses).sum(axis=0, dtype=np.float64)
        precisions = (positive * precision).sum(axis=0, dtype=np.float64)
        pairs = positives * negatives
        return ratio(pairs - lost, pairs, np.nan), ratio(precisions, positives, np.nan)


def _curve(scored: Scored, score: NDArray[np.float64], positive: NDArray[np.bool_]) -> _Curve:
    from scipy import sparse

    knots = np.unique(score[positive])[::-1]
    # An example counts for the highest knot that is not above its score.
    knot = np.searchsorted(-knots, -score, side="left")
    count, tie = len(knots), np.zeros(len(score), bool)
    inside = knot < count
    tie[inside] = (score[inside] == knots[knot[inside]]) & ~positive[inside]

    codes = [np.where(inside, knot, 3 * count), knot[positive] + count, knot[tie] + 2 * count]
    units = [scored.unit, scored.unit[positive], scored.unit[tie]]
    code, unit = np.concatenate(codes), np.concatenate(units)
    ones = np.ones(len(code), np.float32)
    shape = (3 * count + 1, scored.units)
    return _Curve(sparse.csr_array((ones, (code, unit)), shape=shape), count)


def truths(scored: Scored) -> list[NDArray[np.bool_]]:
    """Return for each label the mask of the examples that have it."""
    labels = scored.output.labels
    if scored.gold and isinstance(scored.gold[0], frozenset):
        return [np.array([label in gold for gold in scored.gold]) for label in labels]  # type: ignore[operator]
    return [scored.gold_index == k for k in range(len(labels))]


def measured(scored: Scored) -> list[int]:
    """Return the indices of labels with both positive and negative examples."""
    return [k for k, rows in enumerate(truths(scored)) if 0 < rows.sum() < len(rows)]


def areas(scored: Scored) -> Weigh:
    """Statistics: mean ROC-AUC and mean average precision over labels (not sums)."""
    assert scored.scores is not None
    positives = truths(scored)
    curves = [_curve(scored, scored.scores[:, k], positives[k]) for k in measured(scored)]

    def weigh(weights: Floats) -> Floats:
        label_areas = [curve.areas(weights) for curve in curves]
        if not label_areas:
            return np.full((2, weights.shape[1]), np.nan)
        return np.stack([_mean_over(list(part)) for part in zip(*label_areas, strict=True)])

    return weigh


def _mean_over(parts: Sequence[Floats]) -> Floats:
    """Return the mean over labels; labels that are undefined in a draw are left out."""
    stack = np.stack(parts)
    known = ~np.isnan(stack)
    return ratio(np.where(known, stack, 0).sum(axis=0), known.sum(axis=0), np.nan)


def _point(function: str) -> Callable[[Scored], float]:
    def point(scored: Scored) -> float:
        import sklearn.metrics

        assert scored.scores is not None
        positives, wanted = truths(scored), measured(scored)
        measure = getattr(sklearn.metrics, function)
        if not wanted:
            return float("nan")
        return float(np.average([measure(positives[k], scored.scores[:, k]) for k in wanted]))

    return point


roc_auc = Metric(
    "roc_auc",
    _point("roc_auc_score"),
    areas,
    lambda s: s[0],
    needs_scores=True,
    interval=logit_scaled,
)
pr_auc = Metric(
    "pr_auc",
    _point("average_precision_score"),
    areas,
    lambda s: s[1],
    needs_scores=True,
    interval=logit_scaled,
)

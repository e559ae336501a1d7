"""ROC curves, precision-recall curves and reliability diagrams from label scores.

Curves come from scikit-learn and are thinned; reliability uses the same equal-width bins of
confidence as the metric `ece` (Guo et al., 2017), so that the errors agree.
"""

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from bench.metrics.aligned import Scored
from bench.metrics.calibration import BINS
from bench.metrics.ranking import measured, truths
from bench.outputs import MultiLabel, SingleLabel
from bench.records import Reliability, ScoreCurve

POINTS = 50
"""Largest number of points of a stored curve."""
MOST = 12
"""Largest number of labels that get a curve each; if there are more, all are pooled in one."""
POOLED = "all labels, pooled"
Floats = NDArray[np.float64]
Truths = NDArray[np.bool_]


def score_curves(scored: Scored) -> tuple[ScoreCurve, ...]:
    """Return the curves of each label that has both positive and negative examples; for binary
    classification only those of the second label, as the first's are the mirror image; none
    without scores."""
    if scored.scores is None or not isinstance(scored.output, SingleLabel | MultiLabel):
        return ()
    return tuple(_curve(*line) for line in _lines(scored))


def _lines(scored: Scored) -> Iterator[tuple[str, Truths, Floats]]:
    assert scored.scores is not None
    labels, truth, wanted = scored.output.labels, truths(scored), measured(scored)
    if isinstance(scored.output, SingleLabel) and len(labels) == 2:
        wanted = [k for k in wanted if k == 1]
    if len(wanted) <= MOST:
        for k in wanted:
            yield labels[k], truth[k], scored.scores[:, k]
    else:
        columns = [scored.scores[:, k] for k in wanted]
        yield POOLED, np.concatenate([truth[k] for k in wanted]), np.concatenate(columns)


def _curve(label: str, truth: Truths, score: Floats) -> ScoreCurve:
    from sklearn.metrics import precision_recall_curve, roc_curve

    false, true, _ = roc_curve(truth, score)
    precision, recall, _ = precision_recall_curve(truth, score)
    return ScoreCurve(
        label=label,
        rows=len(truth),
        positives=int(truth.sum()),
        roc=_thinned(false, true),
        pr=_thinned(recall[::-1], precision[::-1]),
    )


def _thinned(x: Floats, y: Floats) -> tuple[tuple[float, float], ...]:
    """Return at most `POINTS` points of a curve, evenly spaced along its length, with both ends."""
    length = np.concatenate([[0.0], np.cumsum(np.abs(np.diff(x)) + np.abs(np.diff(y)))])
    kept = np.unique(
        np.searchsorted(length, np.linspace(0.0, length[-1], POINTS)).clip(0, len(x) - 1)
    )
    kept = np.unique(np.concatenate([[0], kept, [len(x) - 1]]))[:POINTS]
    kept[-1] = len(x) - 1
    return tuple((round(float(x[i]), 4), round(float(y[i]), 4)) for i in kept)


def reliability(scored: Scored) -> Reliability | None:
    """Return the reliability diagram; None unless the scores are probabilities.

    For single labels the confidence is the largest probability; for multiple labels each label is
    counted as a binary decision, with its own probability as the confidence.
    """
    scores = scored.scores
    if scores is None or not len(scores) or scores.min() < 0 or scores.max() > 1 + 1e-6:
        return None
    if isinstance(scored.output, MultiLabel):
        confidence, right = scores.ravel(), np.stack(truths(scored), axis=1).ravel()
    elif isinstance(scored.output, SingleLabel) and np.allclose(scores.sum(axis=1), 1, atol=1e-3):
        confidence, right = scores.max(axis=1), scores.argmax(axis=1) == scored.gold_index
    else:
        return None
    return _binned(confidence, right)


def _binned(confidence: Floats, right: Truths) -> Reliability:
    # A confidence of 1 belongs to the last bin.
    place = np.minimum((confidence * BINS).astype(int), BINS - 1)
    count = np.bincount(place, minlength=BINS)
    sure = np.bincount(place, confidence, BINS)
    hit = np.bincount(place, right, BINS)
    bins = tuple(
        (int(n), round(float(s / n), 4), round(float(h / n), 4)) if n else (0, 0.0, 0.0)
        for n, s, h in zip(count, sure, hit, strict=True)
    )
    return Reliability(bins=bins, error=float(np.abs(sure - hit).sum() / len(confidence)))


def pooled(diagrams: Sequence[Reliability]) -> Reliability | None:
    """Return the reliability of several seeds: counts of each bin added up, and the mean of the
    errors, as in the metric `ece`; None if there are none."""
    if not diagrams:
        return None
    # Seeds computed by another version of bench may have other bins, which cannot be added up.
    alike = [seed for seed in diagrams if len(seed.bins) == len(diagrams[0].bins)]
    tables = np.array([seed.bins for seed in alike], np.float64)
    count = tables[:, :, 0].sum(axis=0)
    means = (tables[:, :, 1:] * tables[:, :, :1]).sum(axis=0) / np.maximum(count, 1)[:, None]
    bins = tuple(
        (int(n), round(float(sure), 4), round(float(right), 4))
        for n, (sure, right) in zip(count, means, strict=True)
    )
    return Reliability(bins=bins, error=float(np.mean([seed.error for seed in diagrams])))

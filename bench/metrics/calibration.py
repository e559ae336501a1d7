"""Metrics of probabilistic predictions of a single label: log-loss, Brier score, ECE."""

import numpy as np
from numpy.typing import NDArray

from bench.errors import BenchError
from bench.metrics.aligned import Scored
from bench.metrics.base import Floats, Metric, Weigh, ratio, summed, units_of
from bench.records import IntervalFacts

BINS = 15
HAIR = 1e-9
"""Tolerance for rounding: of a probability below 0, and of an example's sum around 1."""


def _probabilities(scored: Scored) -> NDArray[np.float64]:
    """Return the scores, normalised to sum to one for each example; all zeros become the uniform
    distribution.

    Raises:
        BenchError: a score is below 0.
    """
    shares = _not_negative(scored)
    total = shares.sum(axis=1, keepdims=True)
    if np.allclose(total, 1, rtol=0, atol=HAIR):
        # Dividing by 1 + 1e-16 would change the last digit; scikit-learn refuses values above 1.
        return np.minimum(shares, 1)
    even = np.full_like(shares, 1 / shares.shape[1])
    return np.asarray(np.where(total > 0, shares / np.where(total > 0, total, 1), even))


def _not_negative(scored: Scored) -> NDArray[np.float64]:
    assert scored.scores is not None
    lowest = scored.scores.min(axis=1)
    if lowest.min() < -HAIR:
        row = int(lowest.argmin())
        values = scored.scores[row].tolist()
        raise BenchError(
            f"example {scored.ids[row]!r}: scores {values}; give non-negative probabilities, or "
            "None"
        )
    return np.maximum(scored.scores, 0)


def _true_share(scored: Scored) -> NDArray[np.float64]:
    rows = np.arange(len(scored.gold))
    share: NDArray[np.float64] = _probabilities(scored)[rows, scored.gold_index]
    return share


def _row_losses(scored: Scored) -> Weigh:
    """Statistics: log-loss, Brier score, and the number of examples."""
    shares = _probabilities(scored)
    true = _true_share(scored)
    tiny = np.finfo(np.float64).eps
    logs = -np.log(np.clip(true, tiny, 1 - tiny))
    brier = (shares**2).sum(axis=1) - 2 * true + 1
    if shares.shape[1] == 2:
        # Scikit-learn's convention: halved for two labels, so that it ranges from 0 to 1.
        brier = brier / 2
    return summed(scored, np.stack([logs, brier, np.ones_like(true)], axis=1))


def _log_loss(scored: Scored) -> float:
    from sklearn.metrics import log_loss as measure

    labels = np.arange(len(scored.output.labels))
    if len(labels) == 1:
        return 0.0
    return float(measure(scored.gold_index, _probabilities(scored), labels=labels))


def _brier(scored: Scored) -> float:
    from sklearn.metrics import brier_score_loss as measure

    labels, shares = np.arange(len(scored.output.labels)), _probabilities(scored)
    if len(labels) == 1:
        return 0.0
    if len(labels) == 2:
        return float(measure(scored.gold_index, shares[:, 1], labels=labels))
    return float(measure(scored.gold_index, shares, labels=labels))


def _bins(scored: Scored) -> NDArray[np.float64]:
    """Return (examples, BINS + 1): confidence minus correctness in the bin's column, then 1."""
    shares = _probabilities(scored)
    confidence = shares.max(axis=1)
    right = shares.argmax(axis=1) == scored.gold_index
    bin_of = np.minimum((confidence * BINS).astype(int), BINS - 1)
    rows = np.arange(len(bin_of))
    table = np.zeros((len(bin_of), BINS + 1))
    table[rows, bin_of] = confidence - right
    table[:, -1] = 1
    return table


def _gaps(scored: Scored) -> Weigh:
    return summed(scored, _bins(scored))


def _ece_of(sums: Floats) -> Floats:
    return np.asarray(np.abs(sums[:BINS]).sum(axis=0) / sums[-1])


def _ece(scored: Scored) -> float:
    return float(_ece_of(_bins(scored).sum(axis=0)[:, None])[0])


def _noise(scored: Scored) -> IntervalFacts:
    """Return what chance adds to the error on these examples.

    Each bin's gap is taken as normal around its true value, with the larger of the variance seen
    between units and that of right answers as frequent as the confidences say. The surplus of a
    distance |gap| is that of a folded normal distribution whose true gap is the one seen, shrunk by
    its variance (compare Roelofs et al., AISTATS 2022); `noise` is the error's 95 % quantile where
    every true gap is 0 (consistency resampling; Broecker & Smith, 2007).
    """
    from scipy.special import ndtr

    table, rows = _bins(scored)[:, :BINS], len(scored.gold)
    gaps = table.sum(axis=0) / rows
    error = np.sqrt(_variances(scored, table)) / rows
    true = np.sqrt(np.maximum(gaps**2 - error**2, 0))
    z = true / np.where(error > 0, error, 1)
    seen = error * np.sqrt(2 / np.pi) * np.exp(-(z**2) / 2) + true * (1 - 2 * ndtr(-z))
    chance = np.abs(np.random.default_rng(0).normal(size=(2000, BINS)) * error).sum(axis=1)
    return IntervalFacts(
        method="calibration",
        units=units_of(scored),
        bias=float(np.maximum(seen - true, 0)[error > 0].sum()),
        noise=float(np.quantile(chance, 0.95)),
    )


def _variances(scored: Scored, table: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return (BINS,) variances of the sums over examples of confidence minus correctness."""
    by_unit = np.zeros((scored.units, BINS))
    np.add.at(by_unit, scored.unit, table)
    filled = np.zeros_like(by_unit)
    np.add.at(filled, scored.unit, table != 0)
    units = np.maximum((filled > 0).sum(axis=0), 1)
    seen = (by_unit**2).sum(axis=0) - by_unit.sum(axis=0) ** 2 / units
    confidence = _probabilities(scored).max(axis=1)
    at = np.minimum((confidence * BINS).astype(int), BINS - 1)
    stated = np.bincount(at, confidence * (1 - confidence), BINS)
    return np.asarray(np.maximum(seen, stated))


log_loss = Metric(
    "log_loss",
    _log_loss,
    _row_losses,
    lambda s: ratio(s[0], s[2]),
    greater_is_better=False,
    perfect=None,
    needs_scores=True,
    margin=0.02,
)
brier = Metric(
    "brier",
    _brier,
    _row_losses,
    lambda s: ratio(s[1], s[2]),
    greater_is_better=False,
    perfect=None,
    needs_scores=True,
    margin=0.02,
)
ece = Metric(
    "ece",
    _ece,
    _gaps,
    _ece_of,
    greater_is_better=False,
    perfect=None,
    needs_scores=True,
    interval=_noise,
    margin=0.02,
)
"""Expected calibration error of the top label, 15 bins of equal width (Guo et al., ICML 2017)."""

"""Metrics of regression. An unparsed answer counts as the middle of the scale."""

import numpy as np
from numpy.typing import NDArray

from bench.metrics.aligned import Scored
from bench.metrics.base import Floats, Metric, Weigh, ratio, summed
from bench.outputs import Regression

Column = NDArray[np.float64]
BLOCK = 2_000_000
"""Cells of a block of the (examples, draws) table of ranks, for Spearman's correlation (16 MiB)."""


def _columns(scored: Scored) -> tuple[Column, Column]:
    """Return the gold and the predicted numbers."""
    assert isinstance(scored.output, Regression)
    middle = (scored.output.low + scored.output.high) / 2
    value = [middle if v is None else v for v in scored.value]
    return np.array(scored.gold, dtype=float), np.array(value, dtype=float)


def _moments(scored: Scored) -> Weigh:
    gold, value = _columns(scored)
    # Centred, so that single precision suffices for the draws.
    x, y = gold - gold.mean(), value - value.mean()
    error = value - gold
    columns = [x, y, x * x, y * y, x * y, error * error, np.abs(error), np.ones_like(x)]
    return summed(scored, np.stack(columns, axis=1))


def _pearson_of(sums: Floats) -> Floats:
    x, y, xx, yy, xy, _, _, n = sums.astype(np.float64)
    spread = np.maximum(xx - x * x / n, 0) * np.maximum(yy - y * y / n, 0)
    spread = np.where(spread < 1e-9 * np.maximum(xx * yy, 1e-300), 0, spread)
    return ratio(xy - x * y / n, np.sqrt(spread))


def _correlation(name: str, scored: Scored) -> float:
    """Return SciPy's correlation; 0 if a column is constant, where it is undefined."""
    from scipy import stats

    gold, value = _columns(scored)
    if len(gold) < 2 or np.ptp(gold) == 0 or np.ptp(value) < 1e-12 * max(1.0, abs(value).max()):
        return 0.0
    return float(getattr(stats, name)(gold, value).statistic)


def _spearman_draws(scored: Scored) -> Weigh:
    gold, value = _columns(scored)
    ranks = [np.unique(column, return_inverse=True)[1] for column in (gold, value)]

    def block(weights: Floats) -> Floats:
        w = weights[scored.unit].astype(np.float64)
        n = w.sum(axis=0)
        centred = []
        for rank in ranks:
            ties = np.zeros((rank.max() + 1, w.shape[1]))
            np.add.at(ties, rank, w)
            middle = np.cumsum(ties, axis=0) - ties / 2
            centred.append(middle[rank] - n / 2)
        x, y = centred
        spread = np.sqrt((w * x * x).sum(axis=0) * (w * y * y).sum(axis=0))
        return ratio((w * x * y).sum(axis=0), spread)[None]

    def weigh(weights: Floats) -> Floats:
        step = max(1, BLOCK // len(gold))
        parts = [block(weights[:, i : i + step]) for i in range(0, weights.shape[1], step)]
        return np.concatenate(parts, axis=1)

    return weigh


def _rmse(scored: Scored) -> float:
    from sklearn.metrics import root_mean_squared_error

    return float(root_mean_squared_error(*_columns(scored)))


def _mae(scored: Scored) -> float:
    from sklearn.metrics import mean_absolute_error

    return float(mean_absolute_error(*_columns(scored)))


pearson = Metric("pearson", lambda s: _correlation("pearsonr", s), _moments, _pearson_of)
spearman = Metric(
    "spearman", lambda s: _correlation("spearmanr", s), _spearman_draws, lambda s: s[0]
)
rmse = Metric(
    "rmse",
    _rmse,
    _moments,
    lambda s: np.asarray(np.sqrt(ratio(s[5], s[7]))),
    greater_is_better=False,
    perfect=None,
)
mae = Metric(
    "mae", _mae, _moments, lambda s: ratio(s[6], s[7]), greater_is_better=False, perfect=None
)

"""Distance of predicted geographical coordinates from the true ones."""

import numpy as np
from numpy.typing import NDArray

from bench.metrics.aligned import Scored
from bench.metrics.base import Metric, Weigh, ratio, summed
from bench.metrics.derived import part_of

RADIUS = 6371.0088
"""Mean radius of the earth, kilometres (IUGG)."""
FARTHEST = np.pi * RADIUS
"""The distance that an unparsed answer counts as, kilometres."""


def haversine(start: NDArray[np.float64], end: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return great-circle distances in kilometres by the haversine formula (Sinnott, 1984).

    Args:
        start, end: (n, 2) latitudes and longitudes, degrees.
    """
    (lat, lon), (lat2, lon2) = np.radians(start).T, np.radians(end).T
    part = np.sin((lat2 - lat) / 2) ** 2
    part += np.cos(lat) * np.cos(lat2) * np.sin((lon2 - lon) / 2) ** 2
    return np.asarray(2 * RADIUS * np.arcsin(np.sqrt(part.clip(0, 1))))


def _distances(scored: Scored) -> NDArray[np.float64]:
    parts = [part_of(scored, name) for name in ("latitude", "longitude")]
    gold = np.array([part.gold for part in parts], float).T
    read = np.array([value is not None for value in scored.value])
    predicted = np.array([[0.0 if v is None else v for v in part.value] for part in parts], float).T
    return np.where(read, haversine(gold, predicted), FARTHEST)


def _sums(scored: Scored) -> Weigh:
    far = _distances(scored)
    return summed(scored, np.stack([far, np.ones_like(far)], axis=1))


kilometres = Metric(
    "kilometres",
    lambda scored: float(_distances(scored).mean()),
    _sums,
    lambda sums: ratio(sums[0], sums[1]),
    greater_is_better=False,
    perfect=None,
)
"""Mean distance, for a `Fields` answer with the parts `latitude` and `longitude`."""

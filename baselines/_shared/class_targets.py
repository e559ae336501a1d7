"""Input of a classifier, documents with their classes, and its output: class probabilities."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Shares = NDArray[np.float64]
"""(documents, classes) probabilities; rows sum to one unless labels are independent."""


@dataclass(frozen=True)
class Units:
    """Training documents of a classifier with their classes.

    Args:
        texts: n documents.
        classes: (n,) class indices, or (n, count) 0 and 1 if labels are independent.
        count: number of classes.
    """

    texts: list[str]
    classes: NDArray[np.int64]
    count: int


def priors(units: Units) -> Shares:
    """Return the (classes,) relative frequency of each class.

    Without documents: zeros if labels are independent, else a uniform distribution.
    """
    n = len(units.texts)
    if units.classes.ndim == 2:
        return np.asarray(units.classes.sum(axis=0) / max(n, 1), np.float64)
    if not n:
        return np.full(units.count, 1 / units.count)
    return np.asarray(np.bincount(units.classes, minlength=units.count) / n, np.float64)

"""What a classifier learns from, documents with a class each, and what it gives back: shares of
the classes."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Shares = NDArray[np.float64]
"""(documents, classes) probabilities; rows sum to one unless labels are independent."""


@dataclass(frozen=True)
class Units:
    """What a classifier learns from.

    Args:
        texts: n documents.
        classes: (n,) class numbers, or (n, count) 0 and 1 where labels are independent.
        count: how many classes there are.
    """

    texts: list[str]
    classes: NDArray[np.int64]
    count: int


def priors(units: Units) -> Shares:
    """(classes,) share of the documents that have each class. Without documents: none of the
    labels where they are independent, else all classes alike."""
    n = len(units.texts)
    if units.classes.ndim == 2:
        return np.asarray(units.classes.sum(axis=0) / max(n, 1), np.float64)
    if not n:
        return np.full(units.count, 1 / units.count)
    return np.asarray(np.bincount(units.classes, minlength=units.count) / n, np.float64)

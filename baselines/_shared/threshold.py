"""From which score on a label is given: the threshold with the best F1."""

import numpy as np
from numpy.typing import NDArray

FEW = 5
"""Validation rows with a label, below which its threshold stays at one half."""


def best_threshold(gold: NDArray[np.bool_], scores: NDArray[np.float64]) -> float:
    """The score from which on to say yes for the best F1: midway between two scores seen, and
    of equals the nearest to one half.

    Args:
        gold: (n,) whether yes is right.
        scores: (n,) from 0 to 1.
    """
    order = np.argsort(-scores, kind="stable")
    ranked = scores[order]
    hits = np.cumsum(gold[order])
    f1 = 2 * hits / (np.arange(1, len(ranked) + 1) + gold.sum())
    below = np.append(ranked[1:], 0.0)
    possible = ranked > below  # equal scores are answered alike
    possible[-1] = True
    middle = (ranked + below) / 2
    best = possible & (f1 >= f1[possible].max() - 1e-12)
    return float(min(middle[best], key=lambda place: abs(place - 0.5)))

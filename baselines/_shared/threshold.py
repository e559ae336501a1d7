"""Decision threshold of a label: the score with the best F1."""

import numpy as np
from numpy.typing import NDArray

FEW = 5
"""Validation examples with a label; with fewer its threshold stays at one half."""


def best_threshold(gold: NDArray[np.bool_], scores: NDArray[np.float64]) -> float:
    """Return the decision threshold with the best F1.

    It lies midway between two observed scores; among equally good thresholds the one nearest to
    one half is taken.

    Args:
        gold: (n,) true for positive examples.
        scores: (n,) scores from 0 to 1.
    """
    order = np.argsort(-scores, kind="stable")
    ranked = scores[order]
    hits = np.cumsum(gold[order])
    f1 = 2 * hits / (np.arange(1, len(ranked) + 1) + gold.sum())
    below = np.append(ranked[1:], 0.0)
    possible = ranked > below  # no threshold separates equal scores
    possible[-1] = True
    middle = (ranked + below) / 2
    best = possible & (f1 >= f1[possible].max() - 1e-12)
    return float(min(middle[best], key=lambda place: abs(place - 0.5)))

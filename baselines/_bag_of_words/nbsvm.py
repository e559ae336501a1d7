"""NB-SVM: a linear SVM on word presence scaled by log-count ratios (Wang & Manning, 2012)."""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import softmax
from sklearn.svm import LinearSVC

BETA = 0.25
"""Interpolation (the paper's beta) between the learnt weights and their mean magnitude."""


class NBSVM:
    """One-vs-rest NB-SVM; class probabilities are a softmax of the margins, not calibrated.

    It deviates from the paper in one point: the intercept is interpolated like the weights,
    towards the class's log odds, where the paper keeps it as learnt. Scores can differ markedly
    from the paper's.

    Args:
        alpha: additive smoothing of the counts in the log-count ratios.
    """

    def __init__(self, *, alpha: float = 1.0) -> None:
        self.alpha = alpha

    def fit(self, matrix: Any, classes: NDArray[np.int64]) -> "NBSVM":
        """Fit to a sparse (examples, words) matrix and the (examples,) class indices."""
        present = (matrix > 0).astype(np.float64)
        self.known = np.unique(classes)
        yes = [classes == k for k in self.known]
        # Two classes need one hyperplane only; its negative side is the first class.
        lines = [self._line(present, rows) for rows in (yes[1:] if len(yes) == 2 else yes)]
        self.weights = np.stack([weights for weights, _ in lines], axis=1)
        self.shift = np.array([shift for _, shift in lines])
        return self

    def _line(self, present: Any, yes: NDArray[np.bool_]) -> tuple[NDArray[np.float64], float]:
        inside = self.alpha + np.asarray(present[yes].sum(axis=0)).ravel()
        outside = self.alpha + np.asarray(present[~yes].sum(axis=0)).ravel()
        scale = np.log((inside / inside.sum()) / (outside / outside.sum()))
        if yes.all():
            return np.zeros(len(scale)), 0.0
        # Long texts do not converge in the default 1,000 iterations.
        model = LinearSVC(random_state=0, max_iter=10_000).fit(present.multiply(scale).tocsr(), yes)
        learnt = model.coef_[0]
        mixed = (1 - BETA) * np.abs(learnt).mean() + BETA * learnt
        # The intercept is interpolated, too, with that of Naive Bayes: at full size beside weights
        # scaled to a quarter, it alone decided on small samples.
        prior = np.log(yes.sum() / (~yes).sum())
        shift = (1 - BETA) * np.abs(learnt).mean() * prior + BETA * model.intercept_[0]
        return mixed * scale, float(shift)

    def predict_proba(self, matrix: Any) -> NDArray[np.float64]:
        """Return the (examples, classes) softmax of the margins, classes in ascending order."""
        margins = (matrix > 0).astype(np.float64) @ self.weights + self.shift
        if len(self.known) == 2:
            margins = np.concatenate([-margins, margins], axis=1)
        shares: NDArray[np.float64] = softmax(margins, axis=1)
        return shares

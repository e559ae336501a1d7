"""Naive Bayes on counted words: multinomial, complement, or NB-SVM (Wang & Manning, ACL 2012)."""

from collections.abc import Callable, Sequence
from typing import Any, Literal

import numpy as np
from scipy import sparse
from sklearn.naive_bayes import ComplementNB, MultinomialNB

from bench.baseline import Fit, Prediction, TaskData
from bench.baselines._nbsvm import NBSVM
from bench.baselines._reduce import Shares, Units, priors, reduction_for
from bench.baselines._vectors import Vectors, shared_vectors
from bench.errors import UserError
from bench.task import Input, Task

Variant = Literal["multinomial", "complement", "nbsvm"]
Vectoriser = Literal["count", "binary", "tfidf"]


class NaiveBayes:
    """The defaults are scikit-learn's: single words, counted, add-one smoothing.

    Args:
        variant: `complement` after Rennie et al. (ICML 2003); `nbsvm` is a linear SVM on word
            presence scaled by each class's log-count ratio, its scores a softmax of the margins.
        ngrams: longest run of words that is counted as a feature.
        alpha: additive smoothing.
        vectoriser: word counts, word presence, or tf-idf.

    Raises:
        UserError: `ngrams` below 1, or `alpha` not above 0.
    """

    multi_task = False
    seeded = False
    cheap = True
    libraries = ("numpy", "scikit-learn", "scipy")

    def __init__(
        self,
        *,
        variant: Variant = "multinomial",
        ngrams: int = 1,
        alpha: float = 1.0,
        vectoriser: Vectoriser = "count",
    ) -> None:
        if ngrams < 1:
            raise UserError(f"ngrams = {ngrams}: give 1 or more")
        if not alpha > 0:
            raise UserError(f"alpha = {alpha}: give more than 0")
        self.variant, self.ngrams, self.alpha = variant, ngrams, alpha
        self.vectoriser = vectoriser

    def fit(self, data: Sequence[TaskData], *, seed: int) -> Fit:
        (task,) = data
        self.reduction = reduction_for(task)
        units = self.reduction.learn(task.labelled)
        self.vectors = shared_vectors(units.texts, kind=self.vectoriser, ngrams=self.ngrams)
        self.score = self._learn(units, self.vectors)
        size = self.vectors.width * units.count
        return Fit(
            parameters=size,
            model_bytes=8 * size + self.vectors.vocabulary_bytes,
            reduction=self.reduction.describe,
            shared_seconds=self.vectors.shared_seconds,
        )

    def _learn(self, units: Units, vectors: Vectors) -> Callable[[Any], Shares]:
        if not vectors.width:
            # No text holds a word: the classes' shares are all that can be learnt.
            shares = priors(units)
            return lambda matrix: np.tile(shares, (matrix.shape[0], 1))
        if units.classes.ndim == 2:
            columns = [self._one_question(vectors.matrix, column) for column in units.classes.T]
            return lambda matrix: np.stack([column(matrix) for column in columns], axis=1)
        return self._classes(vectors.matrix, units.classes, units.count)

    def _one_question(self, matrix: Any, yes: Any) -> Callable[[Any], Any]:
        score = self._classes(matrix, yes, 2)
        return lambda new: score(new)[:, 1]

    def _classes(self, matrix: Any, classes: Any, count: int) -> Callable[[Any], Shares]:
        """(new rows, count) probabilities; 0 for a class without a row to learn from."""
        known = np.unique(classes)
        model = self._model()
        model.fit(matrix, classes)

        def score(new: sparse.csr_matrix) -> Shares:
            shares = np.zeros((new.shape[0], count))
            if new.shape[0]:
                shares[:, known] = model.predict_proba(new)
            return shares

        return score

    def _model(self) -> Any:
        if self.variant == "nbsvm":
            return NBSVM(alpha=self.alpha)
        family = ComplementNB if self.variant == "complement" else MultinomialNB
        return family(alpha=self.alpha)

    def predict(self, task: Task, inputs: Sequence[Input]) -> Sequence[Prediction]:
        matrix = self.vectors.transform(self.reduction.texts(inputs))
        return self.reduction.answers(inputs, self.score(matrix))


BASELINE = NaiveBayes

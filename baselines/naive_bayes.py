"""Naive Bayes on word counts: multinomial, complement, or NB-SVM (Wang & Manning, ACL 2012)."""

import math
from collections.abc import Callable, Sequence
from typing import Any, ClassVar, Literal, get_args

import numpy as np
from scipy import sparse
from sklearn.naive_bayes import ComplementNB, MultinomialNB

from bench.baseline import FitInfo, Prediction, TaskData
from bench.baselines._bag_of_words.nbsvm import NBSVM
from bench.baselines._bag_of_words.vectors import Vectors
from bench.baselines._shared.class_targets import Shares, Units, priors
from bench.baselines._shared.multi_part import by_part
from bench.baselines._shared.reductions import reduction_for
from bench.baselines._shared.single_task import only
from bench.errors import UserError, did_you_mean
from bench.outputs import Pairs, Spans
from bench.task import Input, Task
from bench.texts.scripts import note_on

Variant = Literal["multinomial", "complement", "nbsvm"]
Vectoriser = Literal["count", "binary", "tfidf"]


_MARGINS = {
    "multinomial": "",
    "complement": "",
    "nbsvm": "The intercept is interpolated like the weights, unlike in the paper. Scores are a "
    "softmax of the margins (for two classes, a logistic function) and are not calibrated.",
}


@by_part
class NaiveBayes:
    """Bag-of-words Naive Bayes; the defaults are scikit-learn's: unigram counts, add-one smoothing.

    Args:
        variant: `multinomial`; `complement` (Rennie et al., ICML 2003); or `nbsvm`, a linear SVM on
            word presence scaled by each class's log-count ratio, with a softmax of the margins as
            scores.
        ngrams: longest n-gram counted as a feature, 1 to 5.
        alpha: additive smoothing, at least 1e-10 (scikit-learn would raise smaller values to it).
        vectoriser: word counts, word presence, or tf-idf. `nbsvm` always uses word presence.

    Attributes:
        predict_shared_seconds: seconds of vectorising that the last `predict` reused from an
            earlier run; on its own it would cost its own time plus this.

    Raises:
        UserError: a parameter is outside its range.
    """

    multi_task: ClassVar[bool] = False
    seeded: ClassVar[bool] = False
    full_data_entry: ClassVar[bool] = True
    libraries: ClassVar[tuple[str, ...]] = ("icu4py", "numpy", "scikit-learn", "scipy")
    predict_shared_seconds = 0.0

    def __init__(
        self,
        *,
        variant: Variant = "multinomial",
        ngrams: int = 1,
        alpha: float = 1.0,
        vectoriser: Vectoriser = "count",
    ) -> None:
        _refuse_unknown("variant", variant, get_args(Variant))
        _refuse_unknown("vectoriser", vectoriser, get_args(Vectoriser))
        if not 1 <= ngrams <= 5:
            raise UserError(f"ngrams = {ngrams}: give 1 to 5")
        if not (math.isfinite(alpha) and alpha >= 1e-10):
            raise UserError(f"alpha = {alpha}: give a number of at least 1e-10")
        if variant == "nbsvm" and vectoriser == "tfidf":
            raise UserError("vectoriser = 'tfidf': nbsvm always uses word presence; leave it out")
        self.variant, self.ngrams, self.alpha = variant, ngrams, alpha
        self.vectoriser = vectoriser

    def fit(self, data: Sequence[TaskData], *, seed: int) -> FitInfo:
        """Count words by class. All seeds and variants in this process share the count matrix.

        Raises:
            UserError: not exactly one task, or no examples.
        """
        task = only(data)
        self.reduction = reduction_for(task)
        units = self.reduction.learn(task.labelled)
        self.predict_shared_seconds = 0.0
        self.vectors = Vectors(units.texts, kind=self.vectoriser, ngrams=self.ngrams)
        self.score = self._learn(units, self.vectors)
        # One weight for each word and class, and one for each class.
        size = (self.vectors.width + 1) * units.count
        return FitInfo(
            parameters=size,
            model_bytes=8 * size + self.vectors.vocabulary_bytes,
            method_note=" ".join(filter(None, self._notes(task))),
            shared_seconds=self.vectors.shared_seconds,
        )

    def _notes(self, task: TaskData) -> tuple[str, str, str]:
        texts = (example.text for example in task.labelled)
        tagged = isinstance(task.output, Spans | Pairs)
        words = note_on(texts, characters=tagged)
        return self.reduction.describe, _MARGINS[self.variant], words

    def _learn(self, units: Units, vectors: Vectors) -> Callable[[Any], Shares]:
        if not vectors.width:
            # No text contains a word: the class frequencies are all there is to learn.
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
        """Fit a classifier and return its scoring function.

        It maps a matrix of new texts to (texts, count) probabilities, 0 for classes without a
        training example.
        """
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
        """Return the most probable answer for each input, with the probability of every label."""
        new = self.vectors.transform(self.reduction.texts(inputs))
        self.predict_shared_seconds = new.shared_seconds
        return self.reduction.answers(inputs, self.score(new.matrix))


def _refuse_unknown(name: str, value: str, known: Sequence[str]) -> None:
    if value not in known:
        raise UserError(f"{name} = {value!r}: {did_you_mean(str(value), known)}")


BASELINE = NaiveBayes

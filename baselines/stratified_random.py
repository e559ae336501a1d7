"""Stratified random guessing: answers drawn by class frequency in training, the chance floor."""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import ClassVar

import numpy as np

from bench.baseline import FitInfo, Prediction, TaskData
from bench.baselines._shared.class_targets import Shares, priors
from bench.baselines._shared.multi_part import by_part
from bench.baselines._shared.reductions import reduction_for
from bench.baselines._shared.single_task import only
from bench.outputs import FreeText, Regression, SingleLabel
from bench.task import Input, Task


@by_part
class StratifiedRandom:
    """Draw a class for each text, or word, without looking at it.

    Each draw depends on the seed and the input's id only, so it is the same in any batch; a run's
    scores are means over many draws (`guesses`), since the luck of one moves a floor by .1. The
    scores are the class frequencies, not the draw: log loss would punish a draw reported with
    certainty for overconfidence, and the floor would lie too low.
    """

    multi_task: ClassVar[bool] = False
    seeded: ClassVar[bool] = True
    is_floor: ClassVar[bool] = True
    full_data_entry: ClassVar[bool] = False  # more training data would not change a floor
    libraries: ClassVar[tuple[str, ...]] = ("numpy",)

    def fit(self, data: Sequence[TaskData], *, seed: int) -> FitInfo:
        """Count the classes.

        Raises:
            UserError: not exactly one task, or no examples.
        """
        task = only(data)
        self._seed = seed
        self._reduction = reduction_for(task)
        self._by_text = isinstance(task.output, SingleLabel | Regression | FreeText)
        units = self._reduction.learn(task.labelled)
        self._shares, self._independent = priors(units), units.classes.ndim == 2
        return FitInfo(
            parameters=self._shares.size,
            model_bytes=self._shares.nbytes,
            method_note=self._reduction.describe,
        )

    def predict(self, task: Task, inputs: Sequence[Input]) -> Sequence[Prediction]:
        """Return one draw per input (for spans: one per word)."""
        drawn = [self._draw(row) for row in inputs]
        shares = np.concatenate([np.zeros((0, self._shares.size)), *drawn])
        answers = self._reduction.answers(inputs, shares)
        shown = self._reduction.answers(inputs, np.tile(self._shares, (len(shares), 1)))
        pairs = zip(answers, shown, strict=True)
        return [replace(answer, scores=fair.scores) for answer, fair in pairs]

    def guesses(
        self, task: Task, inputs: Sequence[Input], number: int
    ) -> Iterator[Sequence[Prediction]]:
        """Yield so many draws for all inputs.

        They depend on the inputs' ids, not on the seed. Over all draws each class comes up as often
        as its frequency demands (Latin hypercube sampling: McKay, Beckman & Conover, 1979).
        """
        documents, classes = len(self._reduction.texts(inputs)), self._shares.size
        generator = _generator("\x1f".join(row.id for row in inputs))
        shape = (number, documents, classes if self._independent else 1)
        cells = generator.permuted(np.broadcast_to(np.arange(number)[:, None, None], shape), axis=0)
        points = (cells + generator.random(shape)) / number
        fair = self._reduction.answers(inputs, np.tile(self._shares, (documents, 1)))
        scores = [answer.scores for answer in fair]
        answer_to = self._answers(inputs)
        for point in points:
            drawn = answer_to(point)
            pairs = zip(drawn, scores, strict=True)
            yield [Prediction(answer.value, of_all) for answer, of_all in pairs]

    def _answers(self, inputs: Sequence[Input]) -> Callable[[Shares], Sequence[Prediction]]:
        """Return a function from the points of one draw to its answers."""
        classes = self._shares.size
        if self._independent or not self._by_text:
            return lambda points: self._reduction.answers(inputs, self._classes(points))
        # A draw is one of few answers to a text: they are made once.
        known = self._reduction.answers([*inputs[:1]] * classes, np.eye(classes))
        return lambda points: [known[k] for k in self._classes(points).argmax(axis=1).tolist()]

    def _classes(self, points: Shares) -> Shares:
        """Return a (documents, classes) array of zeros and ones for points from 0 to 1."""
        if self._independent:
            return (points < self._shares).astype(np.float64)
        # Divided by the last sum: rounding can leave it short of one, with a gap at the end.
        bounds = np.cumsum(self._shares)
        places = np.searchsorted(bounds / bounds[-1], points[:, 0], side="right")
        return np.asarray(np.eye(self._shares.size)[places], np.float64)

    def _draw(self, row: Input) -> Shares:
        """Return a (documents, classes) array of zeros and ones for one input."""
        documents, classes = len(self._reduction.texts([row])), self._shares.size
        generator = _generator(f"{self._seed}\x1f{row.id}")
        return self._classes(generator.random((documents, classes if self._independent else 1)))


def _generator(words: str) -> np.random.Generator:
    digest = hashlib.sha256(words.encode("utf-8", "surrogatepass")).digest()
    return np.random.default_rng(int.from_bytes(digest[:16]))


BASELINE = StratifiedRandom

"""An answer drawn at random with the classes' shares in training: the floor of chance."""

import hashlib
from collections.abc import Sequence
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from bench.baseline import Fit, Prediction, TaskData
from bench.baselines._reduce import Judged, answers, class_shares, learnable, only
from bench.baselines._reductions import reduce
from bench.task import Input, Task


class StratifiedRandom:
    """Draws a class for each text, or word, without looking at it.

    Each draw comes from the seed and the input's id, so that it is the same in any batch. The
    scores are the classes' shares, not the draw: a draw shown as certainty would be punished by
    log loss for a confidence that nobody has, and the floor would lie too low.
    """

    multi_task: ClassVar[bool] = False
    seeded: ClassVar[bool] = True
    cheap: ClassVar[bool] = True
    libraries: ClassVar[tuple[str, ...]] = ("numpy",)

    def fit(self, data: Sequence[TaskData], *, seed: int) -> Fit:
        """Count the classes.

        Raises:
            UserError: not exactly one task, or no rows.
        """
        task = only(data)
        self._seed = seed
        self._reduction = reduce(task.output, task.labelled)
        self._shares = class_shares(self._reduction, learnable(self._reduction, task.labelled))
        return Fit(
            parameters=self._shares.size,
            model_bytes=self._shares.nbytes,
            reduction=self._reduction.describe,
        )

    def predict(self, task: Task, inputs: Sequence[Input]) -> Sequence[Prediction]:
        """One draw an input (for spans: one a word)."""
        sizes = [len(self._reduction.units(row)) for row in inputs]
        drawn = [self._draw(row.id, size) for row, size in zip(inputs, sizes, strict=True)]
        empty = np.zeros((0, self._reduction.classes), np.int64)
        certain = np.concatenate([empty, *drawn])
        chosen = certain if self._reduction.independent else certain.argmax(axis=1)
        judged = Judged(chosen, certain.astype(np.float64))
        scored = np.tile(self._shares, (sum(sizes), 1))
        return answers(self._reduction, inputs, sizes, judged, scored=scored)

    def _draw(self, name: str, units: int) -> NDArray[np.int64]:
        """(units, classes) zeros and ones."""
        words = f"{self._seed}\x1f{name}".encode("utf-8", "surrogatepass")
        generator = np.random.default_rng(int.from_bytes(hashlib.sha256(words).digest()[:16]))
        classes = self._reduction.classes
        if self._reduction.independent:
            return (generator.random((units, classes)) < self._shares).astype(np.int64)
        # Divided by the last sum, which may miss one by rounding and leave a gap at the end.
        bounds = np.cumsum(self._shares)
        places = np.searchsorted(bounds / bounds[-1], generator.random(units), side="right")
        return np.asarray(np.eye(classes, dtype=np.int64)[places])


BASELINE = StratifiedRandom

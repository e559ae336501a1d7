"""Majority class: the most frequent training answer for every text, the floor of a ranking."""

from collections.abc import Sequence
from typing import ClassVar

import numpy as np

from bench.baseline import FitInfo, Prediction, TaskData
from bench.baselines._shared.class_targets import priors
from bench.baselines._shared.multi_part import by_part
from bench.baselines._shared.reductions import reduction_for
from bench.baselines._shared.single_task import only
from bench.task import Input, Task


@by_part
class Majority:
    """Always predict the most frequent class, the first declared one on ties; the scores are the
    class frequencies in training. For a real-valued output this is the training mean."""

    multi_task: ClassVar[bool] = False
    seeded: ClassVar[bool] = False
    is_floor: ClassVar[bool] = True
    full_data_entry: ClassVar[bool] = False  # more training data would not change a floor
    libraries: ClassVar[tuple[str, ...]] = ("numpy",)

    def fit(self, data: Sequence[TaskData], *, seed: int) -> FitInfo:
        """Count the classes.

        Raises:
            UserError: not exactly one task, or no examples.
        """
        task = only(data)
        self._reduction = reduction_for(task)
        self._shares = priors(self._reduction.learn(task.labelled))
        return FitInfo(
            parameters=self._shares.size,
            model_bytes=self._shares.nbytes,
            method_note=self._reduction.describe,
        )

    def predict(self, task: Task, inputs: Sequence[Input]) -> Sequence[Prediction]:
        """Return the same answer for every input (for spans: the same tag for every word)."""
        shares = np.tile(self._shares, (len(self._reduction.texts(inputs)), 1))
        return self._reduction.answers(inputs, shares)


BASELINE = Majority

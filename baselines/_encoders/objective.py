"""Training objectives of an encoder for every answer space, including several answers in one.

A network returns a vector of logits for each text, or for each word if words are tagged. An
objective describes itself in `describe`, which the report shows.
"""

from collections.abc import Iterator, Sequence
from functools import singledispatch
from typing import Any, Protocol

import numpy as np
import torch

from bench.baseline import Prediction, TaskData
from bench.baselines._encoders.losses import Classes, Gold, Labels, Logits, Number, Tags
from bench.baselines._shared.bio_tags import tokens
from bench.baselines._shared.multi_part import parts_of, together, with_part
from bench.errors import UserError
from bench.outputs import (
    Fields,
    FreeText,
    MultiLabel,
    Output,
    Pairs,
    Regression,
    SingleLabel,
    Spans,
)
from bench.task import Example, Input


class Objective(Protocol):
    """Training objective for one answer space."""

    @property
    def tagging(self) -> bool:
        """True if the network predicts for each word instead of each text."""

    @property
    def width(self) -> int:
        """Number of logits per text or word."""

    @property
    def columns(self) -> int:
        """Number of target columns per text or word."""

    @property
    def describe(self) -> str:
        """Sentences for the report."""

    def target(self, example: Example) -> Any:
        """Return the training target of an example; None if there is nothing to learn."""

    def gold(self, targets: Sequence[Any]) -> Gold:
        """Return the targets as an array."""

    def loss(self, logits: torch.Tensor, gold: torch.Tensor) -> torch.Tensor:
        """Return the summed loss.

        The kernels it launches depend on tensor sizes only, so that it can be captured in a CUDA
        graph.
        """

    def weight(self, targets: Sequence[Any]) -> float:
        """Return the divisor that turns the summed loss into a mean."""

    def answers(self, inputs: Sequence[Input], logits: Logits) -> list[Prediction]:
        """Return one prediction per input."""

    def calibrate(self, examples: Sequence[Example], logits: Logits) -> None:
        """Choose on the validation examples what remains after training, such as thresholds."""


def objective_for(task: TaskData, *, balanced: bool) -> Objective:
    """Return the objective of a task's output, prepared from its training examples.

    Args:
        task: the task and its examples.
        balanced: weigh classes by the inverse of their frequency in training, as
            scikit-learn's `class_weight="balanced"` does.

    Raises:
        UserError: the output has no objective, or there are no examples.
    """
    if not task.labelled:
        raise UserError(f"task {task.task.name}: no training examples")
    return _objective(task.output, task, balanced)


class _Parts:
    """Several answers from one network, each from its own slice of the logits."""

    tagging = False

    def __init__(self, task: TaskData, *, balanced: bool) -> None:
        self.parts = [objective_for(part, balanced=balanced) for part in parts_of(task)]
        if any(part.tagging for part in self.parts):
            raise UserError(f"task {task.task.name}: encoders cannot predict spans as a part")
        ends = np.cumsum([[part.width, part.columns] for part in self.parts], axis=0)
        self.width, self.columns = map(int, ends[-1])
        self.cuts, self.gold_cuts = ends[:-1].T.tolist()
        descriptions = dict.fromkeys(part.describe for part in self.parts)
        self.describe = " ".join(["One network predicts all parts.", *filter(None, descriptions)])

    def _part_examples(
        self, examples: Sequence[Example]
    ) -> Iterator[tuple[Objective, list[Example]]]:
        for place, part in enumerate(self.parts):
            yield part, [with_part(example, place) for example in examples]

    def target(self, example: Example) -> list[Any]:
        return [part.target(rows[0]) for part, rows in self._part_examples([example])]

    def gold(self, targets: Sequence[list[Any]]) -> Gold:
        pairs = zip(self.parts, zip(*targets, strict=True), strict=True)
        return np.hstack([part.gold(part_targets) for part, part_targets in pairs])

    def loss(self, logits: torch.Tensor, gold: torch.Tensor) -> torch.Tensor:
        columns = torch.tensor_split(logits, self.cuts, dim=1)
        golds = torch.tensor_split(gold, self.gold_cuts, dim=1)
        parts = zip(self.parts, columns, golds, strict=True)
        return torch.stack(
            [part.loss(part_logits, part_gold) for part, part_logits, part_gold in parts]
        ).sum()

    def weight(self, targets: Sequence[list[Any]]) -> float:
        return float(len(targets))

    def answers(self, inputs: Sequence[Input], logits: Logits) -> list[Prediction]:
        pairs = zip(self.parts, np.split(logits, self.cuts, axis=1), strict=True)
        answers = [part.answers(inputs, columns) for part, columns in pairs]
        return [together(row) for row in zip(*answers, strict=True)]

    def calibrate(self, examples: Sequence[Example], logits: Logits) -> None:
        columns = np.split(logits, self.cuts, axis=1)
        for (part, rows), part_logits in zip(self._part_examples(examples), columns, strict=True):
            part.calibrate(rows, part_logits)


def words_of(text: Input | Example) -> int:
    """Return the number of words to tag in a text."""
    return len(tokens(text.text))


@singledispatch
def _objective(output: Output, task: TaskData, balanced: bool) -> Objective:
    raise UserError(f"output {output!r}: encoders do not support it yet")


_objective.register(SingleLabel, lambda _, task, balanced: Classes(task, balanced=balanced))
_objective.register(FreeText, lambda _, task, balanced: Classes(task, balanced=balanced))
_objective.register(MultiLabel, lambda _, task, balanced: Labels(task, balanced=balanced))
_objective.register(Regression, lambda _, task, balanced: Number(task, balanced=balanced))
_objective.register(Spans, lambda _, task, balanced: Tags(task, balanced=balanced))
_objective.register(Pairs, lambda _, task, balanced: Tags(task, balanced=balanced))
_objective.register(Fields, lambda _, task, balanced: _Parts(task, balanced=balanced))

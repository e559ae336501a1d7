"""Objectives for one answer: a class, a label set, a number, or a tag for each word.

Each class implements `bench.baselines._encoders.objective.Objective`, which documents the methods:
training targets, loss, and conversion of logits into answers.
"""

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.special import expit, softmax
from torch.nn import functional

from bench.baseline import Prediction, TaskData
from bench.baselines._shared.bio_tags import tags, tags_of
from bench.baselines._shared.class_targets import priors
from bench.baselines._shared.reductions import Reduction, reduction_for
from bench.baselines._shared.threshold import FEW, best_threshold
from bench.outputs import Regression
from bench.task import Example, Input

Logits = NDArray[np.float64]
"""(texts or words, width)."""


Gold = NDArray[np.float32]
"""(texts or words, columns) training targets."""
IGNORED = -100.0
"""Target that the loss ignores."""


def _even(counts: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return class weights that give all occurring classes the same total weight."""
    known = counts > 0
    even = counts.sum() / (known.sum() * np.where(known, counts, 1.0))
    return np.where(known, even, 1.0)


class _Weights:
    """Class or label weights of the loss, cached on each device."""

    def __init__(self, values: NDArray[np.float64] | None) -> None:
        self.values = values
        self.on_device: dict[torch.device, torch.Tensor] = {}

    def on(self, device: torch.device) -> torch.Tensor | None:
        """Return the (width,) weights, copied once, since a CUDA graph cannot contain the copy."""
        if self.values is not None and device not in self.on_device:
            self.on_device[device] = torch.tensor(self.values, dtype=torch.float32, device=device)
        return self.on_device.get(device)

    def total(self, classes: Sequence[int]) -> float:
        """Return the summed weight of class indices."""
        if self.values is None:
            return float(len(classes))
        return float(self.values[list(classes)].sum())


class _Nothing:
    """Base of objectives that choose nothing on the validation examples."""

    def calibrate(self, examples: Sequence[Example], logits: Logits) -> None:
        return


class Classes(_Nothing):
    """One of several classes: the labels, or for free text the answers seen in training."""

    tagging, columns = False, 1

    def __init__(self, task: TaskData, *, balanced: bool) -> None:
        self.reduction: Reduction = reduction_for(task)
        units = self.reduction.learn(task.labelled)
        self.width, self.describe = units.count, self.reduction.describe
        counts = priors(units) * len(units.texts)
        self.weights = _Weights(_even(counts) if balanced else None)

    def target(self, example: Example) -> int | None:
        classes = self.reduction.learn([example]).classes
        return int(classes[0]) if len(classes) else None

    def gold(self, targets: Sequence[int | None]) -> Gold:
        # One part of an answer can be outside the classes while other parts are trained.
        return np.array([IGNORED if k is None else k for k in targets], np.float32)[:, None]

    def loss(self, logits: torch.Tensor, gold: torch.Tensor) -> torch.Tensor:
        return _cross_entropy(logits, gold, self.weights)

    def weight(self, targets: Sequence[int | None]) -> float:
        return self.weights.total([k for k in targets if k is not None])

    def answers(self, inputs: Sequence[Input], logits: Logits) -> list[Prediction]:
        return self.reduction.answers(inputs, softmax(logits, axis=1))


def _cross_entropy(logits: torch.Tensor, gold: torch.Tensor, weights: _Weights) -> torch.Tensor:
    return functional.cross_entropy(
        logits.float(),
        gold[:, 0].long(),
        weight=weights.on(logits.device),
        ignore_index=int(IGNORED),
        reduction="sum",
    )


class Labels:
    """A set of labels: a binary decision for each label, with its own threshold."""

    tagging = False
    describe = (
        "Each label is predicted independently; its threshold is the one with the best F1 on "
        f"validation, or 0.5 if fewer than {FEW} validation examples have the label."
    )

    def __init__(self, task: TaskData, *, balanced: bool) -> None:
        self.labels = task.output.labels
        self.width = self.columns = len(self.labels)
        self.thresholds = np.full(self.width, 0.5)
        rows = np.array([self.target(e) for e in task.labelled])
        positives = rows.sum(axis=0)
        self.weights = _Weights(
            (len(rows) - positives) / np.maximum(positives, 1) if balanced else None
        )

    def target(self, example: Example) -> list[float]:
        gold = example.target if isinstance(example.target, frozenset) else frozenset()
        return [float(label in gold) for label in self.labels]

    def gold(self, targets: Sequence[list[float]]) -> Gold:
        return np.array(targets, np.float32).reshape(-1, self.columns)

    def loss(self, logits: torch.Tensor, gold: torch.Tensor) -> torch.Tensor:
        # Summed over labels: a mean would divide the learning rate by their number.
        return functional.binary_cross_entropy_with_logits(
            logits.float(), gold, pos_weight=self.weights.on(logits.device), reduction="sum"
        )

    def weight(self, targets: Sequence[list[float]]) -> float:
        return float(len(targets))

    def answers(self, inputs: Sequence[Input], logits: Logits) -> list[Prediction]:
        rows = expit(logits)
        chosen = (rows >= self.thresholds).tolist()
        pairs = zip(chosen, rows.tolist(), strict=True)
        return [Prediction(self._assigned(yes), tuple(row)) for yes, row in pairs]

    def _assigned(self, chosen: Sequence[bool]) -> frozenset[str]:
        return frozenset(label for label, yes in zip(self.labels, chosen, strict=True) if yes)

    def calibrate(self, examples: Sequence[Example], logits: Logits) -> None:
        gold = np.array([self.target(e) for e in examples]).reshape(-1, self.width)
        for label, scores in enumerate(expit(logits).T):
            if gold[:, label].sum() >= FEW:
                self.thresholds[label] = best_threshold(gold[:, label] == 1, scores)


class Number(_Nothing):
    """A number on a scale; standardised by mean and standard deviation in training."""

    tagging, width, columns = False, 1, 1
    describe = "The answer is the network's output, trained with squared error."

    def __init__(self, task: TaskData, *, balanced: bool) -> None:
        assert isinstance(task.output, Regression)
        self.low, self.high = task.output.low, task.output.high
        values = np.array([e.target for e in task.labelled], np.float64)
        self.mean, self.spread = float(values.mean()), float(values.std()) or 1.0

    def target(self, example: Example) -> float:
        assert isinstance(example.target, float)
        return (example.target - self.mean) / self.spread

    def gold(self, targets: Sequence[float]) -> Gold:
        return np.array(targets, np.float32)[:, None]

    def loss(self, logits: torch.Tensor, gold: torch.Tensor) -> torch.Tensor:
        return functional.mse_loss(logits.float(), gold, reduction="sum")

    def weight(self, targets: Sequence[float]) -> float:
        return float(len(targets))

    def answers(self, inputs: Sequence[Input], logits: Logits) -> list[Prediction]:
        values = (logits[:, 0] * self.spread + self.mean).clip(self.low, self.high)
        return [Prediction(value) for value in values.tolist()]


class Tags(_Nothing):
    """A BIO tag for each word."""

    tagging, columns = True, 1
    describe = (
        "Each word gets a BIO tag (at the beginning of, inside or outside a span), and the tags "
        "give the spans; a label's score is its highest probability over the words. Long texts "
        "are split into pieces."
    )

    def __init__(self, task: TaskData, *, balanced: bool) -> None:
        self.reduction = reduction_for(task)
        self.names = tags_of(task.output.labels)
        self.position = {name: k for k, name in enumerate(self.names)}
        self.width = len(self.names)
        targets = [k for e in task.labelled for k in self.target(e)]
        counts = np.bincount(targets, minlength=self.width).astype(np.float64)
        self.weights = _Weights(_even(counts) if balanced else None)

    def target(self, example: Example) -> list[int]:
        return [self.position[name] for name in tags(example.text, example.target)]

    def gold(self, targets: Sequence[list[int]]) -> Gold:
        return np.array([k for row in targets for k in row], np.float32)[:, None]

    def loss(self, logits: torch.Tensor, gold: torch.Tensor) -> torch.Tensor:
        return _cross_entropy(logits, gold, self.weights)

    def weight(self, targets: Sequence[list[int]]) -> float:
        return max(1.0, self.weights.total([k for row in targets for k in row]))

    def answers(self, inputs: Sequence[Input], logits: Logits) -> list[Prediction]:
        return self.reduction.answers(inputs, softmax(logits, axis=1))

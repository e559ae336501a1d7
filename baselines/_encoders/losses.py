"""What a network learns for one answer: classes, labels, a number or a tag for each word, by which
loss, and its outputs as answers.

Each class is an `Objective`, whose methods `_objective.py` explains.
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
"""(texts or words, columns): what is to be learnt, as numbers."""
IGNORED = -100.0
"""The gold of what does not count."""


def _even(counts: NDArray[np.float64]) -> NDArray[np.float64]:
    """Of each class the weight with which all that occur weigh the same."""
    known = counts > 0
    even = counts.sum() / (known.sum() * np.where(known, counts, 1.0))
    return np.where(known, even, 1.0)


class _Weights:
    """Weights of classes or labels, on each device that asks for them."""

    def __init__(self, values: NDArray[np.float64] | None) -> None:
        self.values = values
        self.there: dict[torch.device, torch.Tensor] = {}

    def on(self, device: torch.device) -> torch.Tensor | None:
        """(width,), sent once: a recorded step cannot wait for them."""
        if self.values is not None and device not in self.there:
            self.there[device] = torch.tensor(self.values, dtype=torch.float32, device=device)
        return self.there.get(device)

    def total(self, classes: Sequence[int]) -> float:
        """What classes weigh together."""
        if self.values is None:
            return float(len(classes))
        return float(self.values[list(classes)].sum())


class _Nothing:
    """For objectives with nothing left to choose."""

    def settle(self, examples: Sequence[Example], logits: Logits) -> None:
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
        # Beside other parts of an answer there can be one that is none of the classes.
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
    """Every label a question of its own, with a threshold of its own."""

    tagging = False
    describe = (
        "Each label is decided on its own; its threshold is the one with the best F1 on the "
        f"validation rows, or one half where fewer than {FEW} of them have the label."
    )

    def __init__(self, task: TaskData, *, balanced: bool) -> None:
        self.labels = task.output.labels
        self.width = self.columns = len(self.labels)
        self.thresholds = np.full(self.width, 0.5)
        rows = np.array([self.target(e) for e in task.labelled])
        found = rows.sum(axis=0)
        self.weights = _Weights((len(rows) - found) / np.maximum(found, 1) if balanced else None)

    def target(self, example: Example) -> list[float]:
        gold = example.target if isinstance(example.target, frozenset) else frozenset()
        return [float(label in gold) for label in self.labels]

    def gold(self, targets: Sequence[list[float]]) -> Gold:
        return np.array(targets, np.float32).reshape(-1, self.columns)

    def loss(self, logits: torch.Tensor, gold: torch.Tensor) -> torch.Tensor:
        # Summed over labels, or a task of many labels would learn at a fraction of the rate.
        return functional.binary_cross_entropy_with_logits(
            logits.float(), gold, pos_weight=self.weights.on(logits.device), reduction="sum"
        )

    def weight(self, targets: Sequence[list[float]]) -> float:
        return float(len(targets))

    def answers(self, inputs: Sequence[Input], logits: Logits) -> list[Prediction]:
        rows = expit(logits)
        chosen = (rows >= self.thresholds).tolist()
        pairs = zip(chosen, rows.tolist(), strict=True)
        return [Prediction(self._given(yes), tuple(row)) for yes, row in pairs]

    def _given(self, chosen: Sequence[bool]) -> frozenset[str]:
        return frozenset(label for label, yes in zip(self.labels, chosen, strict=True) if yes)

    def settle(self, examples: Sequence[Example], logits: Logits) -> None:
        gold = np.array([self.target(e) for e in examples]).reshape(-1, self.width)
        for label, scores in enumerate(expit(logits).T):
            if gold[:, label].sum() >= FEW:
                self.thresholds[label] = best_threshold(gold[:, label] == 1, scores)


class Number(_Nothing):
    """A number on a scale; learnt in units of its standard deviation in training."""

    tagging, width, columns = False, 1, 1
    describe = "The answer is a number of the network's own, learnt by its squared error."

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
        "Each word is tagged as outside, at the beginning of or inside a span (BIO), and the "
        "spans are read off the tags; a label's score is its highest probability over the words. "
        "A long text is read in pieces."
    )

    def __init__(self, task: TaskData, *, balanced: bool) -> None:
        self.reduction = reduction_for(task)
        self.names = tags_of(task.output.labels)
        self.position = {name: k for k, name in enumerate(self.names)}
        self.width = len(self.names)
        found = [k for e in task.labelled for k in self.target(e)]
        counts = np.bincount(found, minlength=self.width).astype(np.float64)
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

"""What a network learns for each answer space: its width, its loss, and its outputs as answers.

A network gives one row of numbers (logits) a text, or one a word where words are tagged. What the
answer space needs beyond a classification is said in `describe`, which stands on the page.
"""

from collections.abc import Iterator, Sequence
from functools import singledispatch
from typing import Any, Protocol

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.special import expit, softmax
from torch.nn import functional

from bench.baseline import Prediction, TaskData
from bench.baselines._parts import parts_of, together, with_part
from bench.baselines._reduce import Reduction, priors, reduction_for
from bench.baselines._tags import tags, tags_of, tokens
from bench.baselines._threshold import FEW, best_threshold
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

Logits = NDArray[np.float64]
"""(texts or words, width)."""


class Objective(Protocol):
    """One answer space as something to learn."""

    @property
    def tagging(self) -> bool:
        """Whether the network answers for each word instead of each text."""

    @property
    def width(self) -> int:
        """Numbers that the network gives."""

    @property
    def describe(self) -> str:
        """Sentences for the page."""

    def target(self, example: Example) -> Any:
        """What the network is to learn from a text; None: nothing."""

    def loss(self, logits: torch.Tensor, targets: Sequence[Any]) -> torch.Tensor:
        """The sum of all rows' losses."""

    def weight(self, targets: Sequence[Any]) -> float:
        """What that sum is divided by for a mean."""

    def answers(self, inputs: Sequence[Input], logits: Logits) -> list[Prediction]:
        """One prediction an input."""

    def settle(self, examples: Sequence[Example], logits: Logits) -> None:
        """Choose on the validation rows what is left to choose once the weights stand."""


def objective_for(task: TaskData, *, balanced: bool) -> Objective:
    """The objective of a task's output, prepared from the rows to learn from.

    Args:
        task: the task and its rows.
        balanced: weigh classes by the inverse of their frequency in training, as
            scikit-learn's `class_weight="balanced"` does.

    Raises:
        UserError: the output has none, or there are no rows.
    """
    if not task.labelled:
        raise UserError(f"task {task.task.name}: no rows to learn from")
    return _objective(task.output, task, balanced)


def _weights(counts: NDArray[np.float64], *, balanced: bool) -> torch.Tensor | None:
    if not balanced:
        return None
    known = counts > 0
    even = counts.sum() / (known.sum() * np.where(known, counts, 1.0))
    return torch.tensor(np.where(known, even, 1.0), dtype=torch.float32)


class _Nothing:
    """For objectives with nothing left to choose."""

    def settle(self, examples: Sequence[Example], logits: Logits) -> None:
        return


class _Classes(_Nothing):
    """One of several classes: the labels, or for free text the answers seen in training."""

    tagging = False

    def __init__(self, task: TaskData, *, balanced: bool) -> None:
        self.reduction: Reduction = reduction_for(task)
        units = self.reduction.learn(task.labelled)
        self.width, self.describe = units.count, self.reduction.describe
        self.weights = _weights(priors(units) * len(units.texts), balanced=balanced)

    def target(self, example: Example) -> int | None:
        classes = self.reduction.learn([example]).classes
        return int(classes[0]) if len(classes) else None

    def loss(self, logits: torch.Tensor, targets: Sequence[int]) -> torch.Tensor:
        gold = torch.tensor(targets, device=logits.device)
        weights = None if self.weights is None else self.weights.to(logits.device)
        return functional.cross_entropy(logits.float(), gold, weight=weights, reduction="sum")

    def weight(self, targets: Sequence[int]) -> float:
        return _total(self.weights, targets)

    def answers(self, inputs: Sequence[Input], logits: Logits) -> list[Prediction]:
        return self.reduction.answers(inputs, softmax(logits, axis=1))


def _total(weights: torch.Tensor | None, classes: Sequence[int]) -> float:
    return float(len(classes)) if weights is None else float(weights[list(classes)].sum())


class _Labels:
    """Every label a question of its own, with a threshold of its own."""

    tagging = False
    describe = (
        "Each label is decided on its own; its threshold is the one with the best F1 on the "
        f"validation rows, or one half where fewer than {FEW} of them have the label."
    )

    def __init__(self, task: TaskData, *, balanced: bool) -> None:
        self.labels = task.output.labels
        self.width = len(self.labels)
        self.thresholds = np.full(self.width, 0.5)
        rows = np.array([self.target(e) for e in task.labelled])
        yes = np.maximum(rows.sum(axis=0), 1)
        self.weights = torch.tensor((len(rows) - rows.sum(axis=0)) / yes) if balanced else None

    def target(self, example: Example) -> list[float]:
        gold = example.target if isinstance(example.target, frozenset) else frozenset()
        return [float(label in gold) for label in self.labels]

    def loss(self, logits: torch.Tensor, targets: Sequence[list[float]]) -> torch.Tensor:
        gold = torch.tensor(targets, device=logits.device)
        weights = None if self.weights is None else self.weights.float().to(logits.device)
        # Summed over labels, or a task of many labels would learn at a fraction of the rate.
        return functional.binary_cross_entropy_with_logits(
            logits.float(), gold, pos_weight=weights, reduction="sum"
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


class _Number(_Nothing):
    """A number on a scale; learnt in units of its standard deviation in training."""

    tagging, width = False, 1
    describe = "The answer is a number of the network's own, learnt by its squared error."

    def __init__(self, task: TaskData, *, balanced: bool) -> None:
        assert isinstance(task.output, Regression)
        self.low, self.high = task.output.low, task.output.high
        values = np.array([e.target for e in task.labelled], np.float64)
        self.mean, self.spread = float(values.mean()), float(values.std()) or 1.0

    def target(self, example: Example) -> float:
        assert isinstance(example.target, float)
        return (example.target - self.mean) / self.spread

    def loss(self, logits: torch.Tensor, targets: Sequence[float]) -> torch.Tensor:
        gold = torch.tensor(targets, dtype=torch.float32, device=logits.device)
        return functional.mse_loss(logits.float()[:, 0], gold, reduction="sum")

    def weight(self, targets: Sequence[float]) -> float:
        return float(len(targets))

    def answers(self, inputs: Sequence[Input], logits: Logits) -> list[Prediction]:
        values = (logits[:, 0] * self.spread + self.mean).clip(self.low, self.high)
        return [Prediction(value) for value in values.tolist()]


class _Tags(_Nothing):
    """A BIO tag for each word."""

    tagging = True
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
        self.weights = _weights(counts, balanced=balanced)

    def target(self, example: Example) -> list[int]:
        return [self.position[name] for name in tags(example.text, example.target)]

    def loss(self, logits: torch.Tensor, targets: Sequence[list[int]]) -> torch.Tensor:
        gold = torch.tensor([k for row in targets for k in row], device=logits.device)
        weights = None if self.weights is None else self.weights.to(logits.device)
        return functional.cross_entropy(
            logits.float(), gold.long(), weight=weights, reduction="sum"
        )

    def weight(self, targets: Sequence[list[int]]) -> float:
        return max(1.0, _total(self.weights, [k for row in targets for k in row]))

    def answers(self, inputs: Sequence[Input], logits: Logits) -> list[Prediction]:
        return self.reduction.answers(inputs, softmax(logits, axis=1))


class _Parts:
    """Several answers from one network, each with its own share of the logits."""

    tagging = False

    def __init__(self, task: TaskData, *, balanced: bool) -> None:
        self.parts = [objective_for(part, balanced=balanced) for part in parts_of(task)]
        if any(part.tagging for part in self.parts):
            raise UserError(f"task {task.task.name}: a part that is made of spans cannot be learnt")
        ends = np.cumsum([part.width for part in self.parts])
        self.width, self.cuts = int(ends[-1]), ends[:-1].tolist()
        said = dict.fromkeys(part.describe for part in self.parts)
        self.describe = " ".join(["One network answers all parts.", *filter(None, said)])

    def _each(self, examples: Sequence[Example]) -> Iterator[tuple[Objective, list[Example]]]:
        for place, part in enumerate(self.parts):
            yield part, [with_part(example, place) for example in examples]

    def target(self, example: Example) -> list[Any]:
        return [part.target(rows[0]) for part, rows in self._each([example])]

    def loss(self, logits: torch.Tensor, targets: Sequence[list[Any]]) -> torch.Tensor:
        columns = torch.tensor_split(logits, self.cuts, dim=1)
        pairs = zip(self.parts, columns, zip(*targets, strict=True), strict=True)
        return torch.stack([part.loss(own, gold) for part, own, gold in pairs]).sum()

    def weight(self, targets: Sequence[list[Any]]) -> float:
        return float(len(targets))

    def answers(self, inputs: Sequence[Input], logits: Logits) -> list[Prediction]:
        pairs = zip(self.parts, np.split(logits, self.cuts, axis=1), strict=True)
        found = [part.answers(inputs, columns) for part, columns in pairs]
        return [together(row) for row in zip(*found, strict=True)]

    def settle(self, examples: Sequence[Example], logits: Logits) -> None:
        columns = np.split(logits, self.cuts, axis=1)
        for (part, rows), own in zip(self._each(examples), columns, strict=True):
            part.settle(rows, own)


def words_of(text: Input | Example) -> int:
    """The number of words that are tagged in a text."""
    return len(tokens(text.text))


@singledispatch
def _objective(output: Output, task: TaskData, balanced: bool) -> Objective:
    raise UserError(f"output {output!r}: there is no way to learn it yet")


_objective.register(SingleLabel, lambda _, task, balanced: _Classes(task, balanced=balanced))
_objective.register(FreeText, lambda _, task, balanced: _Classes(task, balanced=balanced))
_objective.register(MultiLabel, lambda _, task, balanced: _Labels(task, balanced=balanced))
_objective.register(Regression, lambda _, task, balanced: _Number(task, balanced=balanced))
_objective.register(Spans, lambda _, task, balanced: _Tags(task, balanced=balanced))
_objective.register(Pairs, lambda _, task, balanced: _Tags(task, balanced=balanced))
_objective.register(Fields, lambda _, task, balanced: _Parts(task, balanced=balanced))

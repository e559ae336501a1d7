"""What a reduction is: any answer space as a classification, and probabilities back as answers.

A classifier sees *units*: documents, each with a class. Most outputs have one unit a text;
`Spans` has one a word. What a reduction does is said in its `describe`, which stands on the page.
`bench.baselines._reductions` has one for each output.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from bench.baseline import Prediction, TaskData
from bench.errors import UserError
from bench.outputs import Answer
from bench.task import Example, Input

Row = Input | Example
Target = int | tuple[bool, ...]
Scores = tuple[float, ...] | None

LEFT_OUT = -1
"""The target of a unit that nothing is learnt from."""


@dataclass(frozen=True)
class Judged:
    """What a classifier says of each unit.

    Args:
        chosen: (units,) class numbers; (units, labels) 0 or 1 where labels are independent.
        shares: (units, classes) probabilities; rows sum to one unless labels are independent.
    """

    chosen: NDArray[np.int64]
    shares: NDArray[np.float64]


@dataclass(frozen=True)
class Units:
    """What a classifier learns from: n documents and their (n,) classes, or (n, labels) truths."""

    texts: list[str]
    targets: NDArray[np.int64]


class Reduction(Protocol):
    """One answer space as a classification."""

    @property
    def describe(self) -> str:
        """A sentence for the page; "" where the output is a classification by nature."""

    @property
    def classes(self) -> int:
        """How many classes there are."""

    @property
    def independent(self) -> bool:
        """Whether a unit may have any number of the classes."""

    def units(self, row: Row) -> list[str]:
        """The documents that a classifier sees of a text."""

    def targets(self, example: Example) -> list[Target]:
        """The gold class of each unit; `LEFT_OUT` where it is not learnt from."""

    def value(self, row: Row, judged: Judged) -> Answer:
        """The answer for a text, from what is said of its units."""

    def scores(self, shares: NDArray[np.float64]) -> Scores:
        """One number a label of the output, from the shares of a text's units."""


def only(data: Sequence[TaskData]) -> TaskData:
    """The one task of a single-task family.

    Raises:
        UserError: not exactly one task, or one without rows.
    """
    if len(data) != 1:
        raise UserError(f"{len(data)} tasks given to a family that fits one at a time")
    if not data[0].train and not data[0].validation:
        raise UserError(f"task {data[0].task.name}: no rows to learn from")
    return data[0]


def learnable(reduction: Reduction, examples: Sequence[Example]) -> Units:
    """The units of all examples, without those that are left out."""
    texts: list[str] = []
    targets: list[Target] = []
    for example in examples:
        pairs = zip(reduction.units(example), reduction.targets(example), strict=True)
        for text, target in pairs:
            if target != LEFT_OUT:
                texts.append(text)
                targets.append(target)
    shape = (-1, reduction.classes) if reduction.independent else (-1,)
    return Units(texts, np.array(targets, dtype=np.int64).reshape(shape))


def class_shares(reduction: Reduction, units: Units) -> NDArray[np.float64]:
    """(classes,) share of the units that have each class. Without units: none of the labels where
    they are independent, else all classes alike."""
    n = len(units.texts)
    if reduction.independent:
        return np.asarray(units.targets.sum(axis=0) / max(n, 1), np.float64)
    if not n:
        return np.full(reduction.classes, 1 / reduction.classes)
    return np.asarray(np.bincount(units.targets, minlength=reduction.classes) / n, np.float64)


def decide(reduction: Reduction, shares: NDArray[np.float64]) -> NDArray[np.int64]:
    """The most probable class of each unit, the first of equals; every label of at least one half
    where they are independent."""
    if reduction.independent:
        return (shares >= 0.5).astype(np.int64)
    return np.asarray(shares.argmax(axis=1), np.int64)


def answers(
    reduction: Reduction,
    inputs: Sequence[Input],
    sizes: Sequence[int],
    judged: Judged,
    *,
    scored: NDArray[np.float64] | None = None,
) -> list[Prediction]:
    """One prediction an input.

    Args:
        reduction: the reduction that made the units.
        inputs: the texts.
        sizes: how many units each of them has.
        judged: what the classifier says of all units, in order.
        scored: (units, classes) shares for the scores, where they are not those of `judged`.
    """
    found, start = [], 0
    shown = judged.shares if scored is None else scored
    for row, size in zip(inputs, sizes, strict=True):
        at = slice(start, start := start + size)
        part = Judged(judged.chosen[at], judged.shares[at])
        found.append(Prediction(reduction.value(row, part), reduction.scores(shown[at])))
    return found

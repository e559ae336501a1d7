"""Reduction of any answer space to classification, and of class probabilities to answers.

A classifier sees documents, each with a class: one document per text for most outputs, one per
word for `Spans`. A reduction describes itself in `describe`, which the report shows.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from functools import singledispatch
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from bench.baseline import Prediction, TaskData
from bench.baselines._shared.bio_tags import linked, spans, tags, tags_of, tokens, windows
from bench.baselines._shared.class_targets import Shares, Units
from bench.errors import UserError
from bench.outputs import FreeText, MultiLabel, Output, Pairs, Regression, SingleLabel, Spans
from bench.task import Example, Input

BINS, ANSWERS = 10, 200


class Reduction(Protocol):
    """Reduction of one answer space to a classification."""

    @property
    def describe(self) -> str:
        """A sentence for the report; "" if the output is a classification already."""

    def learn(self, examples: Sequence[Example]) -> Units:
        """Return the documents of labelled examples, with their classes."""

    def texts(self, inputs: Sequence[Input]) -> list[str]:
        """Return the documents of the inputs to predict."""

    def answers(self, inputs: Sequence[Input], shares: Shares) -> list[Prediction]:
        """Return one prediction per input.

        Args:
            inputs: the inputs that `texts` turned into documents.
            shares: (documents, classes) class probabilities.
        """


def reduction_for(task: TaskData) -> Reduction:
    """Return the reduction of a task's output, prepared from its training examples.

    Raises:
        UserError: the output has no reduction, or there are no examples.
    """
    if not task.labelled:
        raise UserError(f"task {task.task.name}: no training examples")
    return _reduction(task.output, task.labelled)


def joined(row: Input | Example) -> str:
    """Return the text, followed by a separator and the second text if it is one of a pair."""
    return row.text if row.pair is None else f"{row.text} [SEP] {row.pair}"


class _Whole:
    """Base of the reductions with one document per text."""

    def texts(self, inputs: Sequence[Input]) -> list[str]:
        return [joined(row) for row in inputs]


class _Single(_Whole):
    """The labels are the classes."""

    describe = ""

    def __init__(self, labels: tuple[str, ...]) -> None:
        self.labels = labels

    def learn(self, examples: Sequence[Example]) -> Units:
        position = {label: k for k, label in enumerate(self.labels)}
        classes = [position[str(e.target)] for e in examples]
        return Units([joined(e) for e in examples], np.array(classes, np.int64), len(self.labels))

    def answers(self, inputs: Sequence[Input], shares: Shares) -> list[Prediction]:
        chosen = shares.argmax(axis=1).tolist()
        rows = zip(chosen, shares.tolist(), strict=True)
        return [Prediction(self.labels[k], tuple(row)) for k, row in rows]


class _Multi(_Whole):
    """Each label is a separate yes/no decision."""

    describe = (
        "Each label is predicted independently, and assigned if its probability is at least 0.5."
    )

    def __init__(self, labels: tuple[str, ...]) -> None:
        self.labels = labels

    def learn(self, examples: Sequence[Example]) -> Units:
        golds = [e.target if isinstance(e.target, frozenset) else frozenset() for e in examples]
        truths = [[label in gold for label in self.labels] for gold in golds]
        classes = np.array(truths, np.int64).reshape(-1, len(self.labels))
        return Units([joined(e) for e in examples], classes, len(self.labels))

    def answers(self, inputs: Sequence[Input], shares: Shares) -> list[Prediction]:
        return [Prediction(self._assigned(row), tuple(row)) for row in shares.tolist()]

    def _assigned(self, row: Sequence[float]) -> frozenset[str]:
        return frozenset(label for label, p in zip(self.labels, row, strict=True) if p >= 0.5)


class _Binned(_Whole):
    """Quantile bins are the classes; each bin is represented by the mean of its values."""

    def __init__(self, values: Shares) -> None:
        self._edges = np.unique(np.quantile(values, np.linspace(0, 1, BINS + 1)[1:-1]))
        # Equal values at the ends can leave a bin empty: only non-empty bins become classes.
        self._nonempty, bin_of = np.unique(self._place(values), return_inverse=True)
        self.means = np.bincount(bin_of, weights=values) / np.bincount(bin_of)
        self._low, self._high = values.min(), values.max()
        self.describe = (
            f"The scale is divided at quantiles of the training values into {len(self.means)} bins "
            f"(at most {BINS}); the answer is the expected value over the bins' means."
        )

    def _place(self, values: Shares) -> NDArray[np.int64]:
        return np.asarray(np.searchsorted(self._edges, values, side="right"), np.int64)

    def learn(self, examples: Sequence[Example]) -> Units:
        classes = np.searchsorted(self._nonempty, self._place(_numbers(examples)))
        return Units([joined(e) for e in examples], classes, len(self.means))

    def answers(self, inputs: Sequence[Input], shares: Shares) -> list[Prediction]:
        # No matrix product: the last digit of its sums depends on the number of rows.
        expected = (shares * self.means).sum(axis=1).clip(self._low, self._high)
        return [Prediction(value) for value in expected.tolist()]


def _numbers(examples: Sequence[Example]) -> Shares:
    return np.array([e.target for e in examples], np.float64)


class _Recalled(_Whole):
    """The training answers are the classes."""

    def __init__(self, examples: Sequence[Example]) -> None:
        counts = Counter(map(_first, examples))
        ranked = sorted(counts, key=lambda answer: (-counts[answer], answer))
        self.known, rarer = ranked[:ANSWERS], len(ranked[ANSWERS:])
        self.describe = (
            f"The answer is the most probable of the {ANSWERS} most frequent training answers (the "
            "first reference of each)"
            + (f", so {rarer} rarer ones are never predicted." if rarer else ".")
        )

    def learn(self, examples: Sequence[Example]) -> Units:
        position = {answer: k for k, answer in enumerate(self.known)}
        kept = [e for e in examples if _first(e) in position]
        classes = np.array([position[_first(e)] for e in kept], np.int64)
        return Units([joined(e) for e in kept], classes, len(self.known))

    def answers(self, inputs: Sequence[Input], shares: Shares) -> list[Prediction]:
        return [Prediction(self.known[k]) for k in shares.argmax(axis=1).tolist()]


def _first(example: Example) -> str:
    return FreeText.references(example.target)[0]


class _Tagged:
    """Each word is a document; its class is its BIO tag."""

    describe = (
        "Each word gets a BIO tag (at the beginning of, inside or outside a span) from a window of "
        "two words on either side, and the tags give the spans; a label's score is its highest "
        "probability over the words."
    )

    def __init__(self, labels: tuple[str, ...]) -> None:
        self.labels, self.tags = labels, tags_of(labels)

    def learn(self, examples: Sequence[Example]) -> Units:
        position = {name: k for k, name in enumerate(self.tags)}
        classes = [position[name] for e in examples for name in tags(e.text, e.target)]
        texts = [window for e in examples for window in windows(e.text)]
        return Units(texts, np.array(classes, np.int64), len(self.tags))

    def texts(self, inputs: Sequence[Input]) -> list[str]:
        return [window for row in inputs for window in windows(row.text)]

    def answers(self, inputs: Sequence[Input], shares: Shares) -> list[Prediction]:
        predictions, start = [], 0
        for row in inputs:
            places = tokens(row.text)
            part = shares[start : (start := start + len(places))]
            names = [self.tags[k] for k in part.argmax(axis=1)]
            predictions.append(Prediction(spans(places, names), self._scores(part)))
        return predictions

    def _scores(self, part: Shares) -> tuple[float, ...]:
        # The order of the columns: outside, then begin and inside of each label in turn.
        of_label = part[:, 1::2] + part[:, 2::2]
        return tuple(of_label.max(axis=0, initial=0.0).clip(0, 1).tolist())


class _Linked(_Tagged):
    """Both members of a pair are tagged as spans, which are then paired."""

    describe = (
        f"{_Tagged.describe} Each span of the first label is paired with the nearest of the second."
    )

    def answers(self, inputs: Sequence[Input], shares: Shares) -> list[Prediction]:
        predictions = super().answers(inputs, shares)
        return [replace(p, value=linked(p.value, self.labels)) for p in predictions]  # type: ignore[arg-type]


@singledispatch
def _reduction(output: Output, examples: Sequence[Example]) -> Reduction:
    raise UserError(f"output {output!r}: it cannot be reduced to classification yet")


_reduction.register(SingleLabel, lambda output, examples: _Single(output.labels))
_reduction.register(MultiLabel, lambda output, examples: _Multi(output.labels))
_reduction.register(Regression, lambda output, examples: _Binned(_numbers(examples)))
_reduction.register(FreeText, lambda output, examples: _Recalled(examples))
_reduction.register(Spans, lambda output, examples: _Tagged(output.labels))
_reduction.register(Pairs, lambda output, examples: _Linked(output.labels))

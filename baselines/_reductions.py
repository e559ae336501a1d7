"""The reduction of each output: its classes, a sentence about them, and the way back."""

from collections import Counter
from collections.abc import Sequence
from functools import singledispatch

import numpy as np
from numpy.typing import NDArray

from bench.baselines._reduce import LEFT_OUT, Judged, Reduction, Row, Scores, Target
from bench.baselines._windows import read_tags, tag, tags_of, tokens, windows
from bench.errors import UserError
from bench.outputs import Answer, FreeText, MultiLabel, Output, Regression, SingleLabel, Spans
from bench.task import Example

BINS = 10
ANSWERS = 200


@singledispatch
def reduce(output: Output, examples: Sequence[Example]) -> Reduction:
    """The reduction of an answer space, prepared from the examples to learn from.

    Raises:
        UserError: there is none for this output.
    """
    raise UserError(f"output {output!r}: there is no reduction to a classification for it")


def joined(row: Row) -> str:
    """The text, with its pair behind a separator token where it has one."""
    return row.text if row.pair is None else f"{row.text} [SEP] {row.pair}"


class _Whole:
    """The part shared by the reductions with one unit a text."""

    independent = False

    def units(self, row: Row) -> list[str]:
        return [joined(row)]


class _Single(_Whole):
    """The labels are the classes."""

    describe = ""

    def __init__(self, labels: tuple[str, ...]) -> None:
        self.labels, self.classes = labels, len(labels)
        self._position = {label: i for i, label in enumerate(labels)}

    def targets(self, example: Example) -> list[Target]:
        return [self._position[str(example.target)]]

    def value(self, row: Row, judged: Judged) -> Answer:
        return self.labels[judged.chosen[0]]

    def scores(self, shares: NDArray[np.float64]) -> Scores:
        return tuple(shares[0].tolist())


class _Multi(_Whole):
    """Every label is a question of its own."""

    describe = (
        "Each label is decided on its own, and given where its probability is at least one half."
    )
    independent = True

    def __init__(self, labels: tuple[str, ...]) -> None:
        self.labels, self.classes = labels, len(labels)

    def targets(self, example: Example) -> list[Target]:
        gold = example.target
        assert isinstance(gold, frozenset)
        return [tuple(label in gold for label in self.labels)]

    def value(self, row: Row, judged: Judged) -> Answer:
        return frozenset(self.labels[k] for k in np.flatnonzero(judged.chosen[0]))

    def scores(self, shares: NDArray[np.float64]) -> Scores:
        return tuple(shares[0].tolist())


class _Binned(_Whole):
    """Quantile bins are the classes; a bin's mean stands for its values."""

    def __init__(self, values: Sequence[float]) -> None:
        numbers = np.asarray(values, np.float64)
        inner = np.quantile(numbers, np.linspace(0, 1, BINS + 1)[1:-1])
        self._edges = np.unique(inner)
        place = np.searchsorted(self._edges, numbers, side="right")
        # Equal values at the ends can leave a bin empty: only those with values become classes.
        filled, where = np.unique(place, return_inverse=True)
        self._class = {int(bin_): k for k, bin_ in enumerate(filled)}
        self.means = np.bincount(where, weights=numbers) / np.bincount(where)
        self.classes = len(self.means)
        self._range = float(numbers.min()), float(numbers.max())
        self.describe = (
            f"The scale is cut into at most {BINS} bins of equally many training values, here "
            f"{self.classes}; the answer is the expected value of the bins' means."
        )

    def targets(self, example: Example) -> list[Target]:
        return [self._class[int(np.searchsorted(self._edges, example.target, side="right"))]]  # type: ignore[arg-type]

    def value(self, row: Row, judged: Judged) -> Answer:
        low, high = self._range
        return min(high, max(low, float(judged.shares[0] @ self.means)))

    def scores(self, shares: NDArray[np.float64]) -> Scores:
        return None


class _Recalled(_Whole):
    """The training answers are the classes."""

    def __init__(self, examples: Sequence[Example]) -> None:
        counts = Counter(_first(example) for example in examples)
        ranked = sorted(counts, key=lambda answer: (-counts[answer], answer))
        self.answers = ranked[:ANSWERS]
        self.classes = len(self.answers)
        self._position = {answer: i for i, answer in enumerate(self.answers)}
        rest = len(ranked) - self.classes
        self.describe = (
            "The answer is the most probable of the answers seen in training (the first reference "
            f"of each); at most {ANSWERS}, the most frequent ones, are considered"
            + (f", so {rest} rarer ones are never given." if rest else ".")
        )

    def targets(self, example: Example) -> list[Target]:
        return [self._position.get(_first(example), LEFT_OUT)]

    def value(self, row: Row, judged: Judged) -> Answer:
        return self.answers[judged.chosen[0]]

    def scores(self, shares: NDArray[np.float64]) -> Scores:
        return None


class _Tagged:
    """Every word is a unit; its class says whether it begins a span, goes on with it, or neither."""

    describe = (
        "Each word is classified from a window of two words either side, as outside, at the "
        "beginning or inside of a span (BIO tags); spans are read off the tags. A label's score is "
        "its highest probability over the words."
    )
    independent = False

    def __init__(self, labels: tuple[str, ...]) -> None:
        self.labels, self._tags = labels, tags_of(labels)
        self.classes = len(self._tags)

    def units(self, row: Row) -> list[str]:
        return windows(row.text)

    def targets(self, example: Example) -> list[Target]:
        position = {name: k for k, name in enumerate(self._tags)}
        return [position[name] for name in tag(example.text, example.target)]  # type: ignore[arg-type]

    def value(self, row: Row, judged: Judged) -> Answer:
        return read_tags(tokens(row.text), [self._tags[k] for k in judged.chosen])

    def scores(self, shares: NDArray[np.float64]) -> Scores:
        # Tags are "O", then begin and inside of each label in turn.
        of_label = shares[:, 1::2] + shares[:, 2::2]
        return tuple(of_label.max(axis=0, initial=0.0).clip(0, 1).tolist())


def _first(example: Example) -> str:
    return FreeText.references(example.target)[0]


@reduce.register
def _single(output: SingleLabel, examples: Sequence[Example]) -> Reduction:
    return _Single(output.labels)


@reduce.register
def _multi(output: MultiLabel, examples: Sequence[Example]) -> Reduction:
    return _Multi(output.labels)


@reduce.register
def _regression(output: Regression, examples: Sequence[Example]) -> Reduction:
    return _Binned([example.target for example in examples])  # type: ignore[misc]


@reduce.register
def _free_text(output: FreeText, examples: Sequence[Example]) -> Reduction:
    return _Recalled(examples)


@reduce.register
def _spans(output: Spans, examples: Sequence[Example]) -> Reduction:
    return _Tagged(output.labels)

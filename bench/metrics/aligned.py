"""A test split aligned with its predictions, from which every metric is computed."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from bench.errors import BenchError, DataError, quoted
from bench.example import Example, Input
from bench.outputs import Answer, Output
from bench.prediction import GreedyAnswer, Prediction

T = TypeVar("T")
Read = TypeVar("Read", Prediction, GreedyAnswer)
Asked = Example | Input


@dataclass(frozen=True)
class Scored:
    """The test examples and predictions, in the order of the ids.

    Args:
        output: the task's answer space.
        ids: n example ids, sorted.
        texts: n texts.
        gold: n gold answers.
        value: n predicted answers, None if unparsed or refused.
        scores: (n, labels) label scores, or None if the baseline gives none.
        unit: n integers from 0: examples with the same number are resampled together.
        all_units: the number of resampling units if some of them have no example here; 0: all of
            them have one.
    """

    output: Output
    ids: tuple[str, ...]
    texts: tuple[str, ...]
    gold: tuple[Answer, ...]
    value: tuple[Answer | None, ...]
    scores: NDArray[np.float64] | None
    unit: NDArray[np.int64]
    all_units: int = 0

    @cached_property
    def gold_index(self) -> NDArray[np.int64]:
        """(n,) indices of the gold labels among the output's labels (SingleLabel)."""
        position = {label: i for i, label in enumerate(self.output.labels)}
        return np.array([position[g] for g in self.gold], dtype=np.int64)  # type: ignore[index]

    @cached_property
    def value_index(self) -> NDArray[np.int64]:
        """(n,) indices of the predicted labels; `len(labels)` if unparsed (SingleLabel)."""
        position = {label: i for i, label in enumerate(self.output.labels)}
        unparsed = len(position)
        return np.array([position.get(v, unparsed) for v in self.value], dtype=np.int64)  # type: ignore[arg-type]

    @property
    def units(self) -> int:
        """The number of resampling units."""
        return self.all_units or (int(self.unit.max()) + 1 if len(self.unit) else 0)

    def keep(self, mask: NDArray[np.bool_]) -> "Scored":
        """Return the examples where the mask is true, with resampling units renumbered."""
        part = self.only(mask)
        _, unit = np.unique(part.unit, return_inverse=True)
        return replace(part, unit=unit, all_units=0)

    def only(self, mask: NDArray[np.bool_]) -> "Scored":
        """Return the examples where the mask is true, to be used with the weights of the whole test
        split."""
        rows = np.flatnonzero(mask)

        def pick(column: tuple[T, ...]) -> tuple[T, ...]:
            return tuple(column[i] for i in rows)

        return Scored(
            output=self.output,
            ids=pick(self.ids),
            texts=pick(self.texts),
            gold=pick(self.gold),
            value=pick(self.value),
            scores=None if self.scores is None else self.scores[rows],
            unit=self.unit[rows],
            all_units=self.units,
        )


def _normal(output: Output, row: Asked, prediction: Prediction) -> Prediction:
    """Return the prediction with values in the form that gold has: a frozenset, sorted spans."""
    scores, labels = prediction.scores, output.labels
    if scores is not None and labels and len(scores) != len(labels):
        raise BenchError(f"example {row.id!r}: {len(scores)} scores for {len(labels)} labels")
    prediction = _read(output, row, prediction)
    if prediction.greedy_answer is not None:
        prediction = replace(prediction, greedy_answer=_read(output, row, prediction.greedy_answer))
    if prediction.samples:
        drawn = tuple(_in_form(output, row, value) for value in prediction.samples)
        prediction = replace(prediction, samples=drawn)
    return prediction


def _read(output: Output, row: Asked, answer: Read) -> Read:
    """Return an answer with its value in the form that gold has, and a matching status."""
    value, status = answer.value, answer.status
    if value is None:
        # A status left at its default must not hide that there is no answer.
        return replace(answer, status="unparsed") if status == "ok" else answer
    if status != "ok":
        raise BenchError(
            f"example {row.id!r}: predicted {quoted(value)} with status {status}; give the value "
            "None with that status"
        )
    normal = _in_form(output, row, value)
    return answer if normal is value else replace(answer, value=normal)


def _in_form(output: Output, row: Asked, value: Answer | None) -> Answer | None:
    if value is None or not output.labels:
        return value
    try:
        return output.check(value, row.text)
    except DataError as error:
        raise BenchError(f"example {row.id!r}: predicted {quoted(value)}: {error}") from None


def in_gold_form(
    output: Output, test: Sequence[Asked], predictions: Sequence[Prediction]
) -> list[Prediction]:
    """Return the predictions of a test split, each value in the form that gold has.

    Raises:
        BenchError: there is not one prediction per example or one score per label, a label is not
            declared, or a status contradicts the value.
    """
    if len(test) != len(predictions):
        raise BenchError(f"{len(predictions)} predictions for {len(test)} test examples")
    pairs = zip(test, predictions, strict=True)
    return [_normal(output, row, prediction) for row, prediction in pairs]


def align(output: Output, test: Sequence[Example], predictions: Sequence[Prediction]) -> Scored:
    """Align a test split with its predictions, in the order of the ids.

    Raises:
        BenchError: as `in_gold_form`.
    """
    predictions = in_gold_form(output, test, predictions)
    order = sorted(range(len(test)), key=lambda i: test[i].id)
    rows, answers = [test[i] for i in order], [predictions[i] for i in order]
    # The id of an ungrouped example must never coincide with the name of a group.
    names = [("g", e.group) if e.group is not None else ("i", e.id) for e in rows]
    number: dict[tuple[str, str], int] = {}
    unit = np.array([number.setdefault(name, len(number)) for name in names], dtype=np.int64)
    all_scored = answers and all(p.scores is not None for p in answers)
    return Scored(
        output=output,
        ids=tuple(e.id for e in rows),
        texts=tuple(e.text for e in rows),
        gold=tuple(e.target for e in rows),
        value=tuple(p.value for p in answers),
        scores=np.array([p.scores for p in answers], dtype=np.float64) if all_scored else None,
        unit=unit,
    )

"""An answer space as something to ask a language model: what it learns, and how answers are read.

Two readouts. By likelihood: the answers that a task allows are scored, all in one forward pass, and
the most likely one is the prediction. Greedy: what the model would write itself. Where following
the most probable token leads along one of the scored answers to its end, the greedy answer is
known without generating; only the others are generated.
"""

from collections.abc import Mapping, Sequence
from functools import singledispatch
from typing import Any, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, softmax

from bench.baseline import Greedy, Prediction
from bench.baselines._asker import Asked, Asker, Lesson
from bench.baselines._readings import Onward, Row
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
from bench.prompt import answer_words, of_label, yes_no
from bench.task import Example, Input
from bench.tokens import Tokenised, refuse_equal_answers

STEPS = 32
"""Parts that a number's scale is cut into for its expected value."""


class Asking(Protocol):
    """One answer space put to a model."""

    asker: Asker

    @property
    def settled(self) -> Mapping[str, float]:
        """Each label's threshold, where labels are asked for one by one."""

    @property
    def describe(self) -> str:
        """Sentences for the page."""

    def lessons(self, examples: Sequence[Example]) -> list[Lesson]:
        """What is learnt from each example."""

    def answers(self, inputs: Sequence[Input]) -> list[Prediction]:
        """One prediction an input."""

    def settle(self, examples: Sequence[Example]) -> None:
        """Choose on the validation rows what is left to choose."""


def asking_for(asker: Asker) -> Asking:
    """The way to ask for a task's answers.

    Raises:
        UserError: the output has none.
        PluginError: two labels are the same tokens to the model.
    """
    return _asking(asker.task.output, asker)


class _Nothing:
    settled: Mapping[str, float] = {}

    def settle(self, examples: Sequence[Example]) -> None:
        return


def _row(tokenised: Tokenised) -> Row:
    return Row(tokenised.ids, tokenised.start)


class _Scored(NamedTuple):
    """The allowed answers of some texts, (texts, answers) each.

    `total` is the log-likelihood with the end of the sequence, `raw` without, `followed` whether
    greedy decoding gives the answer; `said` what it gives to a text with none that is.
    """

    total: NDArray[np.float64]
    raw: NDArray[np.float64]
    followed: NDArray[np.bool_]
    said: Mapping[int, str]


def _scored(
    asker: Asker, texts: Sequence[Asked], words: Sequence[str], *, greedy: bool = True
) -> _Scored:
    found = [asker.tokeniser.with_answers(text.asked, words) for text in texts]
    flat = [t for row in found for t in row]
    rows = [_row(t) for t in flat]
    owners = [i for i, row in enumerate(found) for _ in row]
    onward = Onward(owners, asker.new_tokens) if greedy else None
    readings = asker.read(rows, onward, texts=len(texts))
    pairs = list(zip(flat, rows, readings, strict=True))
    shape = (len(texts), len(words))
    total = np.array([reading.total() for _, _, reading in pairs]).reshape(shape)
    raw = np.array([r.total(t.end - t.start) for t, _, r in pairs]).reshape(shape)
    followed = np.array([reading.follows(row) for _, row, reading in pairs]).reshape(shape)
    return _Scored(total, raw, followed, onward.said if onward else {})


BLANKS = ("N/A", "[MASK]", "")
"""Texts without content, whose probabilities contextual calibration divides by (Zhao et al., ICML
2021)."""


class _Choice(_Nothing):
    """One of the labels, by the likelihood of its words."""

    describe = (
        "The prediction is the most likely label, the end of the answer included. "
        "The greedy answer stands beside it."
    )

    def __init__(self, asker: Asker) -> None:
        self.asker, self.labels = asker, asker.task.output.labels
        self.words = [asker.task.prompt.word(label) for label in self.labels]
        blank = asker.asked(Input("", "a")).asked
        refuse_equal_answers(self.words, asker.tokeniser.with_answers(blank, self.words))
        self.blank = np.zeros(len(self.labels))

    def settle(self, examples: Sequence[Example]) -> None:
        texts = [self.asker.asked(Input("", text)) for text in BLANKS]
        total = _scored(self.asker, texts, self.words, greedy=False).total
        self.blank = np.log(softmax(total, axis=1).mean(axis=0))

    def lessons(self, examples: Sequence[Example]) -> list[Lesson]:
        return _plain_lessons(self.asker, examples)

    def answers(self, inputs: Sequence[Input]) -> list[Prediction]:
        texts = [self.asker.asked(row) for row in inputs]
        scored = _scored(self.asker, texts, self.words)
        per_byte = scored.raw / np.array([len(word.encode()) for word in self.words])
        tables = {"answer_and_end": scored.total, "answer": scored.raw, "per_byte": per_byte}
        tables["content_free"] = np.tile(self.blank, (len(texts), 1))
        greedy = _greedy(self.asker, texts, scored, (self.labels, self.words))
        shares, best = softmax(scored.total, axis=1), scored.total.argmax(axis=1)
        found = [
            Prediction(
                self.labels[best[i]],
                tuple(shares[i].tolist()),
                greedy=greedy[i],
                logprobs={name: tuple(table[i].tolist()) for name, table in tables.items()},
            )
            for i in range(len(texts))
        ]
        return self.asker.drawn(texts, found)


def _plain_lessons(asker: Asker, examples: Sequence[Example]) -> list[Lesson]:
    found = []
    for example in examples:
        answer = answer_words(asker.task, example.target, example.text)
        row = asker.lesson(asker.asked(example.input).asked, answer)
        found.append(Lesson(asker.task.name, [row]))
    return found


def _greedy(
    asker: Asker,
    texts: Sequence[Asked],
    scored: _Scored,
    answers: tuple[Sequence[Any], Sequence[str]],
) -> list[Greedy]:
    """The greedy answer of each text: the scored answer that was followed, else what is written."""
    known = {i: asker.greedy(texts[i].row, said) for i, said in scored.said.items()}
    values, words = answers
    for i, row in enumerate(scored.followed):
        if row.any():
            known[i] = Greedy(values[int(row.argmax())], words[int(row.argmax())])
    rest = [i for i in range(len(texts)) if i not in known]
    known.update(zip(rest, asker.written([texts[i] for i in rest]), strict=True))
    return [known[i] for i in range(len(texts))]


class _Number(_Nothing):
    """A number, by the expected value over a scale of numbers."""

    describe = (
        f"The prediction is the expected value over {STEPS + 1} numbers from the lowest to the "
        "highest, each as likely as its words. The greedy number stands beside it."
    )

    def __init__(self, asker: Asker) -> None:
        output = asker.task.output
        assert isinstance(output, Regression)
        self.asker = asker
        self.scale = np.linspace(output.low, output.high, STEPS + 1).round(2)
        self.words = [output.encode(float(value), "") for value in self.scale]

    def lessons(self, examples: Sequence[Example]) -> list[Lesson]:
        return _plain_lessons(self.asker, examples)

    def answers(self, inputs: Sequence[Input]) -> list[Prediction]:
        texts = [self.asker.asked(row) for row in inputs]
        scored = _scored(self.asker, texts, self.words)
        expected = softmax(scored.total, axis=1) @ self.scale
        values = [float(value) for value in self.scale]
        greedy = _greedy(self.asker, texts, scored, (values, self.words))
        found = [Prediction(float(e), greedy=g) for e, g in zip(expected, greedy, strict=True)]
        return self.asker.drawn(texts, found)


class _Labels:
    """Every label a question of its own, answered yes or no behind the same text."""

    describe = (
        "Each label is a question of its own, yes or no; its score is the probability of yes "
        "between the two, and its threshold the one with the best F1 on the validation rows, or "
        f"one half where fewer than {FEW} of them have the label. The set of labels that greedy "
        "decoding writes stands beside it."
    )

    def __init__(self, asker: Asker) -> None:
        self.asker, self.labels = asker, asker.task.output.labels
        self.words = [asker.task.prompt.word(label) for label in self.labels]
        self.thresholds = np.full(len(self.labels), 0.5)

    @property
    def settled(self) -> Mapping[str, float]:
        return dict(zip(self.labels, self.thresholds.tolist(), strict=True))

    def lessons(self, examples: Sequence[Example]) -> list[Lesson]:
        return [self._lesson(example) for example in examples]

    def _lesson(self, example: Example) -> Lesson:
        asker, asked = self.asker, self.asker.asked(example.input).asked
        yes, no = yes_no(asker.task)
        assert isinstance(example.target, frozenset)
        rows = [asker.lesson(asked, answer_words(asker.task, example.target, example.text))]
        for label, word in zip(self.labels, self.words, strict=True):
            answer = yes if label in example.target else no
            rows.append(asker.lesson(of_label(asked, word, asker.task), answer))
        return Lesson(asker.task.name, rows)

    def _shares(self, texts: Sequence[Asked]) -> NDArray[np.float64]:
        """(texts, labels) probability of yes."""
        single = [
            Asked(text.row, of_label(text.asked, word, self.asker.task), text.cut)
            for text in texts
            for word in self.words
        ]
        total = _scored(self.asker, single, yes_no(self.asker.task), greedy=False).total
        shares: NDArray[np.float64] = expit(total[:, 0] - total[:, 1])
        return shares.reshape(len(texts), len(self.labels))

    def answers(self, inputs: Sequence[Input]) -> list[Prediction]:
        texts = [self.asker.asked(row) for row in inputs]
        if not texts:
            return []
        shares, greedy = self._shares(texts), self.asker.written(texts)
        found = []
        for row, said in zip(shares, greedy, strict=True):
            pairs = zip(self.labels, row >= self.thresholds, strict=True)
            given = {label for label, yes in pairs if yes}
            found.append(Prediction(frozenset(given), tuple(row.tolist()), greedy=said))
        return self.asker.drawn(texts, found)

    def settle(self, examples: Sequence[Example]) -> None:
        if not examples:
            return
        shares = self._shares([self.asker.asked(example.input) for example in examples])
        for k, label in enumerate(self.labels):
            gold = np.array([label in e.target for e in examples])  # type: ignore[operator]
            if gold.sum() >= FEW:
                self.thresholds[k] = best_threshold(gold, shares[:, k])


class _Written(_Nothing):
    """An answer in words: what the model writes itself."""

    describe = "The prediction is what greedy decoding writes, read as an answer."

    def __init__(self, asker: Asker) -> None:
        self.asker = asker

    def lessons(self, examples: Sequence[Example]) -> list[Lesson]:
        return _plain_lessons(self.asker, examples)

    def answers(self, inputs: Sequence[Input]) -> list[Prediction]:
        texts = [self.asker.asked(row) for row in inputs]
        said = self.asker.written(texts)
        found = [Prediction(g.value, raw=g.raw, status=g.status, greedy=g) for g in said]
        return self.asker.drawn(texts, found)


@singledispatch
def _asking(output: Output, asker: Asker) -> Asking:
    raise UserError(f"output {output!r}: there is no way to ask for it yet")


_asking.register(SingleLabel, lambda _, asker: _Choice(asker))
_asking.register(MultiLabel, lambda _, asker: _Labels(asker))
_asking.register(Regression, lambda _, asker: _Number(asker))
_asking.register(Spans, lambda _, asker: _Written(asker))
_asking.register(FreeText, lambda _, asker: _Written(asker))
_asking.register(Pairs, lambda _, asker: _Written(asker))
_asking.register(Fields, lambda _, asker: _Written(asker))

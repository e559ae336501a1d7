"""Prompting a language model for every answer space: training examples, and readout of answers.

There are two readouts. Likelihood: the allowed answers are scored, and the most likely one is the
prediction. Greedy: the output of greedy decoding is parsed.
"""

from collections.abc import Mapping, Sequence
from functools import singledispatch
from typing import Protocol

import numpy as np
from scipy.special import softmax

from bench.baseline import Prediction
from bench.baselines._llama.likelihood import greedy_answers, score
from bench.baselines._llama.prompter import Lesson, Prompter
from bench.baselines._llama.yes_no import YesNo
from bench.errors import UserError
from bench.models.prompt import answer_words
from bench.models.tokens import refuse_equal_answers
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

STEPS = 32
"""Intervals into which a numeric scale is divided to compute its expected value."""


class Asking(Protocol):
    """Prompting and readout for one answer space."""

    asker: Prompter

    @property
    def thresholds_by_label(self) -> Mapping[str, float]:
        """Decision threshold of each label, if each label has its own question; else empty."""

    @property
    def describe(self) -> str:
        """Sentences for the report."""

    def lessons(self, examples: Sequence[Example]) -> list[Lesson]:
        """Return the prompts and answers to train on, for each example."""

    def answers(self, inputs: Sequence[Input]) -> list[Prediction]:
        """Return one prediction per input."""

    def calibrate(self, examples: Sequence[Example]) -> None:
        """Prepare the readout after training: thresholds on the validation examples, and priors."""


def asking_for(asker: Prompter) -> Asking:
    """Return the prompting and readout for a task's output.

    Raises:
        UserError: the output is not supported.
        PluginError: two labels consist of the same tokens.
    """
    return _asking(asker.task.output, asker)


class _Nothing:
    thresholds_by_label: Mapping[str, float] = {}

    def calibrate(self, examples: Sequence[Example]) -> None:
        return


BLANKS = ("N/A", "[MASK]", "")
"""Content-free texts: contextual calibration divides by the label probabilities that they get
(Zhao et al., ICML 2021)."""


class _Choice(_Nothing):
    """One of several labels, by the likelihood of its words."""

    describe = (
        "The prediction is the most likely label, including the end of the answer. "
        "The greedy answer is recorded, too."
    )

    def __init__(self, asker: Prompter) -> None:
        self.asker, self.labels = asker, asker.task.output.labels
        self.words = [asker.task.prompt.word(label) for label in self.labels]
        blank = asker.asked(Input("", "a")).asked
        refuse_equal_answers(self.words, asker.tokeniser.with_answers([blank], self.words)[0])
        self.blank = np.zeros(len(self.labels))

    def calibrate(self, examples: Sequence[Example]) -> None:
        texts = [self.asker.asked(Input("", text)) for text in BLANKS]
        total = score(self.asker, texts, self.words, greedy=False).total
        self.blank = np.log(softmax(total, axis=1).mean(axis=0))

    def lessons(self, examples: Sequence[Example]) -> list[Lesson]:
        return _plain_lessons(self.asker, examples)

    def answers(self, inputs: Sequence[Input]) -> list[Prediction]:
        texts = [self.asker.asked(row) for row in inputs]
        scored = score(self.asker, texts, self.words)
        per_byte = scored.raw / np.array([len(word.encode()) for word in self.words])
        tables = {"answer_and_end": scored.total, "answer": scored.raw, "per_byte": per_byte}
        tables["content_free"] = np.tile(self.blank, (len(texts), 1))
        greedy = greedy_answers(self.asker, texts, scored, (self.labels, self.words))
        shares, best = softmax(scored.total, axis=1), scored.total.argmax(axis=1)
        predictions = [
            Prediction(
                self.labels[best[i]],
                tuple(shares[i].tolist()),
                greedy_answer=greedy[i],
                logprobs={name: tuple(table[i].tolist()) for name, table in tables.items()},
            )
            for i in range(len(texts))
        ]
        return self.asker.drawn(texts, predictions)


def _plain_lessons(asker: Prompter, examples: Sequence[Example]) -> list[Lesson]:
    answers = (answer_words(asker.task, e.target, e.text) for e in examples)
    asked = (asker.asked(e.input).asked for e in examples)
    return asker.lessons([[pair] for pair in zip(asked, answers, strict=True)])


class _Number(_Nothing):
    """A number, as the expected value over a grid of numbers."""

    describe = (
        f"The prediction is the expected value over {STEPS + 1} evenly spaced numbers from the "
        "lowest to the highest, each with the likelihood of its text. The greedy number is "
        "recorded, too."
    )

    def __init__(self, asker: Prompter) -> None:
        output = asker.task.output
        assert isinstance(output, Regression)
        self.asker = asker
        self.scale = np.linspace(output.low, output.high, STEPS + 1).round(2)
        self.words = [output.encode(float(value), "") for value in self.scale]

    def lessons(self, examples: Sequence[Example]) -> list[Lesson]:
        return _plain_lessons(self.asker, examples)

    def answers(self, inputs: Sequence[Input]) -> list[Prediction]:
        texts = [self.asker.asked(row) for row in inputs]
        scored = score(self.asker, texts, self.words)
        expected = softmax(scored.total, axis=1) @ self.scale
        values = [float(value) for value in self.scale]
        greedy = greedy_answers(self.asker, texts, scored, (values, self.words))
        predictions = [
            Prediction(float(e), greedy_answer=g) for e, g in zip(expected, greedy, strict=True)
        ]
        return self.asker.drawn(texts, predictions)


class _Written(_Nothing):
    """An answer in words, parsed from the greedy output."""

    describe = "The prediction is the greedily generated text, parsed as an answer."

    def __init__(self, asker: Prompter) -> None:
        self.asker = asker

    def lessons(self, examples: Sequence[Example]) -> list[Lesson]:
        return _plain_lessons(self.asker, examples)

    def answers(self, inputs: Sequence[Input]) -> list[Prediction]:
        texts = [self.asker.asked(row) for row in inputs]
        greedy = self.asker.written(texts)
        predictions = [
            Prediction(g.value, raw=g.raw, status=g.status, greedy_answer=g) for g in greedy
        ]
        return self.asker.drawn(texts, predictions)


@singledispatch
def _asking(output: Output, asker: Prompter) -> Asking:
    raise UserError(f"output {output!r}: language models do not support it yet")


_asking.register(SingleLabel, lambda _, asker: _Choice(asker))
_asking.register(MultiLabel, lambda _, asker: YesNo(asker))
_asking.register(Regression, lambda _, asker: _Number(asker))
_asking.register(Spans, lambda _, asker: _Written(asker))
_asking.register(FreeText, lambda _, asker: _Written(asker))
_asking.register(Pairs, lambda _, asker: _Written(asker))
_asking.register(Fields, lambda _, asker: _Written(asker))

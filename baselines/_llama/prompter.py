"""Prompt a language model with one task's texts: score answers, generate and sample them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import islice
from typing import NamedTuple

from bench.baseline import GreedyAnswer, Prediction
from bench.baselines._llama.engine.engine import Engine
from bench.baselines._llama.engine.generate import generate
from bench.baselines._llama.engine.token_rows import Onward, Reading, Row
from bench.models.layout import Layout
from bench.models.prompt import Question, of_label, question, system
from bench.models.refusals import is_refusal
from bench.models.tokens import Tokeniser
from bench.run_context import Progress, current
from bench.task import Input, Task


class Lesson(NamedTuple):
    """Training sequences of one example: one prompt with its answer, or several."""

    task: str
    rows: Sequence[Row]


@dataclass(frozen=True)
class Prompter:
    """Prompts a model with the texts of one task.

    Args:
        task: the task.
        engine: runs the model.
        tokeniser: lays out and tokenises prompts.
        new_tokens: maximum number of generated tokens.
        draws: number of answers to sample for each text, in addition, at `temperature`.
        temperature: sampling temperature.
    """

    task: Task
    engine: Engine
    tokeniser: Tokeniser
    new_tokens: int
    draws: int = 0
    temperature: float = 0.8

    @cached_property
    def _system(self) -> str:
        return system(self.task)

    def asked(self, row: Input) -> "Asked":
        """Return the question about a text, truncated if it is too long."""
        fitted = self.tokeniser.fitted(question(self.task, row, system_prompt=self._system))
        return Asked(row, fitted.asked, fitted.cut)

    def laid_out(self, row: Input, *, label: str = "") -> Layout:
        """Return the prompt as text, before and after the answer.

        With a label, the prompt asks whether that label applies.
        """
        asked = question(self.task, row)
        if label:
            asked = of_label(asked, label, self.task)
        return self.tokeniser.laid_out(asked)

    def lessons(self, answered: Sequence[Sequence[tuple[Question, str]]]) -> list[Lesson]:
        """Tokenise the questions of each example with their target answers."""
        flat = [pair for pairs in answered for pair in pairs]
        rows = (Row(t.ids, t.start) for t in self.tokeniser.with_own_answers(flat))
        return [Lesson(self.task.name, list(islice(rows, len(pairs)))) for pairs in answered]

    def read(self, rows: Sequence[Row], onward: Onward | None, *, texts: int) -> list[Reading]:
        """Score sequences, an equal number for each text; progress is reported in texts."""
        rows_per_text = max(1, len(rows) // max(1, texts))

        def seen(count: int) -> None:
            current().report(Progress(count // rows_per_text, texts, "scoring answers"))

        return self.engine.read(rows, onward=onward, seen=seen)

    def written(self, texts: Sequence["Asked"]) -> list[GreedyAnswer]:
        """Return the parsed greedy output for each text."""
        return [self.greedy(a.row, text) for a, text in zip(texts, self._write(texts), strict=True)]

    def _write(self, texts: Sequence["Asked"], *, temperature: float = 0.0) -> list[str]:
        def seen(count: int) -> None:
            current().report(Progress(count, len(texts), "generating answers"))

        return generate(
            self.engine.base,
            [self.tokeniser.prompt(text.asked) for text in texts],
            new_tokens=self.new_tokens,
            budget=self.engine.budget,
            temperature=temperature,
            seen=seen,
        )

    def greedy(self, row: Input, generated: str) -> GreedyAnswer:
        """Parse generated text as an answer."""
        value = self.task.output.decode(
            generated.strip(), row.text, words=self.task.prompt.label_words
        )
        if value is not None:
            return GreedyAnswer(value, generated)
        return GreedyAnswer(None, generated, "refused" if is_refusal(generated) else "unparsed")

    def drawn(
        self, texts: Sequence["Asked"], predictions: Sequence[Prediction]
    ) -> list[Prediction]:
        """Add sampled answers to predictions, if any are requested, and note truncated texts."""
        draws = [self._write(texts, temperature=self.temperature) for _ in range(self.draws)]
        values = [
            tuple(self.greedy(text.row, draw[i]).value for draw in draws)
            for i, text in enumerate(texts)
        ]
        return [
            replace(prediction, samples=value, truncated=text.cut)
            for prediction, value, text in zip(predictions, values, texts, strict=True)
        ]


class Asked(NamedTuple):
    """A text, the question about it, and whether the text was truncated."""

    row: Input
    asked: Question
    cut: bool

"""The interface between prompt templates and tokenisation: turns, layouts, BOS and EOS."""

from collections.abc import Sequence
from typing import NamedTuple, Protocol

from bench.models.prompt import Question


class Turn(NamedTuple):
    """A question with its answer: a few-shot example in the prompt."""

    asked: Question
    answer: str


class Layout(NamedTuple):
    """A prompt with a slot for the answer: `before` + answer + `after`."""

    before: str
    after: str


class Marks(NamedTuple):
    """A tokenizer's BOS and EOS tokens as text; "" if it has none."""

    bos: str = "<s>"
    eos: str = "</s>"


class Template(Protocol):
    """A function that renders a question as a prompt, after answered ones (the shots)."""

    def __call__(self, asked: Question, shots: Sequence[Turn], marks: Marks) -> Layout: ...

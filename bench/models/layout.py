"""A question laid out for a language model, and what lays it out."""

from collections.abc import Sequence
from typing import NamedTuple, Protocol

from bench.models.prompt import Question


class Turn(NamedTuple):
    """A question that has been answered: an example in the prompt."""

    asked: Question
    answer: str


class Layout(NamedTuple):
    """A question laid out: `before` + answer + `after`."""

    before: str
    after: str


class Marks(NamedTuple):
    """A tokenizer's own beginning and end of a sequence, as text; "" where it has none."""

    bos: str = "<s>"
    eos: str = "</s>"


class Template(Protocol):
    """Lays out a question behind some that have been answered."""

    def __call__(self, asked: Question, shots: Sequence[Turn], marks: Marks) -> Layout: ...

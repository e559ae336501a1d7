"""The forms an answer takes inside Python, and what every answer space can do."""

from collections.abc import Mapping
from typing import Any, NamedTuple, Protocol


class Span(NamedTuple):
    """A labelled stretch of the text: characters `start` up to, not including, `end`."""

    start: int
    end: int
    label: str


class Pair(NamedTuple):
    """Two stretches of the text that belong together."""

    first: Span
    second: Span


Words = Mapping[str, str]
NAMES: Words = {}
Answer = (
    str
    | float
    | frozenset[str]
    | tuple[Span, ...]
    | tuple[Pair, ...]
    | tuple[str, ...]
    | tuple["Answer", ...]
)


class Output(Protocol):
    """An answer space."""

    @property
    def kind(self) -> str:
        """The output's name, as stored in results."""

    @property
    def labels(self) -> tuple[str, ...]:
        """The class names that scores are given for, in order; empty where there are none."""

    def check(self, answer: Any, text: str) -> Answer:
        """The gold answer in its normal form.

        Raises:
            DataError: it does not belong to this answer space.
        """

    def encode(self, answer: Answer, text: str, *, words: Words = NAMES) -> str:
        """The answer in words, as a person or a language model would write it.

        Args:
            answer: of gold with several references, the first is written.
            text: what was judged.
            words: what labels are called, where not by their names.
        """

    def decode(self, said: str, text: str, *, words: Words = NAMES) -> Answer | None:
        """The inverse of `encode`: the answer that was meant; None where it cannot be read.

        Labels are also taken in another case, and with quotation marks or a full stop around
        them; nothing else is guessed.
        """

    def to_json(self, answer: Answer) -> Any:
        """The answer as plain JSON data."""

    def from_json(self, data: Any) -> Answer:
        """The inverse of `to_json`."""

    def blank(self) -> Answer:
        """What an official file says where an answer could not be read: the first label, no label,
        no stretch, the middle of the scale, no words. It is no guess, and is never scored."""

    def stratum(self, answer: Answer) -> str:
        """The class an example is sampled by: limits and splits keep its share."""

    def spec(self) -> dict[str, Any]:
        """The output as plain JSON data, for keys and results."""

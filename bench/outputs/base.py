"""The Python types of answers, and the interface of all answer spaces."""

from collections.abc import Mapping
from typing import Any, NamedTuple, Protocol


class Span(NamedTuple):
    """A labelled span of the text: characters from `start` up to, not including, `end`."""

    start: int
    end: int
    label: str


class Pair(NamedTuple):
    """Two related spans of the text."""

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
        """The class names in the order of the scores; empty if the output has none."""

    def check(self, answer: Any, text: str) -> Answer:
        """Return a gold answer in canonical form.

        Raises:
            DataError: it does not belong to this answer space.
        """

    def encode(self, answer: Answer, text: str, *, words: Words = NAMES) -> str:
        """Return the answer in words, as a person or a language model would write it.

        Args:
            answer: the answer; if it is gold with several references, the first is written.
            text: the input text.
            words: label -> the word to use instead of its name.
        """

    def decode(self, said: str, text: str, *, words: Words = NAMES) -> Answer | None:
        """Parse an answer in words, the inverse of `encode`; None if it cannot be parsed.

        Labels are also accepted in another case, and surrounded by quotation marks or full stops;
        nothing else is guessed.
        """

    def to_json(self, answer: Answer) -> Any:
        """Return the answer as plain JSON data."""

    def from_json(self, data: Any) -> Answer:
        """Invert `to_json`."""

    def fallback_answer(self) -> Answer:
        """Return the placeholder that official files contain for an unparsed answer: the first
        label, no label, no span, the middle of the scale, no words. It is never scored."""

    def stratum(self, answer: Answer) -> str:
        """Return the class by which limits and splits are stratified."""

    def spec(self) -> dict[str, Any]:
        """Return the output's description as plain JSON data, for keys and results."""

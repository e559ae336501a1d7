"""What an answer can be: SingleLabel, MultiLabel, Regression, Spans, Pairs, FreeText, Fields.

Each output is the one place that knows its answer space: it checks gold, puts an answer into
words, and turns it into JSON and back. An answer inside Python is a `str` (SingleLabel), a
`frozenset` of labels (MultiLabel), a `float` (Regression), a tuple of `Span` (Spans) or of `Pair`
(Pairs), a `str` (FreeText; its gold may be a tuple of references), or a tuple with the answer of
each part (Fields).
"""

import json
import math
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from bench.answers import NAMES, Answer, Output, Pair, Span, Words
from bench.errors import DataError, quoted
from bench.fields import Fields
from bench.labelled import Labelled, normal, read_label
from bench.pairs import Pairs
from bench.spans import Spans


class SingleLabel(Labelled):
    """Exactly one of the labels."""

    kind = "single_label"

    def check(self, answer: Any, text: str) -> Answer:
        return self._label(answer)

    def encode(self, answer: Answer, text: str, *, words: Words = NAMES) -> str:
        return words.get(str(answer), str(answer))

    def decode(self, said: str, text: str, *, words: Words = NAMES) -> Answer | None:
        return read_label(said, self.labels, words)

    def to_json(self, answer: Answer) -> Any:
        return answer

    def from_json(self, data: Any) -> Answer:
        return str(data)

    def blank(self) -> Answer:
        return self.labels[0]

    def stratum(self, answer: Answer) -> str:
        return str(answer)


def _as_set(answer: Answer) -> frozenset[str]:
    assert isinstance(answer, frozenset)
    return answer


NUMBER = re.compile(r"[+-]?(\d+([.,]\d*)?|[.,]\d+)(e[+-]?\d+)?", re.ASCII)
_LISTED = re.compile(r'\s*("(?:[^"\\]|\\.)*"|[^,"]*)\s*(,|\Z)')


def _listed(word: str) -> str:
    """A label in a list: between quotation marks where it could be misread there."""
    plain = word == word.strip() and not {",", '"'} & {*word}
    return word if plain else json.dumps(word, ensure_ascii=False)


def _unlisted(said: str) -> list[str] | None:
    """The parts of a list; None where it is none."""
    parts, at = list[str](), 0
    while at < len(said):
        found = _LISTED.match(said, at)
        if not found or found.end() == at:
            return None
        part = _unquoted(found[1])
        if part is None:
            return None
        parts.append(part)
        at = found.end()
    return parts


def _unquoted(part: str) -> str | None:
    """A word of a list; None where what stands between quotation marks is no JSON string."""
    if not part.startswith('"'):
        return part.strip()
    try:
        return str(json.loads(part))
    except ValueError:  # a model can write "\\x", or a line break inside
        return None


class MultiLabel(Labelled):
    """Any set of the labels, the empty set included."""

    kind = "multi_label"

    def check(self, answer: Any, text: str) -> Answer:
        if isinstance(answer, str) or not isinstance(answer, Iterable):
            raise DataError(f"answer {quoted(answer)}: a multi-label answer is a set of labels")
        return frozenset(self._label(name) for name in answer)

    def encode(self, answer: Answer, text: str, *, words: Words = NAMES) -> str:
        said = [_listed(words.get(label, label)) for label in self._ordered(answer)]
        return ", ".join(said) or self._empty(words)

    def decode(self, said: str, text: str, *, words: Words = NAMES) -> Answer | None:
        if normal(said) == normal(self._empty(words)):
            return frozenset()
        parts = _unlisted(said)
        found = [read_label(part, self.labels, words) for part in parts or ()]
        return frozenset(filter(None, found)) if found and None not in found else None

    def _empty(self, words: Words) -> str:
        taken, word = {normal(words.get(label, label)) for label in self.labels}, "none"
        while normal(word) in taken:
            word = f"({word})"
        return word

    def to_json(self, answer: Answer) -> Any:
        return self._ordered(answer)

    def from_json(self, data: Any) -> Answer:
        return frozenset(data)

    def blank(self) -> Answer:
        return frozenset()

    def stratum(self, answer: Answer) -> str:
        return "\x1f".join(self._ordered(answer))

    def _ordered(self, answer: Answer) -> list[str]:
        return [label for label in self.labels if label in _as_set(answer)]


@dataclass(frozen=True)
class Regression:
    """A number from `low` to `high`."""

    low: float
    high: float
    kind: str = "regression"
    labels: tuple[str, ...] = ()

    def check(self, answer: Any, text: str) -> Answer:
        try:
            number = float(answer)
        except (TypeError, ValueError):
            raise DataError(f"answer {quoted(answer)} is not a number") from None
        if not (math.isfinite(number) and self.low <= number <= self.high):
            raise DataError(f"answer {quoted(answer)} lies outside {self.low:g} to {self.high:g}")
        return number

    def encode(self, answer: Answer, text: str, *, words: Words = NAMES) -> str:
        short = f"{answer:.2f}"
        return short if float(short) == answer else repr(answer)

    def decode(self, said: str, text: str, *, words: Words = NAMES) -> Answer | None:
        if not NUMBER.fullmatch(normal(said)):
            return None
        number = float(normal(said).replace(",", "."))
        return number if self.low <= number <= self.high else None

    def to_json(self, answer: Answer) -> Any:
        return answer

    def from_json(self, data: Any) -> Answer:
        return float(data)

    def blank(self) -> Answer:
        return (self.low + self.high) / 2

    def stratum(self, answer: Answer) -> str:
        """One of ten equal parts of the scale."""
        assert isinstance(answer, float)
        width = (self.high - self.low) / 10 or 1.0
        return str(min(9, int((answer - self.low) / width)))

    def spec(self) -> dict[str, Any]:
        return {"kind": self.kind, "low": self.low, "high": self.high}


@dataclass(frozen=True)
class FreeText:
    """Words of the model's own; gold is one reference or a tuple of several."""

    kind: str = "free_text"
    labels: tuple[str, ...] = ()

    def check(self, answer: Any, text: str) -> Answer:
        several = tuple(answer) if isinstance(answer, list | tuple) else ()
        references = (answer,) if isinstance(answer, str) else several
        if not references or not all(isinstance(r, str) for r in references):
            raise DataError(
                f"answer {quoted(answer)}: free text is a string, or several references"
            )
        return references[0] if len(references) == 1 else references

    def encode(self, answer: Answer, text: str, *, words: Words = NAMES) -> str:
        return self.references(answer)[0]

    def decode(self, said: str, text: str, *, words: Words = NAMES) -> Answer | None:
        return said

    def to_json(self, answer: Answer) -> Any:
        return list(answer) if isinstance(answer, tuple) else answer

    def from_json(self, data: Any) -> Answer:
        return tuple(data) if isinstance(data, list) else str(data)

    def blank(self) -> Answer:
        return ""

    def stratum(self, answer: Answer) -> str:
        return ""

    def spec(self) -> dict[str, Any]:
        return {"kind": self.kind}

    @staticmethod
    def references(answer: Answer) -> tuple[str, ...]:
        """All references of a gold answer, at least one."""
        return (answer,) if isinstance(answer, str) else tuple(map(str, answer))  # type: ignore[arg-type]


__all__ = [
    "Answer",
    "Fields",
    "FreeText",
    "MultiLabel",
    "Output",
    "Pair",
    "Pairs",
    "Regression",
    "SingleLabel",
    "Span",
    "Spans",
]

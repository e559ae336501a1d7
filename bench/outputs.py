"""What an answer can be: SingleLabel, MultiLabel, Regression, Spans, FreeText.

Each output is the one place that knows its answer space: it checks gold, puts an answer into
words, and turns it into JSON and back. An answer inside Python is a `str` (SingleLabel), a
`frozenset` of labels (MultiLabel), a `float` (Regression), a tuple of `Span` (Spans) or a `str`
(FreeText; its gold may be a tuple of references).
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from operator import index
from typing import Any, SupportsIndex

from bench.answers import Answer, Output, Span
from bench.errors import DataError, PluginError, did_you_mean


def _checked_labels(labels: Iterable[str]) -> tuple[str, ...]:
    names = tuple(labels)
    if not names or any(not isinstance(n, str) or not n.strip() for n in names):
        raise PluginError(f"labels {names!r}: give at least one, each a non-empty string")
    if len(set(names)) != len(names):
        raise PluginError(f"labels {names!r}: one stands twice")
    return names


class _Labelled:
    """The part shared by the outputs that have class names."""

    kind = ""

    def __init__(self, *labels: str) -> None:
        self.labels = _checked_labels(labels)
        self._known = frozenset(self.labels)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(map(repr, self.labels))})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Labelled) and self.spec() == other.spec()

    def __hash__(self) -> int:
        return hash((self.kind, self.labels))

    def spec(self) -> dict[str, Any]:
        return {"kind": self.kind, "labels": list(self.labels)}

    def _label(self, name: Any) -> str:
        if not isinstance(name, str) or name not in self._known:
            raise DataError(
                f"label {name!r} is not declared; {did_you_mean(str(name), self.labels)}"
            )
        return str(name)


class SingleLabel(_Labelled):
    """Exactly one of the labels."""

    kind = "single_label"

    def check(self, answer: Any, text: str) -> Answer:
        return self._label(answer)

    def encode(self, answer: Answer, text: str) -> str:
        return str(answer)

    def to_json(self, answer: Answer) -> Any:
        return answer

    def from_json(self, data: Any) -> Answer:
        return str(data)

    def stratum(self, answer: Answer) -> str:
        return str(answer)


def _as_set(answer: Answer) -> frozenset[str]:
    assert isinstance(answer, frozenset)
    return answer


class MultiLabel(_Labelled):
    """Any set of the labels, the empty set included."""

    kind = "multi_label"

    def check(self, answer: Any, text: str) -> Answer:
        if isinstance(answer, str) or not isinstance(answer, Iterable):
            raise DataError(f"answer {answer!r}: a multi-label answer is a set of labels")
        return frozenset(self._label(name) for name in answer)

    def encode(self, answer: Answer, text: str) -> str:
        return ", ".join(self._ordered(answer)) or "none"

    def to_json(self, answer: Answer) -> Any:
        return self._ordered(answer)

    def from_json(self, data: Any) -> Answer:
        return frozenset(data)

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
            raise DataError(f"answer {answer!r} is not a number") from None
        if not (math.isfinite(number) and self.low <= number <= self.high):
            raise DataError(f"answer {answer!r} lies outside {self.low:g} to {self.high:g}")
        return number

    def encode(self, answer: Answer, text: str) -> str:
        return f"{answer:.2f}"

    def to_json(self, answer: Answer) -> Any:
        return answer

    def from_json(self, data: Any) -> Answer:
        return float(data)

    def stratum(self, answer: Answer) -> str:
        """One of ten equal parts of the scale."""
        assert isinstance(answer, float)
        width = (self.high - self.low) / 10 or 1.0
        return str(min(9, int((answer - self.low) / width)))

    def spec(self) -> dict[str, Any]:
        return {"kind": self.kind, "low": self.low, "high": self.high}


def _as_spans(answer: Answer) -> Sequence[Span]:
    assert isinstance(answer, tuple)
    return answer  # type: ignore[return-value]  # a Spans answer holds Span only: see check


def _items(answer: Any) -> Iterable[Any]:
    if isinstance(answer, str) or not isinstance(answer, Iterable):
        raise DataError(f"answer {answer!r}: spans are a list of (start, end, label)")
    return answer


class Spans(_Labelled):
    """Labelled stretches of the text, none or more, in the order of their start."""

    kind = "spans"

    def check(self, answer: Any, text: str) -> Answer:
        spans = sorted({self._span(item) for item in _items(answer)})
        for span in spans:
            if not 0 <= span.start < span.end <= len(text):
                raise DataError(
                    f"span {tuple(span)} lies outside its text of {len(text)} characters"
                )
        return tuple(spans)

    def _span(self, item: Any) -> Span:
        if isinstance(item, Sequence) and len(item) == 3:
            start, end, label = item
            if isinstance(start, SupportsIndex) and isinstance(end, SupportsIndex):
                return Span(index(start), index(end), self._label(label))
        raise DataError(f"span {item!r}: write (start, end, label), with whole numbers")

    def encode(self, answer: Answer, text: str) -> str:
        parts = [f"[{s.label}] {text[s.start : s.end]}" for s in _as_spans(answer)]
        return " ".join(parts) or "none"

    def to_json(self, answer: Answer) -> Any:
        return [list(span) for span in _as_spans(answer)]

    def from_json(self, data: Any) -> Answer:
        return tuple(Span(*item) for item in data)

    def stratum(self, answer: Answer) -> str:
        return "\x1f".join(sorted({span.label for span in _as_spans(answer)}))


@dataclass(frozen=True)
class FreeText:
    """Words of the model's own; gold is one reference or a tuple of several."""

    kind: str = "free_text"
    labels: tuple[str, ...] = ()

    def check(self, answer: Any, text: str) -> Answer:
        several = tuple(answer) if isinstance(answer, list | tuple) else ()
        references = (answer,) if isinstance(answer, str) else several
        if not references or not all(isinstance(r, str) for r in references):
            raise DataError(f"answer {answer!r}: free text is a string, or several references")
        return references[0] if len(references) == 1 else references

    def encode(self, answer: Answer, text: str) -> str:
        return self.references(answer)[0]

    def to_json(self, answer: Answer) -> Any:
        return list(answer) if isinstance(answer, tuple) else answer

    def from_json(self, data: Any) -> Answer:
        return tuple(data) if isinstance(data, list) else str(data)

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
    "FreeText",
    "MultiLabel",
    "Output",
    "Regression",
    "SingleLabel",
    "Span",
    "Spans",
]

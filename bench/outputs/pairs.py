"""Pairs of spans as an answer, for relations such as that of a result to its test."""

import re
from collections.abc import Callable, Iterable, Sequence
from operator import index
from typing import Any

from bench.errors import DataError, PluginError, quoted
from bench.outputs.base import NAMES, Answer, Pair, Span, Words
from bench.outputs.labels import Labelled, normal
from bench.outputs.spans import named, placed, refuse_outside, span_of

Marks = tuple[str, str, str]
_AT = r"(?:#(?P<{0}_nth>\d+)|@(?P<{0}_from>\d+)-(?P<{0}_to>\d+))?"


class Pairs(Labelled):
    """Pairs of spans of the text, zero or more, in the order of their start.

    Args:
        first, second: the roles of the two spans of a pair; they are the output's labels.
        marks: the tags before the first span, before the second, and after the pair.
        none: the written answer if there is no pair.

    Raises:
        PluginError: the marks are not three different words.
    """

    kind = "pairs"

    def __init__(
        self,
        first: str,
        second: str,
        *,
        marks: Marks = ("FIRST", "SECOND", "END"),
        none: str = "none",
    ) -> None:
        super().__init__(first, second)
        if len({*marks}) < 3 or not all(re.fullmatch(r"\w+", mark) for mark in marks):
            raise PluginError(f"marks {marks!r}: give three different words")
        self.marks, self.none = marks, none
        begin, between, end = marks
        self._pair = re.compile(
            rf"\s*\[{begin}{_AT.format('first')}\] ?(?P<first>.*?) "
            rf"?\[{between}{_AT.format('second')}\] ?(?P<second>.*?) ?\[{end}\]\s*",
            re.DOTALL,
        )

    def spec(self) -> dict[str, Any]:
        return {**super().spec(), "marks": list(self.marks), "none": self.none}

    @staticmethod
    def spans(answer: Answer) -> tuple[Span, ...]:
        """Return all spans of the pairs, each once, in order."""
        return tuple(sorted({span for pair in _pairs(answer) for span in pair}))

    def check(self, answer: Any, text: str) -> Answer:
        if isinstance(answer, str) or not isinstance(answer, Iterable):
            raise DataError(f"answer {quoted(answer)}: pairs are a list of (first, second)")
        return tuple(sorted({self._checked(item, text) for item in answer}))

    def _checked(self, item: Any, text: str) -> Pair:
        try:
            (a, b, *_), (c, d, *_) = item
            first = Span(index(a), index(b), self.labels[0])
            second = Span(index(c), index(d), self.labels[1])
        except (TypeError, ValueError):
            raise DataError(
                f"pair {quoted(item)}: write ((start, end), (start, end)), with whole numbers"
            ) from None
        refuse_outside(first, text)
        refuse_outside(second, text)
        return Pair(first, second)

    def encode(self, answer: Answer, text: str, *, words: Words = NAMES) -> str:
        """Return `[FIRST] mention [SECOND] mention [END]` for each pair. The tag is `[FIRST#2]` for
        the second occurrence of a mention in the text, and `[FIRST@12-16]`, with the span's
        offsets, where the words would be ambiguous."""
        written = self._written(answer, text, named)
        return (
            written if self.decode(written, text) == answer else self._written(answer, text, placed)
        )

    def _written(self, answer: Answer, text: str, write: Callable[[Span, str, str], str]) -> str:
        begin, between, end = self.marks
        pairs = [
            f"{write(pair.first, text, begin)} {write(pair.second, text, between)} [{end}]"
            for pair in _pairs(answer)
        ]
        return " ".join(pairs) or self.none

    def decode(self, said: str, text: str, *, words: Words = NAMES) -> Answer | None:
        if normal(said) == normal(self.none):
            return ()
        pairs, position = list[Pair](), 0
        while match := self._pair.match(said, position):
            spans = [self._part(match, k, text) for k in range(2)]
            if spans[0] is None or spans[1] is None:
                return None
            pairs.append(Pair(spans[0], spans[1]))
            position = match.end()
        return tuple(sorted({*pairs})) if pairs and position == len(said) else None

    def _part(self, match: re.Match[str], which: int, text: str) -> Span | None:
        part = ("first", "second")[which]
        marks = (match[f"{part}_nth"], match[f"{part}_from"], match[f"{part}_to"])
        return span_of(marks, self.labels[which], match[part], text)

    def to_json(self, answer: Answer) -> Any:
        return [[list(span[:2]) for span in pair] for pair in _pairs(answer)]

    def from_json(self, data: Any) -> Answer:
        first, second = self.labels
        return tuple(Pair(Span(a[0], a[1], first), Span(b[0], b[1], second)) for a, b in data)

    def fallback_answer(self) -> Answer:
        return ()

    def stratum(self, answer: Answer) -> str:
        return "some" if _pairs(answer) else "none"


def _pairs(answer: Answer) -> Sequence[Pair]:
    assert isinstance(answer, tuple)
    return answer  # type: ignore[return-value]  # a Pairs answer holds Pair only: see check

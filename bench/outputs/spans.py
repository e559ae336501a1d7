"""Labelled spans as an answer, with their written form and its parsing."""

import re
from collections.abc import Iterable, Iterator, Sequence
from operator import index
from typing import Any, SupportsIndex

from bench.errors import DataError, quoted
from bench.outputs.base import NAMES, Answer, Span, Words
from bench.outputs.labels import Labelled, normal

NONE = "none"


def _as_spans(answer: Answer) -> Sequence[Span]:
    assert isinstance(answer, tuple)
    return answer  # type: ignore[return-value]  # a Spans answer holds Span only: see check


def _items(answer: Any) -> Iterable[Any]:
    if isinstance(answer, str) or not isinstance(answer, Iterable):
        raise DataError(f"answer {quoted(answer)}: spans are a list of (start, end, label)")
    return answer


class Spans(Labelled):
    """Labelled spans of the text, zero or more, in the order of their start.

    Args:
        labels: the class names.
        none: the written answer if there is no span.
    """

    kind = "spans"

    def __init__(self, *labels: str, none: str = NONE) -> None:
        super().__init__(*labels)
        self.none = none

    def spec(self) -> dict[str, Any]:
        return {**super().spec(), **({"none": self.none} if self.none != NONE else {})}

    def check(self, answer: Any, text: str) -> Answer:
        spans = sorted({self._span(item) for item in _items(answer)})
        for span in spans:
            refuse_outside(span, text)
        return tuple(spans)

    def _span(self, item: Any) -> Span:
        if isinstance(item, Sequence) and len(item) == 3:
            start, end, label = item
            if isinstance(start, SupportsIndex) and isinstance(end, SupportsIndex):
                return Span(index(start), index(end), self._label(label))
        raise DataError(f"span {quoted(item)}: write (start, end, label), with whole numbers")

    def encode(self, answer: Answer, text: str, *, words: Words = NAMES) -> str:
        """Return `[LABEL] mention [LABEL] mention`, in order. The tag is `[LABEL#2]` for the second
        occurrence of a mention, counted from the previous one, and `[LABEL@12-16]`, with the
        span's offsets, where the words would be ambiguous."""
        spans, parts, position = _as_spans(answer), list[str](), 0
        for span in spans:
            parts.append(named(span, text, words.get(span.label, span.label), position))
            position = span.start
        written = " ".join(parts) or self.none
        if self.decode(written, text, words=words) == answer:
            return written
        return " ".join(placed(s, text, words.get(s.label, s.label)) for s in spans)

    def decode(self, said: str, text: str, *, words: Words = NAMES) -> Answer | None:
        if normal(said) == normal(self.none):
            return ()
        tags = list(self._tags(words).finditer(said))
        if not tags or said[: tags[0].start()].strip():
            return None
        label_of = {words.get(label, label): label for label in self.labels}
        spans, position = list[Span](), 0
        for tag, after in zip(tags, [*tags[1:], None], strict=True):
            mention = said[tag.end() : after.start() if after else len(said)]
            mention = mention.removesuffix(" ") if after else mention
            span = span_of(
                (tag["nth"], tag["from"], tag["to"]),
                label_of[tag["label"]],
                mention,
                text,
                position,
            )
            if span is None:
                return None
            spans.append(span)
            position = span.start
        return tuple(sorted({*spans}))

    def _tags(self, words: Words) -> re.Pattern[str]:
        # The longest first, as one label's word can be a prefix of another's.
        known = sorted((words.get(label, label) for label in self.labels), key=len, reverse=True)
        names = "|".join(map(re.escape, known))
        return re.compile(rf"\[(?P<label>{names})(?:#(?P<nth>\d+)|@(?P<from>\d+)-(?P<to>\d+))?\] ?")

    def to_json(self, answer: Answer) -> Any:
        return [list(span) for span in _as_spans(answer)]

    def from_json(self, data: Any) -> Answer:
        return tuple(Span(*item) for item in data)

    def fallback_answer(self) -> Answer:
        return ()

    def stratum(self, answer: Answer) -> str:
        return "\x1f".join(sorted({span.label for span in _as_spans(answer)}))


def refuse_outside(span: Span, text: str) -> None:
    """Refuse a span that is empty or outside the text.

    Raises:
        DataError: it is.
    """
    if not 0 <= span.start < span.end <= len(text):
        raise DataError(f"span {tuple(span)} is outside its text of {len(text)} characters")


def named(span: Span, text: str, tag: str, start: int = 0) -> str:
    """Return a span's words after its tag, which is numbered unless this is the first occurrence of
    the words at or after `start`."""
    mention = text[span.start : span.end]
    nth = sum(place < span.start for place in _places(mention, text, start)) + 1
    return f"[{tag}{f'#{nth}' if nth > 1 else ''}] {mention}"


def placed(span: Span, text: str, tag: str) -> str:
    """Return a span's words after a tag with its offsets; brackets in them become parentheses, so
    that none is taken for a tag."""
    bare = text[span.start : span.end].replace("[", "(").replace("]", ")")
    return f"[{tag}@{span.start}-{span.end}] {' '.join(bare.split())}"


def _places(mention: str, text: str, start: int) -> Iterator[int]:
    """Yield the offsets of the occurrences of a mention, at or after `start`."""
    while mention and (start := text.find(mention, start)) >= 0:
        yield start
        start += 1


Marks = tuple[str | None, str | None, str | None]
"""The position given in a tag: the number of the occurrence, or start and end offsets."""


def span_of(marks: Marks, label: str, words: str, text: str, earliest: int = 0) -> Span | None:
    """Return the span that a tag and the words after it denote; None if there is none."""
    nth, begin, stop = marks
    if begin and stop:
        start, end = int(begin), int(stop)
        return Span(start, end, label) if 0 <= start < end <= len(text) else None
    for mention in (words, words.strip()):
        for number, start in enumerate(_places(mention, text, earliest), 1):
            if number == int(nth or 1):
                return Span(start, start + len(mention), label)
    return None

"""Tokens of a text, their BIO tags, and the spans that tags stand for (Ramshaw & Marcus, 1995)."""

import re
from collections.abc import Sequence

from bench.outputs import Answer, Span

TOKEN = re.compile(r"\w+|[^\w\s]")
OUTSIDE = "O"
Place = tuple[int, int]


def tokens(text: str) -> list[Place]:
    """Start and end of each token: a run of word characters, or one other sign."""
    return [match.span() for match in TOKEN.finditer(text)]


def tags_of(labels: Sequence[str]) -> list[str]:
    """All tags: outside, and begin and inside of each label."""
    return [OUTSIDE, *(f"{part}-{label}" for label in labels for part in "BI")]


def tags(text: str, gold: Answer) -> list[str]:
    """The tag of each token of a text; a token belongs to the first span that covers any of it."""
    spans = [s for s in gold if isinstance(s, Span)] if isinstance(gold, tuple) else []
    found, last = [], None
    for start, end in tokens(text):
        span = next((s for s in spans if s.start < end and start < s.end), None)
        part = "I" if span is not None and span is last else "B"
        found.append(OUTSIDE if span is None else f"{part}-{span.label}")
        last = span
    return found


def spans(places: Sequence[Place], found: Sequence[str]) -> tuple[Span, ...]:
    """The spans that tags stand for; an inside without its begin opens a span."""
    result: list[Span] = []
    open_label = ""
    for (start, end), tag in zip(places, found, strict=True):
        part, _, label = tag.partition("-")
        if part == "I" and label == open_label:
            result[-1] = Span(result[-1].start, end, label)
        elif part != OUTSIDE:
            result.append(Span(start, end, label))
        open_label = label
    return tuple(result)


def windows(text: str) -> list[str]:
    """For each token, features apart by spaces: itself, its neighbours, its ending, its shape."""
    words = [text[start:end] for start, end in tokens(text)]
    padded = ["<", "<", *(word.casefold() for word in words), ">", ">"]
    found = []
    for i, word in enumerate(words):
        near = [f"{place:+d}={padded[i + 2 + place]}" for place in (-2, -1, 1, 2)]
        own = [f"word={padded[i + 2]}", f"ending={padded[i + 2][-3:]}", f"shape={_shape(word)}"]
        found.append(" ".join(near + own))
    return found


def _shape(word: str) -> str:
    if word.isupper():
        return "ALL"
    if word[:1].isupper():
        return "First"
    return "digits" if word.isdigit() else "low"

"""Tokens of a text, their BIO tags, and the spans that tags stand for (Ramshaw & Marcus, 1995)."""

import re
from collections.abc import Sequence

from bench.outputs import Answer, Span

TOKEN = re.compile(r"\w+|[^\w\s]")
OUTSIDE = "O"
REACH = 2
"""Tokens either side that a window shows."""
LONGEST = 40
"""Characters of a word that a window shows."""
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
    """For each token a document: it and its neighbours by place, its ending, its shape. The
    features are words for a vectoriser: of word characters only, whatever their case."""
    words = [text[start:end] for start, end in tokens(text)]
    edge = ["edge"] * REACH
    padded = [*edge, *map(_shown, words), *edge]
    width = 2 * REACH + 1
    found = []
    for i, word in enumerate(words):
        near = [f"at{place}_{name}" for place, name in enumerate(padded[i : i + width])]
        own = [f"ending_{padded[i + REACH][-3:]}", f"shape_{_shape(word)}"]
        found.append(" ".join(near + own))
    return found


def _shown(token: str) -> str:
    """A token as part of a feature: a sign by its code, since vectorisers cut words at signs; a
    word at a length, since each stands in several windows."""
    return token[:LONGEST] if re.match(r"\w", token) else f"sign{ord(token):x}"


def _shape(word: str) -> str:
    if word.isupper():
        return "all"
    if word[:1].isupper():
        return "first"
    return "digits" if word.isdigit() else "low"

"""Word tokens of a text, and conversion between spans and BIO tags (Ramshaw & Marcus, 1995)."""

import re
import unicodedata
from bisect import bisect
from collections.abc import Sequence

from bench.outputs import Answer, Pair, Span
from bench.texts.scripts import plain, token_places

OUTSIDE = "O"
REACH = 2
"""Context tokens on either side in a window."""
LONGEST = 40
"""Maximum number of characters of a word in a window."""
Place = tuple[int, int]


def tokens(text: str) -> list[Place]:
    """Return start and end of each token: a word, or one punctuation mark."""
    return token_places(text)


def tags_of(labels: Sequence[str]) -> list[str]:
    """Return the tag set: outside, and begin and inside of each label."""
    return [OUTSIDE, *(f"{part}-{label}" for label in labels for part in "BI")]


def tags(text: str, gold: Answer) -> list[str]:
    """Return the tag of each token of a text.

    A token belongs to the first span that overlaps it. Both members of a pair count as spans.
    """
    spans = _spans(gold)
    result, last = [], None
    for start, end in tokens(text):
        span = next((s for s in spans if s.start < end and start < s.end), None)
        part = "I" if span is not None and span is last else "B"
        result.append(OUTSIDE if span is None else f"{part}-{span.label}")
        last = span
    return result


def _spans(gold: Answer) -> list[Span]:
    items = gold if isinstance(gold, tuple) else ()
    flat = [part for item in items for part in (item if isinstance(item, Pair) else (item,))]
    return sorted({part for part in flat if isinstance(part, Span)})


def linked(spans: Sequence[Span], labels: Sequence[str]) -> tuple[Pair, ...]:
    """Pair each span of the first label with the nearest span of the second.

    Args:
        spans: spans that do not overlap, in text order.
        labels: the first and the second label.
    """
    firsts, seconds = ([s for s in spans if s.label == label] for label in labels)
    starts, pairs = [s.start for s in seconds], []
    for span in firsts:
        position = bisect(starts, span.start)
        near = seconds[max(0, position - 1) : position + 1]
        pairs += [Pair(span, min(near, key=lambda s: _gap(span, s)))] if near else []
    return tuple(pairs)


def _gap(first: Span, second: Span) -> int:
    return max(first.start - second.end, second.start - first.end)


def spans(places: Sequence[Place], names: Sequence[str]) -> tuple[Span, ...]:
    """Decode tags into spans; an inside tag without a begin tag before it opens a span."""
    result: list[Span] = []
    open_label = ""
    for (start, end), tag in zip(places, names, strict=True):
        part, _, label = tag.partition("-")
        if part == "I" and label == open_label:
            result[-1] = Span(result[-1].start, end, label)
        elif part != OUTSIDE:
            result.append(Span(start, end, label))
        open_label = label
    return tuple(result)


def windows(text: str) -> list[str]:
    """Describe each token by a document of features: its neighbours by position, suffix, shape.

    The features are words for a vectoriser: they have word characters only, and stay distinct
    in lower case.
    """
    words = [text[start:end] for start, end in tokens(text)]
    edge = ["edge"] * REACH
    padded = [*edge, *map(_shown, words), *edge]
    width = 2 * REACH + 1
    documents = []
    for i, word in enumerate(words):
        near = [f"at{place}_{name}" for place, name in enumerate(padded[i : i + width])]
        features = [f"ending_{_ending(word)}", f"shape_{_shape(word)}"]
        documents.append(" ".join(near + features))
    return documents


def _shown(token: str) -> str:
    """Return a token as part of a feature name.

    Punctuation is named by its code point, since vectorisers split words at it, and so is each
    letter of a script that they divide otherwise; long words are truncated, since each is repeated
    in several windows.
    """
    if not plain(token.lower()):
        return _coded(token[:LONGEST])
    return token[:LONGEST] if re.match(r"\w", token) else f"sign{ord(token):x}"


def _coded(token: str) -> str:
    composed = unicodedata.normalize("NFC", token)
    return "".join(f"u{ord(letter):05x}" for letter in composed.lower())


def _ending(token: str) -> str:
    return _shown(token)[-3:] if plain(token.lower()) else _coded(token[:LONGEST][-3:])


def _shape(word: str) -> str:
    if word.isupper():
        return "all"
    if word[:1].isupper():
        return "first"
    return "digits" if word.isdigit() else "low"

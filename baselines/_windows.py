"""Words of a text, their windows as documents, and BIO tags to and from spans of characters."""

import re
from collections.abc import Sequence

from bench.outputs import Span

_TOKEN = re.compile(r"\w+|[^\w\s]")
REACH = 2
"""Words either side that a window shows."""
LONGEST = 40
"""Characters of a word that a window shows; a text without spaces must not be copied whole into
every window."""

Token = re.Match[str]


def tokens(text: str) -> list[Token]:
    """Runs of word characters, and every other visible character alone."""
    return list(_TOKEN.finditer(text))


def windows(text: str) -> list[str]:
    """A document for each token: the words around it with their places, its ending, its shape."""
    words = [match[0] for match in tokens(text)]
    shown = ["edge"] * REACH + [_shown(word) for word in words] + ["edge"] * REACH
    span = 2 * REACH + 1
    return [
        " ".join([*(f"p{k}_{w}" for k, w in enumerate(shown[i : i + span])), *_features(word)])
        for i, word in enumerate(words)
    ]


def _shown(word: str) -> str:
    """A word as one feature; vectorisers drop punctuation, so that is spelt by its code."""
    return word[:LONGEST] if word[0].isalnum() or word[0] == "_" else f"sign{ord(word[0]):x}"


def _features(word: str) -> list[str]:
    if word.isdigit():
        shape = "digits"
    elif word.istitle():
        shape = "title"
    else:
        shape = "upper" if word.isupper() else "other"
    return [f"shape_{shape}", f"end_{_shown(word)[-3:]}"]


def tags_of(labels: Sequence[str]) -> list[str]:
    """All tags: "O", then begin and inside of each label in turn."""
    return ["O", *(f"{place}-{label}" for label in labels for place in "BI")]


def tag(text: str, spans: Sequence[Span]) -> list[str]:
    """The tag of each token.

    A token that a span touches belongs to it; where spans overlap, to the one that starts first,
    the longer of two with one start.
    """
    found = tokens(text)
    tags = ["O"] * len(found)
    for span in sorted(spans, key=lambda s: (s.start, -s.end, s.label)):
        inside = [i for i, t in enumerate(found) if t.start() < span.end and t.end() > span.start]
        free = [i for i in inside if tags[i] == "O"]
        for place, i in enumerate(free):
            tags[i] = f"{'I' if place else 'B'}-{span.label}"
    return tags


def read_tags(found: Sequence[Token], tags: Sequence[str]) -> tuple[Span, ...]:
    """The spans that tags describe. An inside tag that follows no tag of its label begins a
    span."""
    spans: list[Span] = []
    before = "O"
    for token, name in zip(found, tags, strict=True):
        place, _, label = name.partition("-")
        if place == "I" and before.partition("-")[2] == label:
            spans[-1] = spans[-1]._replace(end=token.end())
        elif place != "O":
            spans.append(Span(token.start(), token.end(), label))
        before = name
    return tuple(spans)

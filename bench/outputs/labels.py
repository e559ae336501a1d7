"""Answer spaces with class labels (single and multi-label), and the parsing of label names."""

import json
import re
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from bench.errors import DataError, PluginError, did_you_mean, quoted
from bench.outputs.base import NAMES, Answer, Words

_AROUND = " \t\r\n\"'`.“”‘’«»"


def normal(answer: str) -> str:
    """Return an answer case-folded, without surrounding quotation marks and full stops."""
    return answer.strip(_AROUND).casefold()


def read_label(answer: str, labels: Sequence[str], words: Words) -> str | None:
    """Return the label that an answer names: matched exactly, else without regard to case, else
    also without surrounding punctuation; None if no label matches, or more than one."""
    forms: tuple[Callable[[str], str], ...] = (str, str.strip, str.casefold, normal)
    for form in forms:
        matches = [label for label in labels if form(words.get(label, label)) == form(answer)]
        if matches:
            return matches[0] if len(matches) == 1 else None
    return None


def _checked_labels(labels: Iterable[str]) -> tuple[str, ...]:
    names = tuple(labels)
    if not names or any(not isinstance(n, str) or not n.strip() for n in names):
        raise PluginError(f"labels {names!r}: give at least one, each a non-empty string")
    if len(set(names)) != len(names):
        raise PluginError(f"labels {names!r}: one occurs twice; each must be unique")
    return names


class Labelled:
    """Base of the outputs with class labels."""

    kind = ""

    def __init__(self, *labels: str) -> None:
        self.labels = _checked_labels(labels)
        self._known = frozenset(self.labels)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(map(repr, self.labels))})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Labelled) and self.spec() == other.spec()

    def __hash__(self) -> int:
        return hash((self.kind, self.labels))

    def spec(self) -> dict[str, Any]:
        return {"kind": self.kind, "labels": list(self.labels)}

    def _label(self, name: Any) -> str:
        if not isinstance(name, str) or name not in self._known:
            raise DataError(
                f"label {quoted(name)} is not declared; {did_you_mean(str(name), self.labels)}"
            )
        return str(name)


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

    def fallback_answer(self) -> Answer:
        return self.labels[0]

    def stratum(self, answer: Answer) -> str:
        return str(answer)


def _as_set(answer: Answer) -> frozenset[str]:
    assert isinstance(answer, frozenset)
    return answer


_LISTED = re.compile(r'\s*("(?:[^"\\]|\\.)*"|[^,"]*)\s*(,|\Z)')


def _listed(word: str) -> str:
    """Return a label as an item of a list, quoted if it would be ambiguous there."""
    plain = word == word.strip() and not {",", '"'} & {*word}
    return word if plain else json.dumps(word, ensure_ascii=False)


def _unlisted(listing: str) -> list[str] | None:
    """Return the items of a list; None if it is malformed."""
    parts, position = list[str](), 0
    while position < len(listing):
        match = _LISTED.match(listing, position)
        if not match or match.end() == position:
            return None
        part = _unquoted(match[1])
        if part is None:
            return None
        parts.append(part)
        position = match.end()
    return parts


def _unquoted(part: str) -> str | None:
    """Return an item of a list without its quotes; None if it is not a valid JSON string."""
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
        written = [_listed(words.get(label, label)) for label in self._ordered(answer)]
        return ", ".join(written) or self._empty(words)

    def decode(self, said: str, text: str, *, words: Words = NAMES) -> Answer | None:
        if normal(said) == normal(self._empty(words)):
            return frozenset()
        parts = _unlisted(said)
        labels = [read_label(part, self.labels, words) for part in parts or ()]
        return frozenset(filter(None, labels)) if labels and None not in labels else None

    def _empty(self, words: Words) -> str:
        taken, word = {normal(words.get(label, label)) for label in self.labels}, "none"
        while normal(word) in taken:
            word = f"({word})"
        return word

    def to_json(self, answer: Answer) -> Any:
        return self._ordered(answer)

    def from_json(self, data: Any) -> Answer:
        return frozenset(data)

    def fallback_answer(self) -> Answer:
        return frozenset()

    def stratum(self, answer: Answer) -> str:
        return "\x1f".join(self._ordered(answer))

    def _ordered(self, answer: Answer) -> list[str]:
        return [label for label in self.labels if label in _as_set(answer)]

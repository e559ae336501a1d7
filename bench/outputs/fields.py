"""Structured answers: named parts, each with an answer space of its own."""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from bench.errors import DataError, PluginError, quoted
from bench.old_names import OUTPUT, both_names
from bench.outputs.base import NAMES, Answer, Output, Words

_HOLE = re.compile(r"\{(\w+)\}")


class Fields:
    """A tuple of answers, one per part, in the order of the parts.

    Args:
        form: the format of the written answer, with the name of each part in braces, as in
            `"[region] {region} [geo] {latitude} {longitude}"`.
        parts: name of each part -> its answer space.

    The labels of all parts are this output's labels, each as `part=label`.

    Raises:
        PluginError: the form does not contain each part's name exactly once.
    """

    kind = "fields"

    def __init__(self, form: str, **parts: Output) -> None:
        holes = _HOLE.findall(form)
        if sorted(holes) != sorted(parts) or not parts:
            raise PluginError(f"form {form!r}: name each part once, in braces: {', '.join(parts)}")
        for part in parts.values():
            both_names(type(part), OUTPUT)
        self.form, self.parts = form, dict(parts)
        self.labels = tuple(f"{n}={label}" for n, part in parts.items() for label in part.labels)

    def __repr__(self) -> str:
        parts = "".join(f", {name}={part!r}" for name, part in self.parts.items())
        return f"Fields({self.form!r}{parts})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Fields) and self.spec() == other.spec()

    def __hash__(self) -> int:
        return hash((self.form, *self.parts))

    def check(self, answer: Any, text: str) -> Answer:
        if isinstance(answer, Mapping):
            answer = [answer.get(name) for name in self.parts]
        if isinstance(answer, str) or not isinstance(answer, Sequence):
            raise DataError(
                f"answer {quoted(answer)}: give one value for each of {', '.join(self.parts)}"
            )
        if len(answer) != len(self.parts):
            raise DataError(
                f"answer {quoted(answer)}: {len(answer)} values for {len(self.parts)} parts"
            )
        return tuple(self._checked(*item, text) for item in zip(self.parts, answer, strict=True))

    def _checked(self, name: str, value: Any, text: str) -> Answer:
        try:
            return self.parts[name].check(value, text)
        except DataError as error:
            raise DataError(f"{name}: {error}") from None

    def _values_of(self, answer: Answer) -> list[tuple[str, Output, Answer]]:
        assert isinstance(answer, tuple)
        pairs = zip(self.parts.items(), answer, strict=True)
        return [(name, part, value) for (name, part), value in pairs]

    def encode(self, answer: Answer, text: str, *, words: Words = NAMES) -> str:
        """Return the form filled in, or a JSON list if that would be parsed differently."""
        written = {
            name: part.encode(value, text, words=self._words(name, words))
            for name, part, value in self._values_of(answer)
        }
        answer_text = _HOLE.sub(lambda hole: written[hole[1]], self.form)
        if self.decode(answer_text, text, words=words) == answer:
            return answer_text
        return json.dumps([written[name] for name in self.parts], ensure_ascii=False)

    def decode(self, said: str, text: str, *, words: Words = NAMES) -> Answer | None:
        listed = _list(said)
        if listed is None or len(listed) != len(self.parts):
            match = re.fullmatch(self._pattern(words), said.strip(), re.DOTALL | re.IGNORECASE)
            listed = [match[name] for name in self.parts] if match else None
        if listed is None:
            return None
        values = [
            part.decode(value, text, words=self._words(name, words))
            for (name, part), value in zip(self.parts.items(), listed, strict=True)
        ]
        return None if None in values else tuple(values)  # type: ignore[return-value]

    def _words(self, name: str, words: Words) -> dict[str, str]:
        labels = self.parts[name].labels
        return {label: words[key] for label in labels if (key := f"{name}={label}") in words}

    def _pattern(self, words: Words) -> str:
        pattern = "".join(
            self._group(part, words) if i % 2 else _literal(part)
            for i, part in enumerate(_HOLE.split(self.form))
        )
        return rf"\s*{pattern}\s*"

    def _group(self, name: str, words: Words) -> str:
        part = self.parts[name]
        if part.kind != "single_label":
            return rf"(?P<{name}>\S+)" if part.kind == "regression" else rf"(?P<{name}>.*?)"
        mine = self._words(name, words)
        known = sorted((mine.get(label, label) for label in part.labels), key=len, reverse=True)
        return rf"(?P<{name}>{'|'.join(map(re.escape, known))})"

    def to_json(self, answer: Answer) -> Any:
        return [part.to_json(value) for _, part, value in self._values_of(answer)]

    def from_json(self, data: Any) -> Answer:
        parts = zip(self.parts.values(), data, strict=True)
        return tuple(part.from_json(value) for part, value in parts)

    def fallback_answer(self) -> Answer:
        return tuple(part.fallback_answer() for part in self.parts.values())

    def stratum(self, answer: Answer) -> str:
        """Return the class of the first part."""
        _, part, value = self._values_of(answer)[0]
        return part.stratum(value)

    def spec(self) -> dict[str, Any]:
        parts = {name: part.spec() for name, part in self.parts.items()}
        return {"kind": self.kind, "form": self.form, "parts": parts}


def _literal(part: str) -> str:
    """Return a pattern for the text between two parts, with any white space."""
    if part and not part.strip():
        return r"\s+"
    words = r"\s+".join(map(re.escape, part.split()))
    return rf"\s*{words}\s*"


def _list(generated: str) -> list[str] | None:
    """Return the strings of a JSON list; None if it is not one."""
    if not generated.lstrip().startswith("["):
        return None
    try:
        items = json.loads(generated)
    except ValueError:
        return None
    good = isinstance(items, list) and all(isinstance(value, str) for value in items)
    return items if good else None

"""Answer spaces with class names: what they share, and how a name is read."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from bench.answers import Words
from bench.errors import DataError, PluginError, did_you_mean, quoted

_AROUND = " \t\r\n\"'`.“”‘’«»"


def normal(said: str) -> str:
    """An answer without case, and without quotation marks and full stops around it."""
    return said.strip(_AROUND).casefold()


def read_label(said: str, labels: Sequence[str], words: Words) -> str | None:
    """The one label that was meant: by its word exactly, else without case, else without marks
    around it; None where that is no label, or more than one."""
    forms: tuple[Callable[[str], str], ...] = (str, str.strip, str.casefold, normal)
    for form in forms:
        found = [label for label in labels if form(words.get(label, label)) == form(said)]
        if found:
            return found[0] if len(found) == 1 else None
    return None


def _checked_labels(labels: Iterable[str]) -> tuple[str, ...]:
    names = tuple(labels)
    if not names or any(not isinstance(n, str) or not n.strip() for n in names):
        raise PluginError(f"labels {names!r}: give at least one, each a non-empty string")
    if len(set(names)) != len(names):
        raise PluginError(f"labels {names!r}: one stands twice")
    return names


class Labelled:
    """The part shared by the outputs that have class names."""

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

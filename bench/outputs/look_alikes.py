"""Labels that a person would take for one another, named so that the author can merge them."""

import unicodedata
from collections.abc import Callable, Sequence

from bench.texts.normal_forms import without_hidden

_TWINS = dict(
    zip(
        "авекмнорстухіјѕԁɡһӏАВЕКМНОРСТУХІЈЅαινορτυχΑΒΕΖΗΙΚΜΝΟΡΤΥΧ",
        "abekmhopctyxijsdghlABEKMHOPCTYXIJSaivoptuxABEZHIKMNOPTYX",
        strict=True,
    )
)
"""Cyrillic and Greek letters that look like Latin ones, the commonest of Unicode's confusables."""
_SAME_LOOK = str.maketrans(_TWINS)


def _composed(label: str) -> str:
    return unicodedata.normalize("NFKC", label)


def _folded(label: str) -> str:
    return " ".join(label.casefold().split())


_STEPS: Sequence[tuple[str, Callable[[str], str]]] = (
    ("by case or space", _folded),
    ("in how their characters are encoded", lambda label: _folded(_composed(label))),
    ("by characters that cannot be seen", lambda label: _folded(without_hidden(_composed(label)))),
    (
        "by letters of another alphabet",
        lambda label: _folded(without_hidden(_composed(label)).translate(_SAME_LOOK)),
    ),
)
"""What two labels can differ by, and the function under which such labels are equal."""


def look_alikes(labels: Sequence[str]) -> list[str]:
    """Return warnings for labels that a person would hardly tell apart."""
    given, told, warnings = list(dict.fromkeys(labels)), set[frozenset[str]](), []
    for what, form in _STEPS:
        groups: dict[str, list[str]] = {}
        for label in given:
            groups.setdefault(form(label), []).append(label)
        for alike in groups.values():
            if len(alike) > 1 and not any(frozenset(alike) <= group for group in told):
                told.add(frozenset(alike))
                named = ", ".join(map(_named, alike))
                warnings.append(f"labels {named} differ only {what}: are they the same?")
    return warnings


def _named(label: str) -> str:
    """Return a label as written, with its code points where the eye does not suffice."""
    shown, plain = repr(label), ascii(label)
    return shown if shown == plain else f"{shown} ({plain})"

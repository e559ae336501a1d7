"""Single conformance checks and their findings."""

from collections.abc import Callable
from dataclasses import dataclass

from bench.errors import Unavailable


@dataclass(frozen=True)
class Finding:
    """The result of one check.

    Args:
        name: the check, as a statement that should be true.
        passed: True if it is.
        detail: the violation if it is not, else any remark.
        checked: False if what was to be checked is not at hand.
    """

    name: str
    passed: bool
    detail: str = ""
    checked: bool = True


class Broken(Exception):
    """A failed check; the message says what was found and what to do."""


def look(name: str, fact: Callable[[], str], *, optional: bool = False) -> Finding:
    """Run one check and return its finding.

    Args:
        name: the check, as a statement.
        fact: the check; returns a remark ("" for none), and raises if the statement is false.
        optional: True if what is not available is no failure.
    """
    try:
        return Finding(name, True, fact())
    except Broken as broken:
        return Finding(name, False, str(broken))
    except Unavailable as missing:
        why = "not checked: not at hand" if optional else "not available"
        return Finding(name, False, f"{why}: {missing}", checked=not optional)
    except Exception as error:  # noqa: BLE001 - a plugin is foreign code and may raise anything
        return Finding(name, False, f"{type(error).__name__}: {error}")

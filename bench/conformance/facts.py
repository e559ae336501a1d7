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
    """

    name: str
    passed: bool
    detail: str = ""


class Broken(Exception):
    """A failed check; the message says what was found and what to do."""


def look(name: str, fact: Callable[[], str]) -> Finding:
    """Run one check and return its finding.

    Args:
        name: the check, as a statement.
        fact: the check; returns a remark ("" for none), and raises if the statement is false.
    """
    try:
        return Finding(name, True, fact())
    except Broken as broken:
        return Finding(name, False, str(broken))
    except Unavailable as missing:
        return Finding(name, False, f"not available: {missing}")
    except Exception as error:  # noqa: BLE001 - a plugin is foreign code and may raise anything
        return Finding(name, False, f"{type(error).__name__}: {error}")

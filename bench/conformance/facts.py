"""A fact that a plugin must hold, and what was found."""

from collections.abc import Callable
from dataclasses import dataclass

from bench.errors import Unavailable


@dataclass(frozen=True)
class Finding:
    """What became of one fact.

    Args:
        name: the fact, as a statement that should be true.
        passed: whether it is.
        detail: what was found instead, or what is worth knowing.
    """

    name: str
    passed: bool
    detail: str = ""


class Broken(Exception):
    """The fact does not hold; the message says what was found, and what to do."""


def look(name: str, fact: Callable[[], str]) -> Finding:
    """Find out whether a fact holds.

    Args:
        name: the fact, as a statement.
        fact: returns a detail where it holds ("" for none), and raises where it does not.
    """
    try:
        return Finding(name, True, fact())
    except Broken as broken:
        return Finding(name, False, str(broken))
    except Unavailable as missing:
        return Finding(name, False, f"not at hand: {missing}")
    except Exception as error:  # noqa: BLE001 - a plugin is foreign code: it may raise anything
        return Finding(name, False, f"{type(error).__name__}: {error}")

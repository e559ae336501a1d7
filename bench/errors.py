"""The few kinds of problem a person can act on; each message names the value and the way out."""

import difflib
from collections.abc import Iterable
from dataclasses import dataclass

LONGEST = 60
"""Characters of a value that a message quotes."""


class BenchError(Exception):
    """A problem that ends a command with one line and exit code 2, never a traceback."""


class UserError(BenchError):
    """A name, option, parameter or file of the user's that cannot be taken as it stands."""


class DataError(UserError):
    """Data that is not in the declared form; the message names the file and the row."""


class PluginError(UserError):
    """A plugin that cannot be imported or does not hold what its folder promises."""


class StoreError(BenchError):
    """A results folder that cannot be read from or written to."""


class Unavailable(BenchError):
    """Data or weights that are not at hand: the cell is a Skip, and the message says how to get
    them."""


class NotAtHand(Unavailable):
    """Files that only the user can bring."""


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """A closing phrase for an unknown name: its nearest neighbours, or all that is known.

    Args:
        name: what the user wrote.
        known: the names that would have been accepted.
    """
    names = sorted(known)
    near = difflib.get_close_matches(name, names, n=3, cutoff=0.55)
    if near:
        return "did you mean " + " or ".join(f"'{n}'" for n in near) + "?"
    return "known: " + (", ".join(names) if names else "none")


def quoted(value: object) -> str:
    """A value as Python writes it, cut to 60 characters: an answer can be a whole text, which a
    message must not repeat."""
    said = repr(value)
    return said if len(said) <= LONGEST else f"{said[: LONGEST - 1]}…"


@dataclass(frozen=True, kw_only=True)
class Problem:
    """A result that was not used, or a task or cell without scores, and why."""

    where: str
    what: str

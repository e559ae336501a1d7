"""Errors that a user can act on; each message names the offending value and a remedy."""

import difflib
from collections.abc import Iterable
from dataclasses import dataclass

LONGEST = 60
"""The number of characters of a value that a message quotes, at most."""


class BenchError(Exception):
    """A problem that ends a command with one line and exit code 2, never a traceback."""


class UserError(BenchError):
    """A name, option, parameter or file from the user that is not valid."""


class DataError(UserError):
    """Data that does not have the declared form; the message names the file and the row."""


class PluginError(UserError):
    """A plugin that cannot be imported, or that does not define what its folder requires."""


class StoreError(BenchError):
    """A results folder that cannot be read or written."""


class Unavailable(BenchError):
    """Data or weights that are not available locally: the cell is a Skip, and the message says how
    to get them."""


class NotAtHand(Unavailable):
    """Missing files that only the user can provide, as they cannot be downloaded."""


def did_you_mean(name: str, accepted: Iterable[str]) -> str:
    """Return a closing phrase for an unknown name: the most similar names, or all known ones.

    Args:
        name: the name that the user wrote.
        known: the names that would have been accepted.
    """
    names = sorted(accepted)
    near = difflib.get_close_matches(name, names, n=3, cutoff=0.55)
    if near:
        return "did you mean " + " or ".join(f"'{n}'" for n in near) + "?"
    return "known: " + (", ".join(names) if names else "none")


def quoted(value: object) -> str:
    """Return a value's `repr`, cut to 60 characters: an answer can be a whole text, which a message
    must not repeat."""
    text = repr(value)
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"


@dataclass(frozen=True, kw_only=True)
class Problem:
    """A result that was not used, or a task or cell without scores, and why."""

    where: str
    what: str

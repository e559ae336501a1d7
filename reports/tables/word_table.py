"""A table of words with one line per cell: the form that every report prints."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Line:
    """A line of words about one cell."""

    anchor: str
    """Anchor of the cell."""
    name: str
    """Content of the first column."""
    about: str
    """Addition that distinguishes `name` from equal names; empty where there are none."""
    words: tuple[str, ...]
    """Content of the other columns."""


@dataclass(frozen=True)
class Table:
    """A table of words; empty where the leaderboard has no content for it."""

    head: tuple[str, ...]
    lines: tuple[Line, ...]

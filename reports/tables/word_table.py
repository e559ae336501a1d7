"""A table of words, one line a cell: the form that every report prints."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Line:
    """A line of words about one cell."""

    anchor: str
    """Of the cell."""
    name: str
    """Under the first heading."""
    about: str
    """What tells `name` from others like it; empty where there are none."""
    words: tuple[str, ...]
    """Under the other headings."""


@dataclass(frozen=True)
class Table:
    """A table of words; empty where the board has nothing to show in it."""

    head: tuple[str, ...]
    lines: tuple[Line, ...]

"""Findings about costs: what recommendations are at other volumes, what they leave aside, and where
one entry becomes cheaper than another."""

from dataclasses import dataclass


@dataclass(frozen=True)
class SetAside:
    """An entry that does not fit the needs.

    Args:
        id: its id.
        why: which need it does not fit, in words.
    """

    id: str
    why: str


@dataclass(frozen=True, kw_only=True)
class AtVolume:
    """The recommendation for a number of texts."""

    volume: int
    id: str
    """The entry to take."""
    seconds: float | None
    """What it takes to fit and to answer so many texts, for each task; None: unknown."""
    money: float | None
    """The same in the currency of the needs; None: no price is known."""


@dataclass(frozen=True, kw_only=True)
class Cheapest:
    """The entry that costs least among those that could be taken, up to a number of texts."""

    id: str
    until: float | None
    """The number of texts at which the next one becomes cheaper; None: there is no next one."""


@dataclass(frozen=True, kw_only=True)
class BreakEven:
    """The number of texts at which two entries cost the same on a task."""

    task: str
    first: str
    """Id of the entry that costs less for fewer texts."""
    second: str
    """Id of the entry that costs less for more."""
    volume: float
    unit: str
    """`seconds`, or the currency: entries on unlike machines are compared in money alone."""

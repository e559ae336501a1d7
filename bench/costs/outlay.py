"""An outlay: what is paid once and what is paid for each text, in one unit; and break-even."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Outlay:
    """The cost of an entry as a function of the number of texts that it answers.

    Args:
        once: paid once: to fit, to load and to compile.
        each: paid for each text.
    """

    once: float
    each: float

    def at(self, volume: int) -> float:
        """Return the cost of so many texts, the fit included."""
        return self.once + volume * self.each

    def times(self, factor: float) -> "Outlay":
        """Return the outlay in another unit, of which one of this is `factor`."""
        return Outlay(self.once * factor, self.each * factor)


def mean(outlays: Iterable[Outlay | None]) -> Outlay | None:
    """Return the mean; None where one is unknown, or where there is none."""
    every = list(outlays)
    known = [one for one in every if one is not None]
    if not known or len(known) < len(every):
        return None
    return Outlay(
        sum(one.once for one in known) / len(known), sum(one.each for one in known) / len(known)
    )


def break_even(first: Outlay, second: Outlay) -> float | None:
    """Return the number of texts at which two outlays are equal: beyond, the one that costs less
    for each text is cheaper; None where one is cheaper, or both are alike, at every number."""
    saved, paid = first.each - second.each, second.once - first.once
    if saved == 0:
        return None
    meeting = paid / saved
    return meeting if meeting > 0 else None

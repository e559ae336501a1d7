"""Divide a given time among models and sizes by what each is estimated to take; pure.

First every model gets the smallest size, cheapest first, as the ranking needs it; then the models
grow, the cheapest next size first. So one dear model cannot use up what all others need, and a
model that is too dear is left out, never cut off.
"""

import heapq
from collections.abc import Sequence
from dataclasses import dataclass

from bench.runs.planning.planned_entry import PlannedEntry

BREADTH = 0.6
"""Share of the time that the smallest sizes may use, so that some is left to learn from more."""


@dataclass(frozen=True)
class Step:
    """An entry that could be run.

    Args:
        recipe: the name of its recipe.
        entry: the entry.
        seconds: what it is estimated to take, with all its seeds.
    """

    recipe: str
    entry: PlannedEntry
    seconds: float


Ladder = Sequence[Step]
"""The steps of one recipe on its tasks, each of which is taken only after those before it."""


@dataclass(frozen=True)
class Allocation:
    """What is to be run, in this order, and the first steps of the ladders that do not fit."""

    steps: tuple[Step, ...]
    left_out: tuple[Step, ...]

    @property
    def seconds(self) -> float:
        """What all steps are estimated to take."""
        return sum(step.seconds for step in self.steps)


def allocate(
    new: Sequence[Ladder], seconds: float, *, growing: Sequence[Ladder] = ()
) -> Allocation:
    """Choose steps that fit into a time.

    Args:
        new: the steps of each recipe of which nothing has been tried; none may be empty.
        seconds: the time.
        growing: the further steps of recipes whose smallest size has been tried.
    """
    purse = _Purse(seconds)
    grown = [(0, ladder) for ladder in growing if ladder]
    waiting = sorted(new, key=lambda ladder: ladder[0].seconds)
    tried = [ladder for ladder in waiting if purse.buys(ladder[0], BREADTH)]
    purse.grow([*grown, *((1, ladder) for ladder in tried)])
    rest = [ladder for ladder in waiting if ladder not in tried]
    left_out = [ladder[0] for ladder in rest if not purse.buys(ladder[0], 1.0)]
    return Allocation(tuple(purse.taken), tuple(left_out))


class _Purse:
    """The time, and what was taken for it."""

    def __init__(self, seconds: float) -> None:
        self.seconds, self.spent, self.taken = seconds, 0.0, list[Step]()

    def buys(self, step: Step, share: float) -> bool:
        """Take a step if it fits into a share of the time; return whether it does."""
        fits = self.spent + step.seconds <= share * self.seconds
        if fits:
            self.spent += step.seconds
            self.taken.append(step)
        return fits

    def grow(self, ladders: Sequence[tuple[int, Ladder]]) -> None:
        """Take the cheapest next step of any ladder, again and again.

        Args:
            ladders: each with the position of its next step.
        """
        # The number in the middle decides between equal costs: ladders cannot be compared.
        heap = [
            (lad[at].seconds, n, at, lad) for n, (at, lad) in enumerate(ladders) if at < len(lad)
        ]
        heapq.heapify(heap)
        while heap:
            _, number, at, ladder = heapq.heappop(heap)
            if self.buys(ladder[at], 1.0) and at + 1 < len(ladder):
                heapq.heappush(heap, (ladder[at + 1].seconds, number, at + 1, ladder))

"""The rule of the recommendation: the cheapest entry whose expected loss is at most the margin."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from bench.scoring.significance import Floats

SECONDS, RATIO = 1.0, 2.0
"""A saving that a person notices: more than this many seconds, and a dearer entry that takes at
least this many times as long."""
_ROUNDING = 1e-9


@dataclass(frozen=True)
class Losses:
    """The expected losses of score from taking each of n entries.

    Args:
        regret: (n,) expected loss against the best: mean of max(scores) - score over the draws.
        within: (n,) probability that the entry is at most the margin worse than the best.
        best: position of the entry with the least expected loss.
    """

    regret: Floats
    within: Floats
    best: int


def losses(drawn: Floats, margin: float) -> Losses:
    """Return the expected losses of n entries from (n, D) draws of their true scores, higher being
    better; equal losses go to the first."""
    behind = drawn.max(axis=0) - drawn
    regret = behind.mean(axis=1)
    within = (behind <= margin + _ROUNDING).mean(axis=1)
    return Losses(regret, within, int(np.argmin(regret)))


def choose(
    found: Losses, costs: Sequence[float | None], margin: float, *, least: float = SECONDS
) -> int:
    """Return the position of the entry to take.

    Of the entries that are expected to lose at most the margin (where there is none: of the one
    that loses least), those count that are not noticeably dearer than the cheapest; of these the
    one that loses least is taken. An entry of unknown cost is taken only where it is the best.

    Args:
        found: expected losses.
        costs: what it costs to fit and to answer the texts; None: unknown.
        margin: largest acceptable expected loss.
        least: the smallest saving that a person notices.
    """
    near = [i for i in within_reach(found, margin) if costs[i] is not None or i == found.best]
    priced = [cost for i in near if (cost := costs[i]) is not None]
    if not priced:
        return found.best
    cheapest = min(priced)
    alike = [i for i in near if not noticeable(costs[i], cheapest, least)]
    return min(alike, key=lambda i: (found.regret[i], costs[i] or 0.0))


def within_reach(found: Losses, margin: float) -> list[int]:
    """Return the positions of the entries that are expected to lose at most the margin."""
    return [i for i, regret in enumerate(found.regret) if regret <= margin + _ROUNDING]


def noticeable(cost: float | None, cheaper: float, least: float = SECONDS) -> bool:
    """Return whether a person would notice that another entry is cheaper; an unknown cost is
    dearer than any."""
    if cost is None:
        return True
    return cost - cheaper > least and cost >= RATIO * cheaper

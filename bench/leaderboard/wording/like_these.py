"""What the Bayesian signed-rank test of two means says, in words."""

from collections.abc import Sequence

from bench.leaderboard.board import Entry
from bench.leaderboard.findings import Comparison
from bench.leaderboard.wording.advice import probability
from bench.leaderboard.wording.names import names


def on_tasks_like_these(entries: Sequence[Entry], pairs: Sequence[Comparison]) -> str:
    """Return a sentence on the two ranked entries with the best means, the floor aside; empty where
    there are not two, or where they have no probabilities.

    Args:
        entries: entries of the leaderboard.
        pairs: comparisons of their means.
    """
    known = [e for e in entries if e.ranked and not e.is_floor and e.mean is not None]
    best = [e.id for e in sorted(known, key=lambda entry: -(entry.mean or 0.0))[:2]]
    told = [_probabilities(pair, best[0]) for pair in pairs if {pair.first, pair.second} == {*best}]
    if len(best) < 2 or not any(told):
        return ""
    first, second = (names(entries)[one] for one in best)
    return f"On tasks like these, {first} against {second}: {told[0]}."


def _probabilities(pair: Comparison, of: str) -> str:
    """Return `86 % better, 10 % within 2 points, 4 % worse`, for the entry with that id; empty
    where the pair has none."""
    first, equal, second = pair.probability_first, pair.probability_equal, pair.probability_second
    if first is None or equal is None or second is None:
        return ""
    better, worse = (first, second) if of == pair.first else (second, first)
    return (
        f"{probability(better)} better, {probability(equal)} within 2 points, "
        f"{probability(worse)} worse"
    )

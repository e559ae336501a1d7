"""Estimate how many more test examples or seeds would settle a recommendation."""

from dataclasses import dataclass

import numpy as np

from bench.leaderboard.findings import Candidates

SETTLED = 0.9
"""Probability from which nothing more is asked for."""
MOST = 100
"""Largest factor by which a test is asked to grow: beyond, the advice is of no use."""
MOST_SEEDS = 10
_Z = 1.2816
"""Normal quantile of `SETTLED`."""


@dataclass(frozen=True)
class Settling:
    """The numbers of further test examples and seeds that would make a loss within the margin, or
    beyond it, `SETTLED` likely; 0: not needed, or no help."""

    examples: int = 0
    seeds: int = 0


def settling(found: Candidates, taken: int, margin: float, within: float) -> Settling:
    """Return what would settle whether the taken entry is within the margin of its strongest rival.

    Normal approximation: the expected gap stays, its variance falls with test examples and seeds.
    Seeds are asked for where more test examples could not be enough.

    Args:
        found: the candidates.
        taken: position of the entry that is taken.
        margin: largest acceptable loss.
        within: probability that its loss is within the margin.
    """
    if within >= SETTLED or within <= 1 - SETTLED or len(found.entries) < 2:
        return Settling()
    behind = found.true - found.true[taken]
    rival = max(
        (i for i in range(len(found.entries)) if i != taken),
        key=lambda i: float((behind[i] > margin).mean()),
    )
    room = abs(float(behind[rival].mean()) - margin) / _Z
    from_examples = float(found.examples[taken, rival])
    one, other = found.entries[taken], found.entries[rival]
    from_seeds = one.seed_variance + other.seed_variance
    if room**2 > from_seeds:
        factor = from_examples / (room**2 - from_seeds)
        more = (factor - 1) * found.units
        return Settling(examples=_rounded(more)) if 1 < factor <= MOST else Settling()
    if room**2 > from_examples and from_seeds:
        factor = from_seeds / (room**2 - from_examples)
        seeds = int(np.ceil((factor - 1) * max(one.seeds, other.seeds)))
        return Settling(seeds=seeds) if 0 < seeds <= MOST_SEEDS else Settling()
    return Settling()


def _rounded(count: float) -> int:
    """Round up to one significant digit, and to at least 10."""
    size = 10 ** max(1, int(np.floor(np.log10(max(count, 1.0)))))
    return int(np.ceil(count / size) * size)

"""Needs: what somebody who takes a model has to do with it, and what it may cost."""

from dataclasses import dataclass

from bench.costs import volumes


@dataclass(frozen=True, kw_only=True)
class Needs:
    """What an entry is needed for.

    Args:
        volume: the number of texts to answer.
    """

    volume: int = volumes.DEFAULT

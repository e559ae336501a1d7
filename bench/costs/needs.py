"""Needs: what somebody who takes a model has to do with it, and what it may cost."""

from dataclasses import dataclass

from bench.costs import volumes
from bench.costs.prices import Prices


@dataclass(frozen=True, kw_only=True)
class Needs:
    """The requirements that an entry has to meet; a limit that is None limits nothing.

    Args:
        volume: the number of texts to answer.
        budget: the most money to be spent on a task: on the fit and on these texts.
        currency: the currency of all money, a code of ISO 4217; empty: no money is shown.
        latency: the longest time for one text, in seconds, that 95 of 100 must keep to.
        device_bytes: the GPU memory at hand.
        prices: what is known of prices.
    """

    volume: int = volumes.DEFAULT
    budget: float | None = None
    currency: str = ""
    latency: float | None = None
    device_bytes: int | None = None
    prices: Prices = Prices()  # noqa: RUF009 - frozen

"""Sentences on what a recommended entry costs, and on what other needs would change."""

from collections.abc import Iterator, Mapping

from bench.costs.volumes import in_words, rounded
from bench.leaderboard.cost_findings import Cheapest
from bench.leaderboard.findings import Advice
from bench.leaderboard.wording.format import money, seconds, times
from bench.leaderboard.wording.names import listed

NAMED = 6
"""Largest number of entries that are named as set aside."""


def cost_in_words(advice: Advice, called: Mapping[str, str], *, likely: bool) -> Iterator[str]:
    """Say what the recommended entry costs beside the one that is expected to lose least.

    Args:
        advice: the recommendation.
        called: the names of entries by id.
        likely: whether that other entry is probably the best.
    """
    own = _amount(advice, advice.cost, advice.money)
    if own is None:
        yield "What it costs is unknown."
        return
    each = "" if advice.task else " a task"
    took = f"It {own}{each} to fit and to answer {in_words(advice.volume)} texts"
    if advice.best in ("", advice.take):
        yield f"{took}."
    else:
        which = "the likely best" if likely else "which is expected to lose least"
        yield f"{took}; {_other(advice, f'{called[advice.best]}, {which},')}."
    yield from _unlike(advice)


def _amount(advice: Advice, took: float | None, spent: float | None) -> str | None:
    """Return `takes 3.2 s (0.02 EUR)` or `costs 0.02 EUR (3.2 s)`: what decides comes first."""
    if took is None and spent is None:
        return None
    if took is None or (advice.by_money and spent is not None):
        more = "" if took is None else f" ({seconds(took)})"
        return f"costs {money(spent or 0.0, advice.currency)}{more}"
    more = "" if spent is None else f" ({money(spent, advice.currency)})"
    return f"takes {seconds(took)}{more}"


def _other(advice: Advice, other: str) -> str:
    unit = "costs" if advice.by_money else "takes"
    own, best = (
        (advice.money, advice.best_money) if advice.by_money else (advice.cost, advice.best_cost)
    )
    if not best or own is None:
        known = _amount(advice, advice.best_cost, advice.best_money)
        return f"what {other} {unit} is unknown" if known is None else f"{other} {known}"
    if best > own > 0:
        alike = "as much" if advice.by_money else "as long"
        return f"{other} {unit} {times(best / own)} × {alike}"
    return f"{other} {_amount(advice, advice.best_cost, advice.best_money)}"


def _unlike(advice: Advice) -> Iterator[str]:
    if advice.machines:
        yield (
            f"The times that this compares come from unlike machines ({listed(advice.machines)}); "
            "prices of each would make them comparable (--prices)."
        )


def other_volumes(advice: Advice, called: Mapping[str, str]) -> Iterator[str]:
    """Say what is recommended for other numbers of texts, where that is another entry, and where
    one that could be taken becomes cheaper than another: else nobody would notice the saving."""
    others: dict[str, list[str]] = {}
    for one in advice.at_volumes:
        if one.id != advice.take:
            others.setdefault(one.id, []).append(in_words(one.volume))
    if others:
        told = [
            f"for {listed(numbers)} texts it is {called[id_]}" for id_, numbers in others.items()
        ]
        yield f"{_capital(listed(told))}."
    if others and len(advice.cheapest) > 1:
        least = "costs least" if advice.by_money else "takes the least time"
        first, *rest = advice.cheapest
        steps = [
            f"{called[first.id]} {least} {_until(first)} texts",
            *(f"{called[one.id]} {_until(one)}" for one in rest),
        ]
        yield f"Of the models within the margin, {listed(steps)}."


def _until(one: Cheapest) -> str:
    return "beyond" if one.until is None else f"up to {rounded(one.until)}"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def set_aside_in_words(
    advice: Advice, called: Mapping[str, str], *, none: bool = False
) -> Iterator[str]:
    """Say which entries do not fit the needs, and why.

    Args:
        advice: the recommendation.
        called: the names of entries by id.
        none: whether that leaves no entry.
    """
    if not advice.set_aside:
        return
    told = [f"{called[one.id]} ({one.why})" for one in advice.set_aside]
    start = "no model that beats guessing fits the needs: " if none else "Set aside: "
    yield f"{start}{listed(told, most=NAMED)}."

"""Format the leaderboard's numbers, sizes and names for people; plain text, nothing escaped."""

import math
from collections.abc import Sequence
from typing import Any

from bench.leaderboard.board import Cell, Entry
from bench.records import TRAIN_SIZE, ModelFacts

NONE = "–"
MINUS = "−"


def score(value: float | None) -> str:
    """Format a score with three decimals and no leading zero: `.839`, `−.120`, `1.000`; large
    values unchanged."""
    if value is None or math.isnan(value):
        return NONE
    if abs(value) >= 100:
        return f"{value:,.0f}".replace("-", MINUS)
    text = f"{value:.3f}".replace("-", MINUS)
    return text.replace("0.", ".", 1) if abs(value) < 0.9995 else text


def difference(value: float) -> str:
    """Format a difference with its sign: `+.020`, `−.015`."""
    return f"+{score(value)}" if value > 0 else score(value)


def interval(bounds: tuple[float, float] | None) -> str:
    """Format an interval: `[.812, .865]`."""
    return f"[{score(bounds[0])}, {score(bounds[1])}]" if bounds else ""


def seconds(value: float) -> str:
    """Format a duration: `3.2 ms`, `4.1 s`, `1.7 min`, `12 min`, `3.4 h`."""
    if value < 0.9995:
        return f"{value * 1000:.2g} ms" if value < 0.01 else f"{value * 1000:.0f} ms"
    if value < 99.5:
        return f"{value:.1f} s"
    if value < 597:
        return f"{value / 60:.1f} min"
    return f"{value / 60:.0f} min" if value < 5970 else f"{value / 3600:.1f} h"


def money(value: float, currency: str) -> str:
    """Format an amount of money: `0.53 EUR`, `1,240 EUR`, `under 0.01 EUR`."""
    if 0 < value < 0.005:
        return f"under 0.01 {currency}"
    return f"{value:,.2f} {currency}" if value < 99.995 else f"{value:,.0f} {currency}"


def cost(
    took: float | None, spent: float | None, currency: str, *, drawn: float | None = None
) -> str:
    """Return `3.2 s`, `3.2 s, 0.02 EUR`, `3.2 s, 41.0 kJ`; a dash where nothing is known."""
    parts = [] if took is None else [seconds(took)]
    parts += [] if spent is None else [money(spent, currency)]
    parts += [] if drawn is None else [energy(drawn)]
    return ", ".join(parts) or NONE


def times(ratio: float) -> str:
    """Format a ratio; without a decimal from about 10."""
    return f"{ratio:,.0f}" if ratio >= 9.5 else f"{ratio:.1f}"


def rate(value: float) -> str:
    """Format a rate: `870`, `41 k`; 0 means that nothing was measured."""
    return number(value) if value else NONE


def size(count: float) -> str:
    """Format a number of bytes: `512 B`, `3.4 MiB`."""
    for unit in ("B", "KiB", "MiB", "GiB"):
        if count < 1023.5 or unit == "GiB":
            return f"{count:.0f} {unit}" if unit == "B" or count >= 99.5 else f"{count:.1f} {unit}"
        count /= 1024
    raise AssertionError


def number(count: float) -> str:
    """Format a count: `870`, `41 k`, `134 M`, `6.7 G`."""
    for unit in ("", " k", " M", " G"):
        if count < 999.5 or unit == " G":
            return f"{count:.0f}{unit}" if not unit or count >= 99.5 else f"{count:.1f}{unit}"
        count /= 1000
    raise AssertionError


def energy(joules: float) -> str:
    """Format an energy: `870 J`, `41.0 kJ`."""
    text = number(joules)
    return f"{text}J" if text[-1].isalpha() else f"{text} J"


def ranks(cell: Cell) -> str:
    """Format a rank: `2`, or `2 (1–4)` where the tests allow a range; empty where not ranked."""
    if cell.rank is None:
        return ""
    if cell.rank_low == cell.rank_high == cell.rank:
        return str(cell.rank)
    return f"{cell.rank} ({cell.rank_low}–{cell.rank_high})"


def params(values: dict[str, Any]) -> str:
    """Format parameters: `alpha=0.1, variant=nbsvm`."""
    return ", ".join(f"{name}={value}" for name, value in sorted(values.items()))


def seeds(values: Sequence[int]) -> str:
    """Format seeds: `0, 1, 2`."""
    return ", ".join(map(str, values)) or NONE


def about(entry: Entry) -> str:
    """Return the properties that distinguish an entry from others: model, variant, parameters,
    labelled examples."""
    parts = [model(entry.model)] if entry.model else []
    parts.append(entry.variant or params(entry.params))
    parts.append(f"{entry.recipe} recipe" if entry.recipe else "")
    if entry.full_data_row:
        parts.append("all examples, not ranked")
    elif entry.limit_train is not None and TRAIN_SIZE not in entry.swept:
        parts.append(f"{entry.limit_train:,} examples")
    if entry.larger:
        parts.append("not ranked")
    return "; ".join(p for p in parts if p)


def model(facts: ModelFacts) -> str:
    """Return `minilm-l6, 22.7 M parameters`, and the model that it stands in for."""
    small = f", a stand-in for {facts.stand_in_for}" if facts.stand_in_for else ""
    return f"{facts.name}, {number(facts.parameters)} parameters{small}"


def part(entry: Entry, tasks: int) -> str:
    """Return `on 3 of 7 tasks`: the number of tasks on which the entry is ranked, among those on
    which any is; empty where it is ranked on all of them, or is not a ranked entry."""
    return f"on {entry.tasks_ranked} of {tasks} tasks" if _lacks(entry, tasks) else ""


def _lacks(entry: Entry, tasks: int) -> bool:
    return entry.ranked and entry.tasks_ranked < tasks


def name(entry: Entry) -> str:
    """Return an entry's name: its baseline, or its own name with the mark of submitted
    predictions."""
    return f"{entry.baseline} outside" if entry.outside else entry.baseline


def title(entry: Entry) -> str:
    """Return an entry's name on one line."""
    return named(name(entry), about(entry))


def named(name: str, extra: str) -> str:
    """Return `name (extra)`."""
    return f"{name} ({extra})" if extra else name


def apart(entry: Entry, entries: Sequence[Entry]) -> str:
    """Return the properties that distinguish an entry from the others of its baseline; empty where
    there are none."""
    alone = sum(other.baseline == entry.baseline for other in entries) == 1
    return "" if alone else about(entry)

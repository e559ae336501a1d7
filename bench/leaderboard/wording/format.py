"""Format the leaderboard's numbers, sizes and names for people; plain text, nothing escaped."""

import math
from collections.abc import Sequence
from typing import Any

from bench.leaderboard.board import Cell, Row
from bench.records import TRAIN_SIZE, ModelFacts

NONE = "–"


def score(value: float | None) -> str:
    """Format a score with three decimals and no leading zero: `.839`, `-.120`, `1.000`; large
    values unchanged."""
    if value is None or math.isnan(value):
        return NONE
    if abs(value) >= 100:
        return f"{value:,.0f}"
    text = f"{value:.3f}"
    return text.replace("0.", ".", 1) if abs(value) < 0.9995 else text


def difference(value: float) -> str:
    """Format a difference with its sign: `+.020`, `-.015`."""
    return f"+{score(value)}" if value > 0 else score(value)


def interval(bounds: tuple[float, float] | None) -> str:
    """Format an interval: `[.812, .865]`."""
    return f"[{score(bounds[0])}, {score(bounds[1])}]" if bounds else ""


def seconds(value: float) -> str:
    """Format a duration: `3.2 ms`, `4.1 s`, `12 min`, `3.4 h`."""
    if value < 0.9995:
        return f"{value * 1000:.2g} ms" if value < 0.01 else f"{value * 1000:.0f} ms"
    if value < 99.5:
        return f"{value:.1f} s"
    return f"{value / 60:.0f} min" if value < 5970 else f"{value / 3600:.1f} h"


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


def about(row: Row) -> str:
    """Return the properties that distinguish an entry from others: model, variant, parameters,
    labelled examples."""
    parts = [model(row.model)] if row.model else []
    parts.append(row.variant or params(row.params))
    parts.append(f"{row.recipe} recipe" if row.recipe else "")
    if row.full_data_row:
        parts.append("all rows, not ranked")
    elif row.limit_train is not None and TRAIN_SIZE not in row.swept:
        parts.append(f"given {row.limit_train:,} rows")
    return "; ".join(p for p in parts if p)


def model(facts: ModelFacts) -> str:
    """Return `minilm-l6, 22.7 M parameters`, and the model that it stands in for."""
    small = f", a stand-in for {facts.stand_in_for}" if facts.stand_in_for else ""
    return f"{facts.name}, {number(facts.parameters)} parameters{small}"


def part(row: Row, tasks: int) -> str:
    """Return `on 3 of 7 tasks`: the number of tasks on which the entry is ranked, among those on
    which any is; empty where it is ranked on all of them, or is not a ranked entry."""
    return f"on {row.tasks_ranked} of {tasks} tasks" if _lacks(row, tasks) else ""


def _lacks(row: Row, tasks: int) -> bool:
    return row.ranked and row.tasks_ranked < tasks


def name(row: Row) -> str:
    """Return an entry's name: its baseline, or its own name with the mark of submitted
    predictions."""
    return f"{row.baseline} outside" if row.outside else row.baseline


def title(row: Row) -> str:
    """Return an entry's name on one line."""
    return named(name(row), about(row))


def named(name: str, extra: str) -> str:
    """Return `name (extra)`."""
    return f"{name} ({extra})" if extra else name


def apart(row: Row, rows: Sequence[Row]) -> str:
    """Return the properties that distinguish an entry from the others of its baseline; empty where
    there are none."""
    alone = sum(other.baseline == row.baseline for other in rows) == 1
    return "" if alone else about(row)

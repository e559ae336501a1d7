"""Costs of entries and cells, in words."""

from collections.abc import Callable, Iterator, Mapping, Sequence

from bench.leaderboard.board import Cell, Entry, Leaderboard
from bench.leaderboard.cell_cost import CellCost, CellLatency
from bench.leaderboard.comparisons.cost_quality import ENERGY, known_cost
from bench.leaderboard.wording import format as words

HEADS = (
    "fit",
    "training examples/s",
    "predict 1,000 texts",
    "peak memory",
    "parameters",
    "model size",
)
_UNITS: Mapping[str, Callable[[float], str]] = {
    "fit_seconds": words.seconds,
    "examples_per_second": words.rate,
    "predict_seconds_per_1000": words.seconds,
    "peak_bytes": words.size,
    "parameters": words.number,
    "model_bytes": words.size,
}
"""Measures and their formats, in the order of HEADS."""
_GPU: Mapping[str, tuple[str, Callable[[float], str]]] = {
    "device_bytes": ("GPU memory", words.size),
    ENERGY: ("GPU energy", words.energy),
}
"""Further measures, shown on leaderboards where some entry has them."""


def heads(board: Leaderboard, tasks: Sequence[str]) -> tuple[str, ...]:
    """Return the headings of `of_entries` for a leaderboard."""
    return (*HEADS, *(head for head, _ in _further(board, tasks).values()))


def of_entries(board: Leaderboard, tasks: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """Return each entry's costs by its id, in the order of `heads`: means over those tasks."""
    units = {**_UNITS, **{name: unit for name, (_, unit) in _further(board, tasks).items()}}
    return {
        entry.id: tuple(
            _words(known_cost(entry, tasks, name), unit) for name, unit in units.items()
        )
        for entry in board.rows
    }


def of_cell(cell: Cell) -> tuple[str, ...]:
    """Return one cell's costs in the order of HEADS, or nothing."""
    cost = cell.cost
    if cost is None:
        return ()
    return tuple(unit(getattr(cost, name)) for name, unit in _UNITS.items())


def of_processors(cell: Cell) -> Iterator[tuple[str, str]]:
    """Yield one cell's processor times with their names, where they are known."""
    cost = cell.cost
    if cost is not None and cost.fit_cpu_seconds is not None:
        yield "fit, CPU time", words.seconds(cost.fit_cpu_seconds)
    if cost is not None and cost.predict_cpu_seconds_per_1000 is not None:
        yield "predict 1,000 texts, CPU time", words.seconds(cost.predict_cpu_seconds_per_1000)


def of_one_off(cost: CellCost) -> Iterator[tuple[str, str]]:
    """Yield the times of loading and compiling with their names, where there are some."""
    if cost.loading_seconds:
        yield "of it loading weights", words.seconds(cost.loading_seconds)
    if cost.compiling_seconds:
        yield "of it compiling", words.seconds(cost.compiling_seconds)


def of_one_text(latency: CellLatency) -> str:
    """Return the median and the 95th percentile, and on how many texts they were measured."""
    count = f"{latency.texts} text{'' if latency.texts == 1 else 's'}"
    return (
        f"{words.seconds(latency.p50)} (median), {words.seconds(latency.p95)} (95 %), "
        f"measured on {count}"
    )


def _further(
    board: Leaderboard, tasks: Sequence[str]
) -> dict[str, tuple[str, Callable[[float], str]]]:
    def has(entry: Entry, measure: str) -> bool:
        return known_cost(entry, tasks, measure) is not None

    return {
        name: head_and_unit
        for name, head_and_unit in _GPU.items()
        if any(has(entry, name) for entry in board.rows)
    }


def _words(value: float | None, unit: Callable[[float], str]) -> str:
    return words.NONE if value is None else unit(value)

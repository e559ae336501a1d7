"""What entries cost in money, where a price is known, and where one becomes cheaper."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

from bench.costs.needs import Needs
from bench.costs.outlay import Outlay, break_even, mean
from bench.costs.prices import Price
from bench.leaderboard.board import Cell, Entry, Leaderboard
from bench.leaderboard.comparisons.cost_quality import cell_outlay
from bench.leaderboard.cost_findings import BreakEven


def price_of(entry: Entry, cell: Cell, needs: Needs) -> Price | None:
    """Return the price that holds for a cell: of the machine that it was measured on, or of a
    served model by the name of an entry that was not run here; None where none is known."""
    if not needs.currency:
        return None
    if cell.cost is None:
        names = (entry.baseline, *([entry.model.name] if entry.model else ()))
        return needs.prices.model(names, needs.currency)
    found = {
        needs.prices.machine(device, cell.cost.threads, needs.currency)
        for device in cell.cost.device.split(", ")
    }
    return found.pop() if len(found) == 1 else None


def cell_money(entry: Entry, task: str, needs: Needs) -> Outlay | None:
    """Return what an entry costs on a task in the currency of the needs; None: unknown."""
    cell = entry.cells.get(task)
    price = None if cell is None else price_of(entry, cell, needs)
    if price is None:
        return None
    if price.unit == "million tokens":
        return price.outlay
    seconds = cell_outlay(cell)
    return None if seconds is None else price.money(seconds)


def entry_money(entry: Entry, tasks: Iterable[str], needs: Needs) -> Outlay | None:
    """Return an entry's mean cost over tasks in the currency of the needs; None unless that on each
    is known."""
    return mean(cell_money(entry, task, needs) for task in tasks)


def machines(entries: Iterable[Entry], tasks: Sequence[str]) -> tuple[str, ...]:
    """Return the machines on which entries were run on these tasks, each once."""
    costs = [entry.cells[task].cost for entry in entries for task in tasks if task in entry.cells]
    return tuple(dict.fromkeys(cost.machine for cost in costs if cost is not None))


@dataclass(frozen=True)
class _Line:
    id: str
    machine: str
    seconds: Outlay | None
    money: Outlay | None


def break_evens(board: Leaderboard) -> Iterator[BreakEven]:
    """Yield the volume at which two entries cost the same, for each pair on each task that has one:
    in seconds where both ran on one machine, else in money where it is known of both."""
    for task in board.tasks:
        lines = [
            _Line(
                entry.id,
                cell.cost.machine if cell.cost else "",
                cell_outlay(cell),
                cell_money(entry, task.name, board.needs),
            )
            for entry in board.rows
            if (cell := entry.cells.get(task.name)) is not None and cell.status == "done"
        ]
        for first, second in combinations(lines, 2):
            found = _meeting(first, second, board.needs.currency)
            if found is None:
                continue
            volume, unit, swapped = found
            one, other = (second, first) if swapped else (first, second)
            yield BreakEven(task=task.name, first=one.id, second=other.id, volume=volume, unit=unit)


def _meeting(first: _Line, second: _Line, currency: str) -> tuple[float, str, bool] | None:
    """Return volume and unit, and whether the second costs less for fewer texts."""
    alike = first.machine == second.machine
    one, other = (first.seconds, second.seconds) if alike else (first.money, second.money)
    if one is None or other is None:
        return None
    volume = break_even(one, other)
    unit = "seconds" if alike else currency
    return None if volume is None else (volume, unit, one.once > other.once)

"""Cost of entries and cells, and the Pareto front of quality against cost."""

import math
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import groupby
from typing import TypeVar

from bench.costs import volumes
from bench.costs.outlay import Outlay, mean
from bench.leaderboard.board import Cell, Entry, Leaderboard, TaskColumn
from bench.leaderboard.cell_cost import CellCost
from bench.leaderboard.comparisons.means import scaled

Name = TypeVar("Name", bound=Hashable)


def _total(cost: CellCost, volume: int) -> float:
    return cost.outlay.at(volume)


@dataclass(frozen=True)
class Point:
    """A cost with a quality; higher quality is better."""

    cost: float
    quality: float

    @property
    def known(self) -> bool:
        """True where cost and quality are both numbers."""
        return math.isfinite(self.cost) and math.isfinite(self.quality)


TOTAL, ENERGY = "total", "energy_joules"
TOTALS: Mapping[str, int] = {
    TOTAL: volumes.DEFAULT,
    **{f"total_{volume}": volume for volume in volumes.PRESETS if volume != volumes.DEFAULT},
}
"""Measures that are the seconds to fit and to answer so many texts, a shared fit divided."""
MEASURES: Mapping[str, Callable[[CellCost], float | None]] = {
    **{name: partial(_total, volume=volume) for name, volume in TOTALS.items()},
    "fit_seconds": lambda cost: cost.fit_seconds,
    "predict_seconds_per_1000": lambda cost: cost.predict_seconds_per_1000,
    "peak_bytes": lambda cost: cost.peak_bytes,
    "parameters": lambda cost: cost.parameters,
    "model_bytes": lambda cost: cost.model_bytes,
    "examples_per_second": lambda cost: cost.examples_per_second,
    # 0 stands for no GPU or for a value that was not measured: unknown, not free.
    "device_bytes": lambda cost: cost.device_bytes or None,
    ENERGY: lambda cost: cost.energy_joules,
}
"""Cost measures of a cell by name."""


_SHARED = (ENERGY, "fit_seconds")
"""Measures of a whole run, of which each of its tasks bears a share."""


def front(points: Mapping[Name, Point | None]) -> set[Name]:
    """Return the points that no other dominates: none is better at the same or a lower cost, and
    none as good at a lower one. Equal points stay together; None and non-numbers are left out."""
    known = [(point, name) for name, point in points.items() if point is not None and point.known]
    by_cost = groupby(sorted(known, key=lambda pair: pair[0].cost), key=lambda pair: pair[0].cost)
    undominated: set[Name] = set()
    best = -math.inf
    for _, group in by_cost:
        alike = list(group)
        top = max(point.quality for point, _ in alike)
        if top > best:
            undominated |= {name for point, name in alike if point.quality == top}
            best = top
    return undominated


def cell_cost(cell: Cell | None, measure: str = TOTAL) -> float | None:
    """Return a cell's cost by a measure; None where it is unknown.

    A fit shared by several tasks counts once: each task bears an equal share of its seconds, and of
    its energy, which is not known separately for fit and prediction.
    """
    if cell is None or cell.cost is None:
        return None
    whole = MEASURES[measure](cell.cost)
    if whole is None:
        return None
    return whole / cell.cost.tasks if measure in _SHARED else whole


def cell_outlay(cell: Cell | None) -> Outlay | None:
    """Return the seconds that a cell takes once and for each text, a shared fit divided among its
    tasks; None where they are unknown."""
    if cell is None or cell.cost is None:
        return None
    return cell.cost.outlay


def entry_outlay(entry: Entry, tasks: Iterable[str]) -> Outlay | None:
    """Return an entry's mean outlay over tasks, in seconds; None unless that of each is known."""
    return mean(cell_outlay(entry.cells.get(task)) for task in tasks)


def entry_energy(entry: Entry, tasks: Iterable[str]) -> Outlay | None:
    """Return an entry's mean outlay over tasks, in joules; None unless that of each is known."""
    costs = [cell.cost if (cell := entry.cells.get(task)) else None for task in tasks]
    return mean(None if cost is None else cost.energy for cost in costs)


def is_measured(board: Leaderboard, measure: str) -> bool:
    """Return whether every cell that has a cost has one by that measure."""
    cells = [cell for entry in board.rows for cell in entry.cells.values() if cell.cost is not None]
    return all(cell_cost(cell, measure) is not None for cell in cells)


def entry_cost(entry: Entry, tasks: Iterable[str], measure: str = TOTAL) -> float | None:
    """Return an entry's mean cost over tasks; None unless the cost of each is known."""
    costs = [cell_cost(entry.cells.get(task), measure) for task in tasks]
    known = [cost for cost in costs if cost is not None]
    return sum(known) / len(known) if known and len(known) == len(costs) else None


def known_cost(entry: Entry, tasks: Sequence[str], measure: str = TOTAL) -> float | None:
    """Return an entry's mean cost over those of the tasks that it has a cost for; if there are
    none, over all other tasks that it has a cost for. Equals `entry_cost` where every task has a
    cost."""
    priced = [name for name, cell in entry.cells.items() if cell.cost is not None]
    return entry_cost(entry, [name for name in tasks if name in priced] or priced, measure)


def quality(task: TaskColumn, score: float) -> float:
    """Return a score of a task's main metric, negated where smaller is better."""
    return score if task.greater_is_better else -score


def task_points(
    board: Leaderboard, task: TaskColumn, measure: str = TOTAL
) -> dict[str, Point | None]:
    """Return main metric against cost for each ranked entry of a task, by id."""
    cells = {entry.id: entry.cells[task.name] for entry in board.rows if task.name in entry.cells}
    return {
        id_: _point(cell_cost(cell, measure), quality(task, cell.scores[cell.main_metric]))
        for id_, cell in cells.items()
        if cell.rank is not None
    }


def mean_points(board: Leaderboard, measure: str = TOTAL) -> dict[str, Point | None]:
    """Return mean score against the mean cost of its tasks for each ranked entry that has a mean,
    by id."""
    tasks = [task.name for task in scaled(board.tasks)]
    return {
        entry.id: _point(entry_cost(entry, tasks, measure), entry.mean)
        for entry in board.rows
        if entry.ranked and entry.mean is not None
    }


def _point(cost: float | None, good: float) -> Point | None:
    return None if cost is None else Point(cost, good)

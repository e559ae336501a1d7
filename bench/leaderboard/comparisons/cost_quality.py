"""What a row or a cell costs, and which of them no other beats at that cost (the Pareto front)."""

import math
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import TypeVar

from bench.leaderboard.board import Cell, CellCost, Leaderboard, Row, TaskColumn

Name = TypeVar("Name", bound=Hashable)


@dataclass(frozen=True)
class Point:
    """A cost, and a quality of which more is better."""

    cost: float
    quality: float

    @property
    def known(self) -> bool:
        """Whether both are numbers."""
        return math.isfinite(self.cost) and math.isfinite(self.quality)


def _total(cost: CellCost) -> float:
    return cost.fit_seconds + cost.predict_seconds_per_1000


TOTAL, ENERGY = "total", "energy_joules"
MEASURES: Mapping[str, Callable[[CellCost], float | None]] = {
    TOTAL: _total,
    "fit_seconds": lambda cost: cost.fit_seconds,
    "predict_seconds_per_1000": lambda cost: cost.predict_seconds_per_1000,
    "peak_bytes": lambda cost: cost.peak_bytes,
    "parameters": lambda cost: cost.parameters,
    "model_bytes": lambda cost: cost.model_bytes,
    "examples_per_second": lambda cost: cost.examples_per_second,
    # 0 stands for no GPU, or for what was not measured: not known, rather than free.
    "device_bytes": lambda cost: cost.device_bytes or None,
    ENERGY: lambda cost: cost.energy_joules,
}
"""What a cell costs, by name; `total` is the seconds to fit and to predict 1,000 texts."""
_FITTED = ("fit_seconds", TOTAL)


def front(points: Mapping[Name, Point | None]) -> set[Name]:
    """The points that no other beats: none is better at the same or a lower cost, none as good at
    a lower one. Equal points stay together; None and what is not a number are left out."""
    known = [(point, name) for name, point in points.items() if point is not None and point.known]
    by_cost = groupby(sorted(known, key=lambda pair: pair[0].cost), key=lambda pair: pair[0].cost)
    found: set[Name] = set()
    best = -math.inf
    for _, group in by_cost:
        alike = list(group)
        top = max(point.quality for point, _ in alike)
        if top > best:
            found |= {name for point, name in alike if point.quality == top}
            best = top
    return found


def cell_cost(cell: Cell | None, measure: str = TOTAL) -> float | None:
    """What a cell costs by a measure; None where that is not known."""
    return None if cell is None or cell.cost is None else MEASURES[measure](cell.cost)


def is_measured(board: Leaderboard, measure: str) -> bool:
    """Whether all that has a cost has one by that measure."""
    cells = [cell for row in board.rows for cell in row.cells.values() if cell.cost is not None]
    return all(cell_cost(cell, measure) is not None for cell in cells)


def row_cost(row: Row, tasks: Iterable[str], measure: str = TOTAL) -> float | None:
    """What a row costs on average over tasks; None unless each is known.

    One fit for several tasks counts once: each of them bears its share of the seconds, and of the
    energy, which is not known apart for fit and answers.
    """
    found = [_share(row.cells.get(task), measure) for task in tasks]
    known = [cost for cost in found if cost is not None]
    return sum(known) / len(known) if known and len(known) == len(found) else None


def known_cost(row: Row, tasks: Sequence[str], measure: str = TOTAL) -> float | None:
    """What a row costs on average over those of the tasks that it has a cost for, or, with none of
    them, over all others that it has one for: of a row with a cost on each this is `row_cost`."""
    priced = [name for name, cell in row.cells.items() if cell.cost is not None]
    return row_cost(row, [name for name in tasks if name in priced] or priced, measure)


def _share(cell: Cell | None, measure: str) -> float | None:
    whole = cell_cost(cell, measure)
    if cell is None or cell.cost is None or whole is None:
        return None
    if measure == ENERGY:
        return whole / cell.cost.tasks
    if measure not in _FITTED:
        return whole
    return whole - cell.cost.fit_seconds * (1 - 1 / cell.cost.tasks)


def quality(task: TaskColumn, score: float) -> float:
    """A score of a task's main metric, turned so that more is better."""
    return score if task.greater_is_better else -score


def in_mean(board: Leaderboard) -> list[TaskColumn]:
    """The tasks that a row's mean runs over: those with a floor and a perfect score."""
    return [t for t in board.tasks if None not in (t.floor, t.perfect) and t.floor != t.perfect]


def task_points(
    board: Leaderboard, task: TaskColumn, measure: str = TOTAL
) -> dict[str, Point | None]:
    """Each ranked row of a task, by id: main metric against cost."""
    cells = {row.id: row.cells[task.name] for row in board.rows if task.name in row.cells}
    return {
        id_: _point(cell_cost(cell, measure), quality(task, cell.scores[cell.main_metric]))
        for id_, cell in cells.items()
        if cell.rank is not None
    }


def mean_points(board: Leaderboard, measure: str = TOTAL) -> dict[str, Point | None]:
    """Each ranked row that has a mean, by id: the mean against the mean cost of its tasks."""
    tasks = [task.name for task in in_mean(board)]
    return {
        row.id: _point(row_cost(row, tasks, measure), row.mean)
        for row in board.rows
        if row.ranked and row.mean is not None
    }


def _point(cost: float | None, good: float) -> Point | None:
    return None if cost is None else Point(cost, good)

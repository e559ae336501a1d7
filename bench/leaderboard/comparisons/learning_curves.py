"""Learning curves: entries that differ in one number only, as points of one line."""

import json
import math
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from bench.leaderboard.board import HUMAN, Cell, Entry, TaskColumn
from bench.leaderboard.findings import Curve, CurveLine, CurvePoint
from bench.records import TRAIN_SIZE
from bench.runs.planning.run_spec import variant_text

ROWS = "labelled rows"
"""Axis of the number of training examples; every other axis is named by a parameter."""
Group = tuple[str, str]


def curves(entries: Sequence[Entry], tasks: Sequence[TaskColumn]) -> tuple[Curve, ...]:
    """Return a curve for each task and each number along which some family was tried at two values
    or more; families with a single value appear as single points."""
    return tuple(
        c for task in tasks for axis in _axes(entries) if (c := _curve(entries, task, axis))
    )


def _axes(entries: Sequence[Entry]) -> list[str]:
    names = {name for entry in entries for name in entry.swept} - {TRAIN_SIZE}
    return [ROWS, *sorted(names)]


def _curve(entries: Sequence[Entry], task: TaskColumn, axis: str) -> Curve | None:
    groups: dict[Group, list[CurvePoint]] = defaultdict(list)
    tried: dict[Group, set[float]] = defaultdict(set)
    for entry in entries:
        cell = entry.cells.get(task.name)
        none = cell is None or entry.is_floor or entry.outside or entry.id == HUMAN
        x = None if cell is None or none else _place(entry, cell, axis)
        if cell is not None and cell.status == "done" and x is not None and cell.comparable:
            group = _group(entry, cell, axis)
            groups[group].append(_point(entry, cell, x))
            # A full-data entry accompanies every limited one: alone it makes no curve.
            tried[group] |= set() if entry.full_data_row else {x}
    if all(len(places) < 2 for places in tried.values()):
        return None
    lines = [_line(name, points) for name, points in sorted(groups.items())]
    return Curve(
        task=task.name, metric=task.main_metric, axis=axis, lines=tuple(_longest_first(lines))
    )


def _place(entry: Entry, cell: Cell, axis: str) -> float | None:
    """Return a cell's position on an axis; None where it has none."""
    if axis == ROWS:
        return float(cell.train_rows + cell.validation_rows)
    value = cell.settings.get(axis, cell.params.get(axis))
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value)


def _group(entry: Entry, cell: Cell, axis: str) -> Group:
    """Return the properties that all points of a line share: the family, and every setting but the
    axis."""
    settings = {**cell.params, **cell.settings}
    shared: Mapping[str, Any] = {k: v for k, v in settings.items() if k != axis}
    dropped = TRAIN_SIZE if axis == ROWS else axis
    swept = {name: value for name, value in entry.swept.items() if name != dropped}
    # Folds distinguish lines, too.
    parts = [variant_text(swept, entry.folds)]
    parts += ["all examples"] if entry.full_data_row and axis != ROWS else []
    variant = ", ".join(filter(None, parts))
    limit = None if axis == ROWS else entry.limit_train
    return entry.baseline, json.dumps(
        [variant, shared, limit, entry.recipe], sort_keys=True, default=str
    )


def _point(entry: Entry, cell: Cell, x: float) -> CurvePoint:
    low, high = cell.intervals.get(cell.main_metric, (math.nan, math.nan))
    return CurvePoint(
        x=x,
        score=cell.scores.get(cell.main_metric, math.nan),
        low=low,
        high=high,
        train=cell.train_scores.get(cell.main_metric),
        row=entry.id,
    )


def _line(group: Group, points: Sequence[CurvePoint]) -> CurveLine:
    baseline, shared = group
    by_place = {point.x: point for point in sorted(points, key=lambda p: (p.x, p.row))}
    return CurveLine(
        baseline=baseline, about=json.loads(shared)[0], points=tuple(by_place.values())
    )


def _longest_first(lines: Sequence[CurveLine]) -> Iterator[CurveLine]:
    """Yield the lines, longest first."""
    yield from sorted(lines, key=lambda line: (-len(line.points), line.baseline, line.about))

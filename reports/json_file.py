"""The leaderboard as JSON: one object per cell under `results`; NaN and infinity become null.

`verdict` is the result in sentences. `contests` holds every pair of entries on every task,
`mean_contests` the pairs by their means, with an empty task. Entries are identified by their `id`.
The fields of comparisons and of `diagram` are documented in `bench.leaderboard.findings`, those of
entries, tasks, twins, wordings and curves in `bench.leaderboard.board`.
"""

import dataclasses
import math
from typing import TYPE_CHECKING, Any

from bench.errors import Problem
from bench.leaderboard.board import Cell, Leaderboard, Readout, Row
from bench.leaderboard.findings import Diagram
from bench.records import Record
from bench.visible import plain_json

if TYPE_CHECKING:
    from bench.leaderboard.mistakes.collect import Mistakes

SCHEMA = 1


def render(board: Leaderboard, mistakes: "Mistakes | None" = None) -> str:
    """Return strict JSON with keys in a fixed order and a final newline; `mistakes` is included if
    given."""
    data = {
        "schema_version": SCHEMA,
        "results": [
            _cell(row, row.cells[task.name])
            for row in board.rows
            for task in board.tasks
            if task.name in row.cells
        ],
        "rows": [_row(row) for row in board.rows],
        "tasks": [dataclasses.asdict(task) for task in board.tasks],
        "verdict": board.verdict,
        "twins": [dataclasses.asdict(twin) for twin in board.twins],
        "wordings": [dataclasses.asdict(pair) for pair in board.wordings],
        "curves": [dataclasses.asdict(curve) for curve in board.curves],
        "contests": [vars(contest) for contest in board.contests],
        "mean_contests": [vars(contest) for contest in board.mean_contests],
        "diagram": _diagram(board.diagram),
        "advice": [dataclasses.asdict(advice) for advice in board.advice],
        "overtakings": [dataclasses.asdict(crossing) for crossing in board.overtakings],
        "limits": board.limits,
        "failures": [_problem(p) for p in board.failures],
        "skips": [_problem(p) for p in board.skips],
        "problems": [_problem(p) for p in board.problems],
        "environment": board.environment,
        "first": board.first or None,
        "last": board.last or None,
        **({"mistakes": dataclasses.asdict(mistakes)} if mistakes else {}),
    }
    return plain_json(strict(data), indent=1) + "\n"


def strict(value: Any) -> Any:
    """Convert records to dicts, tuples to lists, and non-finite numbers to None."""
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, dict):
        return {str(k): strict(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [strict(v) for v in value]
    return strict(value.model_dump()) if isinstance(value, Record) else value


def _cell(row: Row, cell: Cell) -> dict[str, Any]:
    return {
        "task": cell.task,
        "version": cell.version,
        "baseline": cell.baseline,
        "variant": cell.variant,
        "limit": _limit(cell),
        "params": cell.params,
        "seeds": cell.seeds,
        "status": cell.status,
        "reason": cell.reason,
        "main_metric": cell.main_metric,
        "scores": cell.scores,
        "intervals": cell.intervals,
        "per_class": cell.per_class,
        "counts": _counts(cell),
        "readouts": {name: _readout(found) for name, found in cell.readouts.items()},
        "people": cell.people,
        "cost": dataclasses.asdict(cell.cost) if cell.cost else None,
        "row": row.id,
        "full_data_row": row.full_data_row,
        "rank": cell.rank,
        "rank_low": cell.rank_low,
        "rank_high": cell.rank_high,
        "tied": cell.tied,
        "above_floor": cell.above_floor,
        "comparable": cell.comparable,
        "seed_sd": cell.seed_sd,
        "scores_without_leaks": cell.scores_without_leaks,
        "train_scores": cell.train_scores,
        "confusion": cell.confusion,
        "train_rows": None if cell.outside else cell.train_rows,
        "validation_rows": None if cell.outside else cell.validation_rows,
        "reduction": cell.reduction,
        "used": cell.used,
        "calibration": cell.calibration,
        "settings": cell.settings,
        "model": cell.model,
        "outside": cell.outside,
        "history": cell.history,
        "predictions": cell.predictions,
        "command": cell.command,
    }


def _limit(cell: Cell) -> dict[str, int | None] | None:
    if cell.limit_train is None and cell.limit_test is None:
        return None
    return {"train": cell.limit_train, "test": cell.limit_test}


def _counts(cell: Cell) -> dict[str, int] | None:
    return cell.counts.model_dump() if cell.counts else None


def _readout(found: Readout) -> dict[str, Any]:
    return {f.name: getattr(found, f.name) for f in dataclasses.fields(found)}


def _row(row: Row) -> dict[str, Any]:
    return {f.name: getattr(row, f.name) for f in dataclasses.fields(row) if f.name != "cells"}


def _diagram(found: Diagram | None) -> dict[str, Any] | None:
    """Return entries as objects, so that both figures have a name."""
    if found is None:
        return None
    rows = [{"row": row, "mean_rank": rank} for row, rank in found.rows]
    return {**dataclasses.asdict(found), "rows": rows}


def _problem(problem: Problem) -> dict[str, str]:
    return {"where": problem.where, "what": problem.what}

"""The leaderboard as JSON: one object per cell under `results`; NaN and infinity become null.

`verdict` is the result in sentences. `contests` holds every pair of entries on every task,
`mean_contests` the pairs by their means, with an empty task. `break_evens` holds each pair of which
one costs less up to a number of texts and the other beyond. Entries are identified by their `id`.
The fields of comparisons and of `diagram` are documented in `bench.leaderboard.findings`, those of
costs in `bench.leaderboard.cell_cost` and `cost_findings`, those of entries, tasks, twins, wordings
and curves in `bench.leaderboard.board`.
"""

import dataclasses
import math
from typing import TYPE_CHECKING, Any

from bench.costs.needs import Needs
from bench.costs.outlay import Outlay
from bench.costs.volumes import PRESETS
from bench.errors import Problem
from bench.leaderboard.board import Cell, Entry, Leaderboard, Readout
from bench.leaderboard.choice import Selection
from bench.leaderboard.comparisons.cost_quality import cell_outlay
from bench.leaderboard.comparisons.spending import break_evens, cell_money
from bench.leaderboard.findings import Diagram
from bench.leaderboard.wording.methods import methods
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
            _cell(entry, entry.cells[task.name], board.needs)
            for entry in board.rows
            for task in board.tasks
            if task.name in entry.cells
        ],
        "rows": [_entry(entry) for entry in board.rows],
        "tasks": [dataclasses.asdict(task) for task in board.tasks],
        "selection": _selection(board.selection),
        "needs": _needs(board.needs),
        "verdict": board.verdict,
        "twins": [dataclasses.asdict(twin) for twin in board.twins],
        "wordings": [dataclasses.asdict(pair) for pair in board.wordings],
        "curves": [dataclasses.asdict(curve) for curve in board.curves],
        "contests": [vars(contest) for contest in board.comparisons],
        "mean_contests": [vars(contest) for contest in board.mean_comparisons],
        "diagram": _diagram(board.diagram),
        "advice": _advice(board),
        "break_evens": [vars(one) for one in break_evens(board)],
        "overtakings": [dataclasses.asdict(crossing) for crossing in board.crossovers],
        "limits": board.limits,
        "methods": methods(board),
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


def _cell(entry: Entry, cell: Cell, needs: Needs) -> dict[str, Any]:
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
        "readouts": {name: _readout(readout) for name, readout in cell.readouts.items()},
        "people": cell.people,
        "cost": dataclasses.asdict(cell.cost) if cell.cost else None,
        "spending": _spending(entry, cell, needs),
        "latency": dataclasses.asdict(cell.latency) if cell.latency else None,
        "row": entry.id,
        "full_data_row": entry.full_data_row,
        "larger": entry.larger,
        "rank": cell.rank,
        "rank_low": cell.rank_low,
        "rank_high": cell.rank_high,
        "tied": cell.tied,
        "above_floor": cell.above_floor,
        "comparable": cell.comparable,
        "estimated": cell.estimated,
        "seed_sd": cell.seed_sd,
        "training_sd": cell.training_sd,
        "training_sd_from": cell.training_sd_from,
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


def _spending(entry: Entry, cell: Cell, needs: Needs) -> dict[str, Any]:
    """Return what is paid once (the fit, loading, compiling) and for each text, in seconds, in
    money and in joules, and the sum for some numbers of texts; null where it is unknown."""
    took, spent = cell_outlay(cell), cell_money(entry, cell.task, needs)
    return {
        "seconds": _outlay(took, needs),
        "money": _outlay(spent, needs),
        "joules": _outlay(cell.cost.energy if cell.cost else None, needs),
        "currency": needs.currency or None if spent else None,
    }


def _outlay(outlay: Outlay | None, needs: Needs) -> dict[str, Any] | None:
    if outlay is None:
        return None
    totals = {str(volume): outlay.at(volume) for volume in sorted({*PRESETS, needs.volume})}
    return {"once": outlay.once, "each": outlay.each, "for_texts": totals}


def _needs(needs: Needs) -> dict[str, Any]:
    """Return what the recommendations are for, and where prices are from."""
    return {
        "volume": needs.volume,
        "budget": needs.budget,
        "currency": needs.currency or None,
        "latency_seconds": needs.latency,
        "device_bytes": needs.device_bytes,
        "prices_from": needs.prices.origin or None,
    }


def _limit(cell: Cell) -> dict[str, int | None] | None:
    if cell.limit_train is None and cell.limit_test is None:
        return None
    return {"train": cell.limit_train, "test": cell.limit_test}


def _counts(cell: Cell) -> dict[str, int] | None:
    return cell.counts.model_dump() if cell.counts else None


def _readout(readout: Readout) -> dict[str, Any]:
    return {f.name: getattr(readout, f.name) for f in dataclasses.fields(readout)}


def _entry(entry: Entry) -> dict[str, Any]:
    return {f.name: getattr(entry, f.name) for f in dataclasses.fields(entry) if f.name != "cells"}


def _diagram(diagram: Diagram | None) -> dict[str, Any] | None:
    """Return entries as objects, so that both figures have a name."""
    if diagram is None:
        return None
    entries = [{"row": entry, "mean_rank": rank} for entry, rank in diagram.rows]
    return {**dataclasses.asdict(diagram), "rows": entries}


def _selection(found: Selection | None) -> dict[str, Any] | None:
    """Return what was chosen, beside what that left; None where all results are shown."""
    if found is None:
        return None
    return {
        **vars(found.choice),
        "metric": found.choice.metric or None,
        "tasks_shown": found.tasks_shown,
        "tasks_stored": found.tasks_stored,
        "left_out": [_problem(p) for p in found.left_out],
        "words": found.words,
    }


def _advice(board: Leaderboard) -> list[dict[str, Any]]:
    """Return the recommendations; what to take as baseline, variant and limit, as in `results`."""
    rows = {row.id: row for row in board.rows}
    return [
        {
            **dataclasses.asdict(one),
            "task": one.task or None,
            "take": _taken(rows.get(one.take), one.task),
            "best": _taken(rows.get(one.best), one.task),
            "take_row": one.take or None,
            "best_row": one.best or None,
        }
        for one in board.advice
    ]


def _taken(row: Entry | None, task: str) -> dict[str, Any] | None:
    if row is None:
        return None
    # Over all tasks, the limit is that of the entry's first task.
    cell = row.cells[task] if task else next(iter(row.cells.values()))
    return {"baseline": row.baseline, "variant": row.variant, "limit": _limit(cell)}


def _problem(problem: Problem) -> dict[str, str]:
    return {"where": problem.where, "what": problem.what}

"""Data for the page's script: the leaderboard's numbers, rounded and packed."""

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from bench.errors import UserError
from bench.leaderboard.board import Cell, Entry, Leaderboard, TaskColumn
from bench.leaderboard.comparisons.cost_quality import (
    TOTAL,
    Point,
    cell_cost,
    entry_cost,
    front,
    is_measured,
    mean_points,
    task_points,
)
from bench.leaderboard.comparisons.means import scaled
from bench.leaderboard.wording import format as words
from bench.metrics import metric
from bench.records import ScoreCurve
from bench.reports.json_file import strict

if TYPE_CHECKING:
    from bench.leaderboard.mistakes.collect import Mistake, Mistakes

Costs = Mapping[str, str]
COSTS: Costs = {
    "total": TOTAL,
    "total_100k": "total_100000",
    "total_10m": "total_10000000",
    "fit": "fit_seconds",
    "predict": "predict_seconds_per_1000",
    "memory": "peak_bytes",
    "parameters": "parameters",
    "disk": "model_bytes",
    "energy": "energy_joules",
}
"""Names in the script for the measures of `bench.leaderboard.comparisons.cost_quality`; energy only
where every entry has it."""
DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
FINEST = 4095
"""Number of steps to which a coordinate between 0 and 1 is rounded."""


def payload(board: Leaderboard, wrong: "Mistakes | None" = None) -> dict[str, Any]:
    """Return the numbers behind the table, by the positions of entries and tasks; None for missing
    values and NaN.

    Args:
        board: the leaderboard.
        wrong: examples of wrong answers.
    """
    tasks = [task.name for task in scaled(board.tasks)]
    costs = {name: measure for name, measure in COSTS.items() if is_measured(board, measure)}
    numbers = {
        "rows": [_entry(entry, board.rows, tasks, costs) for entry in board.rows],
        "tasks": [_task(task, board.rows) for task in board.tasks],
        "metrics": _metrics(board),
        "scores": [[_scores(cell) for cell in _cells(entry, board)] for entry in board.rows],
        "costs": [[_cost(cell, costs) for cell in _cells(entry, board)] for entry in board.rows],
        "fronts": _fronts(board, costs),
        "plots": {anchor: _plots(cell) for anchor, cell in _anchored(board) if _has_plots(cell)},
        "contests": _contests(board),
        "means": _means(board),
        "mistakes": _mistakes(board, wrong),
        "right": {anchor: cell.right for anchor, cell in _anchored(board) if cell.right},
    }
    return {name: strict(part) for name, part in numbers.items()}


def _cells(entry: Entry, board: Leaderboard) -> list[Cell | None]:
    return [entry.cells.get(task.name) for task in board.tasks]


def _anchored(board: Leaderboard) -> list[tuple[str, Cell]]:
    return [
        (f"{entry.id}-{number}", cell)
        for entry in board.rows
        for number, cell in enumerate(_cells(entry, board))
        if cell is not None and cell.status == "done"
    ]


def _entry(
    entry: Entry, entries: Sequence[Entry], tasks: Sequence[str], costs: Costs
) -> dict[str, Any]:
    return {
        "id": entry.id,
        "name": words.name(entry),
        "about": words.about(entry),
        "apart": words.apart(entry, entries),
        "short": words.name(entry) + (f" {entry.variant}" if entry.variant else ""),
        "floor": entry.is_floor,
        "ranked": entry.ranked,
        "mean": _rounded(entry.mean),
        "by_source": _rounded(entry.mean_by_source),
        "mean_rank": _rounded(entry.mean_rank),
        "win_rate": _rounded(entry.win_rate),
        "cost": {
            name: _brief(entry_cost(entry, tasks, measure)) for name, measure in costs.items()
        },
    }


def _fronts(board: Leaderboard, costs: Costs) -> dict[str, dict[str, list[int]]]:
    """Return the entries on the Pareto front for each cost: by the mean ("") and by each task's
    position."""
    places = {entry.id: i for i, entry in enumerate(board.rows)}

    def positions(points: Mapping[str, Point | None]) -> list[int]:
        return sorted(places[entry] for entry in front(points))

    return {
        name: {
            "": positions(mean_points(board, measure)),
            **{
                str(i): positions(task_points(board, task, measure))
                for i, task in enumerate(board.tasks)
            },
        }
        for name, measure in costs.items()
    }


def _task(task: TaskColumn, entries: Sequence[Entry]) -> dict[str, Any]:
    names = {n for entry in entries if (c := entry.cells.get(task.name)) for n in c.scores}
    down = {r.metric for r in task.rankings if not r.greater_is_better}
    down |= {name for name in names if not _upwards(name)} - {
        r.metric for r in task.rankings if r.greater_is_better
    }
    down.discard(task.main_metric)
    return {
        "name": task.name,
        "suite": task.suite or "",
        "source": task.source,
        "metric": task.main_metric,
        "better": task.greater_is_better,
        "smaller": sorted(down | ({task.main_metric} if not task.greater_is_better else set())),
    }


def _upwards(name: str) -> bool:
    """Return whether higher values of a metric are better; assumed so for one that only its task
    declares."""
    try:
        return metric(name).greater_is_better
    except UserError:
        return True


def _metrics(board: Leaderboard) -> list[str]:
    """Return the names of all metrics, the most common first."""
    tasks: dict[str, set[str]] = {}
    for entry in board.rows:
        for task, cell in entry.cells.items():
            tasks.setdefault(task, set()).update(cell.scores)
    counts = Counter(name for names in tasks.values() for name in names)
    return sorted(counts, key=lambda name: (-counts[name], name))


def _scores(cell: Cell | None) -> dict[str, list[float | None]] | None:
    if cell is None or cell.status != "done":
        return None
    none = (math.nan, math.nan)
    return {
        name: [_rounded(value) for value in (score, *cell.intervals.get(name, none))]
        for name, score in cell.scores.items()
    }


def _cost(cell: Cell | None, costs: Costs) -> dict[str, float | None] | None:
    if cell is None or cell.cost is None:
        return None
    return {name: _brief(cell_cost(cell, measure)) for name, measure in costs.items()}


def _rounded(value: float | None) -> float | None:
    return None if value is None or not math.isfinite(value) else round(value, 4)


def _brief(value: float | None) -> float | None:
    """Round to four significant digits."""
    if value is None or not math.isfinite(value):
        return None
    return float(f"{value:.4g}")


def _has_plots(cell: Cell) -> bool:
    return bool(cell.curves) or cell.reliability is not None


def _plots(cell: Cell) -> dict[str, Any]:
    known = cell.reliability
    return {
        "curves": [_curve(curve) for curve in cell.curves],
        # For several seeds the first one's curve: the mean of curves is not a curve.
        "seed": min(cell.seeds) if len(cell.seeds) > 1 else None,
        "reliability": known and {"bins": known.bins, "error": _rounded(known.error)},
    }


def _curve(curve: ScoreCurve) -> dict[str, Any]:
    return {
        "label": curve.label,
        "positives": curve.positives,
        "rows": curve.rows,
        "roc": packed(curve.roc),
        "pr": packed(curve.pr),
    }


def packed(points: Sequence[tuple[float, float]]) -> str:
    """Pack points of [0, 1] x [0, 1], four characters each: two base-64 digits per coordinate."""
    steps = (round(min(max(v, 0.0), 1.0) * FINEST) for point in points for v in point)
    return "".join(DIGITS[step // 64] + DIGITS[step % 64] for step in steps)


def _mistakes(board: Leaderboard, wrong: "Mistakes | None") -> dict[str, Any]:
    tasks = {task.name: i for i, task in enumerate(board.tasks)}
    return {
        f"{cell.row}-{tasks[cell.task]}": {
            "total": cell.total,
            "measured": cell.measured,
            "note": cell.note,
            "rows": [_mistake(mistake) for mistake in cell.shown],
        }
        for cell in (wrong.cells if wrong else ())
        if cell.task in tasks
    }


def _mistake(mistake: "Mistake") -> dict[str, Any]:
    """Return the non-empty fields of a mistake: most of them are usually empty."""
    fields: dict[str, Any] = {
        "id": mistake.id,
        "place": mistake.place,
        "gold": mistake.gold or words.NONE,
        "said": mistake.predicted or (words.NONE if mistake.status == "ok" else mistake.status),
        "sure": _rounded(mistake.predicted_score),
        "gold_score": _rounded(mistake.gold_score),
        "raw": mistake.raw,
        "text": mistake.text,
        "pair": mistake.pair,
    }
    return {name: value for name, value in fields.items() if value not in (None, "")}


def _contests(board: Leaderboard) -> list[list[Any]]:
    entries = {entry.id: i for i, entry in enumerate(board.rows)}
    tasks = {task.name: i for i, task in enumerate(board.tasks)}
    return [
        [
            tasks[comparison.task],
            entries[comparison.first],
            entries[comparison.second],
            _rounded(comparison.difference),
            _rounded(comparison.low),
            _rounded(comparison.high),
            _rounded(comparison.p),
            comparison.only_first,
            comparison.only_second,
        ]
        for comparison in board.comparisons
    ]


def _means(board: Leaderboard) -> list[list[Any]]:
    """Return the comparisons of means, with the probabilities that the first is better, that they
    are practically equal, and that the second is better."""
    entries = {entry.id: i for i, entry in enumerate(board.rows)}
    return [
        [
            entries[pair.first],
            entries[pair.second],
            _rounded(pair.difference),
            _rounded(pair.low),
            _rounded(pair.high),
            _rounded(pair.p),
            *map(_rounded, (pair.probability_first, pair.probability_equal)),
            _rounded(pair.probability_second),
        ]
        for pair in board.mean_comparisons
    ]

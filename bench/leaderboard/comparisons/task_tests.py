"""Tests of one task's cells: paired differences, ranks, ties, and the floor."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bench.errors import UserError
from bench.leaderboard.entry_key import EntryKey
from bench.leaderboard.gather import TaskParts, TaskRun
from bench.leaderboard.older_results import is_floor
from bench.metrics import metric
from bench.records import TaskScores
from bench.scoring.significance import Floats, compare, detectable, mcnemar_pairs, rank_ranges

ALPHA = 0.05


@dataclass(frozen=True)
class Direction:
    """Direction of a metric, true where higher is better; `known` is False for a metric that only
    its task declares."""

    greater_is_better: bool
    perfect: float | None
    known: bool = True


@dataclass(frozen=True)
class RankRange:
    """A cell's rank with the range that is consistent with the tests, and whether it shares the
    top: not significantly different from the best, or the best where such others exist."""

    rank: int
    low: int
    high: int
    tied: bool


@dataclass(frozen=True)
class TaskTests:
    """The outcome of a task's tests.

    Args:
        direction: direction of the task's main metric.
        places: rank of each ranked cell.
        points: main metric, mean over seeds, of every comparable cell.
        floor: main metric of the better floor entry, or None.
        above_floor: whether significantly above the floor, for each comparable cell of an entry
            that is not a floor entry.
        detectable: smallest difference detected with 80 % power, or None with fewer than two cells.
        holm_p: (n, n) Holm-corrected p of the ranked cells' pairs, in the order of `places`.
        draws: main metric of each bootstrap replicate, mean over seeds, of the cells in `points`.
    """

    direction: Direction
    places: Mapping[EntryKey, RankRange]
    points: Mapping[EntryKey, float]
    floor: float | None
    above_floor: Mapping[EntryKey, bool]
    detectable: float | None
    holm_p: Floats
    draws: Mapping[EntryKey, Floats]


def direction(facts: TaskScores) -> Direction:
    """Return the direction of a result's main metric; where the result does not state it, by the
    metric's name, and upwards for a metric that bench does not define."""
    if facts.way is not None:
        return Direction(facts.way.greater_is_better, facts.way.perfect)
    try:
        main_metric = metric(facts.main_metric)
    except UserError:
        return Direction(greater_is_better=True, perfect=None, known=False)
    return Direction(main_metric.greater_is_better, main_metric.perfect)


def main_score(parts: Sequence[TaskRun]) -> float:
    """Return the main metric, mean over seeds."""
    return float(np.mean([p.facts.scores[p.facts.main_metric] for p in parts]))


def mean_replicates(parts: Sequence[TaskRun]) -> Floats:
    """Return (draws,) the main metric of each bootstrap replicate, mean over seeds."""
    return np.asarray(np.mean([np.asarray(p.replicates, np.float64) for p in parts], axis=0))


def stand(task: TaskParts) -> TaskTests:
    """Test all comparable cells of a task; full-data entries only against the floor."""
    metric_direction = direction(task.newest.facts) if task.newest else Direction(True, None)
    cells = {entry: c for entry, c in task.cells.items() if c.done and c.comparable}
    scores = {entry: main_score(cell.done) for entry, cell in cells.items()}
    points = {entry: score for entry, score in scores.items() if np.isfinite(score)}
    replicates = {entry: mean_replicates(cells[entry].done) for entry in points}
    ranked = [entry for entry in points if not entry.full_data_row and _testable(replicates[entry])]
    if not ranked:
        return TaskTests(metric_direction, {}, points, None, {}, None, np.ones((0, 0)), replicates)
    values = np.array([points[entry] for entry in ranked])
    parts = [cells[entry].done for entry in ranked]
    units = parts[0][0].facts.data.groups
    draws = np.array([replicates[entry] for entry in ranked])
    outside = np.array([entry.outside for entry in ranked])
    tests = compare(values, draws, _exact(parts), units=units, outside=outside)
    ranks = rank_ranges(values, tests.holm_p, metric_direction.greater_is_better)
    tied = ranks.tied & (ranks.tied.sum() > 1)
    places = {
        entry: RankRange(int(ranks.rank[i]), int(ranks.low[i]), int(ranks.high[i]), bool(tied[i]))
        for i, entry in enumerate(ranked)
    }
    floors = {entry for entry in points if is_floor(cells[entry].newest.run)}
    floor_index = _best_floor([entry in floors for entry in ranked], values, metric_direction)
    above: dict[EntryKey, bool] = {}
    if floor_index is not None:
        sure = _better(values, values[floor_index], metric_direction) & (
            tests.holm_p[floor_index] < ALPHA
        )
        above = {entry: bool(sure[i]) for i, entry in enumerate(ranked)}
        above |= _full_data_above(points, replicates, ranked[floor_index], metric_direction, units)
        above = {entry: is_sure for entry, is_sure in above.items() if entry not in floors}
    return TaskTests(
        direction=metric_direction,
        places=places,
        points=points,
        floor=None if floor_index is None else float(values[floor_index]),
        above_floor=above,
        detectable=float(detectable(tests.se)) if len(ranked) > 1 else None,
        holm_p=tests.holm_p,
        draws=replicates,
    )


def _testable(draws: Floats) -> bool:
    """Return whether a cell's replicates vary; a constant one would spoil the test of every
    pair."""
    return int(np.isfinite(draws).sum()) > 1


def _better(values: Floats, than: float, metric_direction: Direction) -> NDArray[np.bool_]:
    return values > than if metric_direction.greater_is_better else values < than


def _best_floor(floors: Sequence[bool], values: Floats, metric_direction: Direction) -> int | None:
    indices = [i for i, floor in enumerate(floors) if floor]
    best = max if metric_direction.greater_is_better else min
    return best(indices, key=lambda i: values[i]) if indices else None


def _full_data_above(
    points: Mapping[EntryKey, float],
    draws: Mapping[EntryKey, Floats],
    floor: EntryKey,
    metric_direction: Direction,
    units: int,
) -> dict[EntryKey, bool]:
    above = {}
    for entry in points:
        if entry.full_data_row and _testable(draws[entry]):
            pair = np.array([points[entry], points[floor]])
            pair_draws = np.array([draws[entry], draws[floor]])
            p = compare(pair, pair_draws, units=units).p[0, 1]
            above[entry] = bool(_better(pair[:1], pair[1], metric_direction)[0] and p < ALPHA)
    return above


def _exact(cells: Sequence[Sequence[TaskRun]]) -> Floats | None:
    """Return McNemar's exact p for each pair where it applies (accuracy, ungrouped examples, one
    seed)."""
    parts = [cell[0] for cell in cells]
    fits = all(
        len(cell) == 1
        and cell[0].facts.main_metric == "accuracy"
        and cell[0].facts.data.groups == cell[0].facts.data.test
        and cell[0].facts.right
        for cell in cells
    )
    return mcnemar_pairs(np.array([right_bits(p) for p in parts])) if fits else None


def right_bits(part: TaskRun) -> NDArray[np.bool_]:
    """Return (test examples,) whether each answer is exactly right, in the order of ids; the part
    must have stored it."""
    raw = np.frombuffer(bytes.fromhex(part.facts.right), np.uint8)
    return np.unpackbits(raw)[: part.facts.data.test].astype(bool)

"""Tests of one task's cells: paired differences, ranks, ties, and the floor."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bench.leaderboard.comparisons.main_metric import (
    Direction,
    direction,
    main_score,
    mean_replicates,
)
from bench.leaderboard.comparisons.rare_labels import Exchanges, confirmed, exchanges
from bench.leaderboard.comparisons.seed_history import NO_HISTORY, SeedHistory
from bench.leaderboard.entry_key import EntryKey
from bench.leaderboard.gather import TaskParts, TaskRun
from bench.leaderboard.older_results import is_floor
from bench.leaderboard.rescoring import Read
from bench.scoring.best import below_best
from bench.scoring.permutation import is_macro
from bench.scoring.seed_noise import SeedNoise, SeedParts
from bench.scoring.significance import (
    Comparison,
    Floats,
    Spread,
    against_one,
    compare,
    detectable,
    rank_ranges,
)

Parts = Mapping[EntryKey, Sequence[TaskRun]]
"""The seeds of each cell."""
ALPHA = 0.05
FEW_UNITS = 30
"""Smallest number of test units with which entries can share the top and a best score is marked:
with fewer, so much ties that a tie means nothing."""


@dataclass(frozen=True)
class RankRange:
    """A cell's rank with the range that is consistent with the tests, and whether it shares the
    top: not surely below the best, or the best where such others exist; never with fewer than
    `FEW_UNITS` units."""

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
        detectable: smallest difference that the corrected tests detect with 80 % power; None with
            fewer than two cells.
        detectable_alone: the same for two entries that nothing else is compared with.
        holm_p: (n, n) Holm-corrected p of the ranked cells' pairs, in the order of `places`.
        draws: main metric of each bootstrap replicate, mean over seeds, of the cells in `points`.
        noises: seed noise of the cells in `points`.
        units: number of resampling units of the test split; 0 without a ranked cell.
    """

    direction: Direction
    places: Mapping[EntryKey, RankRange]
    points: Mapping[EntryKey, float]
    floor: float | None
    above_floor: Mapping[EntryKey, bool]
    detectable: float | None
    detectable_alone: float | None
    holm_p: Floats
    draws: Mapping[EntryKey, Floats]
    noises: Mapping[EntryKey, SeedNoise]
    units: int


def stand(
    task: TaskParts, history: SeedHistory = NO_HISTORY, read: Read | None = None
) -> TaskTests:
    """Test all comparable cells of a task; full-data entries only against the floor.

    Args:
        task: the task's cells.
        history: the seed noise of the board.
        read: returns stored predictions, for permutation tests; None: there are none. Where rare
            labels make the bootstrap too liberal, all that is sure must pass these, too.
    """
    way = direction(task.newest.facts) if task.newest else Direction(True, None)
    cells = {row: c for row, c in task.cells.items() if c.done and c.comparable}
    scores = {row: main_score(cell.done) for row, cell in cells.items()}
    points = {row: score for row, score in scores.items() if np.isfinite(score)}
    drawn = {row: mean_replicates(cells[row].done) for row in points}
    noises = {row: history.noise(task.name, row, cells[row].done) for row in points}
    ranked = [row for row in points if not row.beside and _testable(drawn[row])]
    if not ranked:
        nothing = np.ones((0, 0))
        return TaskTests(way, {}, points, None, {}, None, None, nothing, drawn, noises, 0)
    field = _Ranked(
        rows=ranked,
        values=np.array([points[row] for row in ranked]),
        draws=np.array([drawn[row] for row in ranked]),
        seeds=SeedParts.of([noises[row] for row in ranked]),
        units=cells[ranked[0]].done[0].facts.data.groups,
    )
    parts = {row: cell.done for row, cell in cells.items()}
    chance = exchanges([parts[row] for row in ranked], read)
    tests = field.tests(parts, chance)
    floors = {row for row in points if is_floor(cells[row].newest.run)}
    at = _floor_at([row in floors for row in ranked], field.values, way)
    above: dict[EntryKey, bool] = {}
    if at is not None:
        tested = [row for row in points if row not in floors and _testable(drawn[row])]
        floor = _Floor(
            ranked[at],
            points,
            drawn,
            _at_the_floor(task, noises, field.values[at]),
            way,
            field.units,
        )
        above = floor.below(tested, parts, chance)
    pairs = Spread(*(side[np.triu_indices(len(ranked), k=1)] for side in (tests.se, tests.df)))
    several = len(ranked) > 1
    return TaskTests(
        direction=way,
        places=field.places(tests, way, parts, chance),
        points=points,
        floor=None if at is None else float(field.values[at]),
        above_floor=above,
        detectable=detectable(pairs, len(pairs.se)) if several else None,
        detectable_alone=detectable(pairs) if several else None,
        holm_p=tests.holm_p,
        draws=drawn,
        noises=noises,
        units=field.units,
    )


@dataclass(frozen=True)
class _Ranked:
    """The ranked cells of a task."""

    rows: Sequence[EntryKey]
    values: Floats
    draws: Floats
    seeds: SeedParts
    units: int

    @property
    def _outside(self) -> NDArray[np.bool_]:
        return np.array([row.outside for row in self.rows])

    def tests(self, parts: Parts, chance: Exchanges | None) -> Comparison:
        """Test all pairs."""
        out, done = self._outside, [parts[row] for row in self.rows]
        tests = compare(self.values, self.draws, seeds=self.seeds, units=self.units, outside=out)
        return confirmed(tests, done, outside=out, chance=chance)

    def places(
        self, tests: Comparison, way: Direction, parts: Parts, chance: Exchanges | None
    ) -> dict[EntryKey, RankRange]:
        """Return the ranks, with their ranges and ties with the best."""
        sign = 1 if way.greater_is_better else -1

        def by_chance(first: int, second: int) -> float:
            one, other = parts[self.rows[first]], parts[self.rows[second]]
            return chance.p(one, other, tests.p[first, second]) if chance else 0.0

        below = below_best(
            sign * self.values,
            sign * self.draws,
            seeds=self.seeds,
            units=self.units,
            outside=self._outside,
            chance=by_chance,
        )
        ranks = rank_ranges(self.values, tests.holm_p, way.greater_is_better, below_best=below)
        tied = ranks.tied & (ranks.tied.sum() > 1) & (self.units >= FEW_UNITS)
        return {
            row: RankRange(int(ranks.rank[i]), int(ranks.low[i]), int(ranks.high[i]), bool(tied[i]))
            for i, row in enumerate(self.rows)
        }


def _at_the_floor(
    task: TaskParts, noises: Mapping[EntryKey, SeedNoise], floor: float
) -> Mapping[EntryKey, SeedNoise]:
    """Return the seed noise of entries that were no better than the floor, which is what its tests
    suppose: by the noise of good scores, one seed on a task of sixty classes would never do."""
    facts = task.newest.facts if task.newest else None
    if facts is None or not is_macro(facts.main_metric, facts.interval):
        return noises
    return {row: noise.near(floor) for row, noise in noises.items()}


def _testable(draws: Floats) -> bool:
    """Return whether a cell's replicates vary; a constant one would spoil the test of every
    pair."""
    return int(np.isfinite(draws).sum()) > 1


def _better(values: Floats, than: float, way: Direction) -> NDArray[np.bool_]:
    return values > than if way.greater_is_better else values < than


def _floor_at(floors: Sequence[bool], values: Floats, way: Direction) -> int | None:
    at = [i for i, floor in enumerate(floors) if floor]
    best = max if way.greater_is_better else min
    return best(at, key=lambda i: values[i]) if at else None


@dataclass(frozen=True)
class _Floor:
    """The floor of a task, and what its tests need."""

    row: EntryKey
    points: Mapping[EntryKey, float]
    draws: Mapping[EntryKey, Floats]
    noises: Mapping[EntryKey, SeedNoise]
    way: Direction
    units: int

    def below(
        self, tested: Sequence[EntryKey], parts: Parts, chance: Exchanges | None
    ) -> dict[EntryKey, bool]:
        """Test which entries are above the floor, as a Holm family of their own."""
        values = np.array([self.points[row] for row in tested])
        ahead, p = _better(values, self.points[self.row], self.way), self._p(tested)
        if chance is not None:
            by_chance = np.zeros(len(tested))
            for i in np.flatnonzero(ahead & (p < ALPHA)).tolist():
                by_chance[i] = chance.p(parts[tested[i]], parts[self.row], p[i])
            p = self._p(tested, by_chance)
        return dict(zip(tested, (ahead & (p < ALPHA)).tolist(), strict=True))

    def _p(self, tested: Sequence[EntryKey], least: Floats | None = None) -> Floats:
        every = [*tested, self.row]
        return against_one(
            np.array([self.points[row] for row in every]),
            np.array([self.draws[row] for row in every]),
            seeds=SeedParts.of([self.noises[row] for row in every]),
            units=self.units,
            outside=np.array([row.outside for row in every]),
            least=least,
        )[:-1]


def right_bits(part: TaskRun) -> NDArray[np.bool_]:
    """Return (test examples,) whether each answer is exactly right, in the order of ids; the part
    must have stored it."""
    raw = np.frombuffer(bytes.fromhex(part.facts.right), np.uint8)
    return np.unpackbits(raw)[: part.facts.data.test].astype(bool)

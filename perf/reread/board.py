"""A page's tasks tested, and models recommended for them, by the present rules.

The draws over test examples are not in a page. They are made anew: normal, with the variances of
all scores and of all paired differences that the page shows. A draw thus tells how two entries
differ as finely as the page does, whatever the metric.

What the test examples explain of the variance over seeds needs each seed's answers, which a page
does not hold. All tests are made twice: with nothing taken off, which is the most that seeds can
add, and with as much taken off as the examples make the mean over seeds vary, which is more than
they explain where the errors of two seeds correlate by .4 or more (three seeds; of two models that
differ in 5 to 15 % of their answers they explain a sixth to two fifths of it). A pair is sure where
both tests say so: with less noise there are fewer degrees of freedom, too, so that neither test is
always the stricter one. Ties, the floor and the recommendations take nothing off.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from bench.leaderboard.board import Cell, Entry, Leaderboard, TaskColumn
from bench.leaderboard.cell_cost import CellCost
from bench.leaderboard.comparisons.main_metric import Direction
from bench.leaderboard.comparisons.task_tests import ALPHA, FEW_UNITS, TaskTests
from bench.leaderboard.entry_key import EntryKey
from bench.leaderboard.findings import Advice
from bench.leaderboard.recommendation.candidates import candidates
from bench.leaderboard.recommendation.margins import SHARE
from bench.leaderboard.recommendation.recommend import recommend
from bench.scoring.best import below_best
from bench.scoring.seed_noise import FamilyCell, SeedNoise, SeedParts, borrowed, unseeded
from bench.scoring.significance import (
    Comparison,
    Floats,
    Ranks,
    Spread,
    against_one,
    compare,
    detectable,
    rank_ranges,
)
from perf.reread.page import Page, PageEntry, PageTask

DRAWS = 2000


@dataclass(frozen=True)
class Reading:
    """A task by the present rules.

    Args:
        task: the task as the page has it.
        points: (n,) scores of the entries.
        draws: (n, draws) scores in draws over the test examples.
        noises: noise of the seeds of each entry.
        tests: the tests of all pairs, with the noise of seeds.
        least: the same with the noise of seeds that is left after the most is taken off.
        without: the same without any: what the page itself tested.
        ranks: ranks, and whether an entry is tied with the best.
        floor: position of the better floor entry.
        above: whether each entry is surely above the floor; None for floor entries.
        detectable: smallest difference that the corrected tests find with 80 % power.
        error: largest error of the standard error of a difference in `draws`.
    """

    task: PageTask
    points: Floats
    draws: Floats
    noises: tuple[SeedNoise, ...]
    tests: Comparison
    least: Comparison
    without: Comparison
    ranks: Ranks
    floor: int
    above: tuple[bool | None, ...]
    detectable: float
    error: float

    @property
    def p(self) -> Floats:
        """The larger of the two p-values of each pair."""
        return np.maximum(self.tests.holm_p, self.least.holm_p)


def readings(page: Page) -> list[Reading]:
    """Test all tasks of a page."""
    families = _families(page)
    return [_reading(page, task, families) for task in page.tasks]


def _families(page: Page) -> dict[str, list[FamilyCell]]:
    found: dict[str, list[FamilyCell]] = {entry.family: [] for entry in page.entries}
    for task in page.tasks:
        for entry, cell in zip(page.entries, task.cells, strict=True):
            if cell.seed_sd is not None:
                gross = cell.seed_sd**2
                found[entry.family].append(FamilyCell(task.name, gross, 0.0, cell.seeds - 1))
    return found


def noises(
    page: Page, task: PageTask, families: dict[str, list[FamilyCell]]
) -> tuple[SeedNoise, ...]:
    """Return the noise of seeds of each entry: measured, borrowed from its family, or none.

    A measured variance is not moderated: the page does not tell what examples explain of it.
    """
    found = []
    for entry, cell in zip(page.entries, task.cells, strict=True):
        if not cell.seeded:
            found.append(unseeded())
        elif cell.seed_sd is None:
            found.append(borrowed(entry.family, task.name, families[entry.family]))
        else:
            found.append(SeedNoise(cell.seed_sd**2, cell.seeds - 1, cell.seeds, "measured"))
    return tuple(found)


def _less(noises: Sequence[SeedNoise], task: PageTask) -> list[SeedNoise]:
    """Return the noise of seeds less the most that test examples explain."""
    return [
        replace(one, variance=max(0.0, one.variance - cell.se**2), gross=one.variance)
        if one.origin == "measured"
        else one
        for one, cell in zip(noises, task.cells, strict=True)
    ]


def normal_draws(task: PageTask, count: int = DRAWS) -> Floats:
    """Return (n, count) draws with the variances of the scores and of their differences."""
    points = np.array([cell.point for cell in task.cells])
    variances = np.array([cell.se**2 for cell in task.cells])
    covariance = (variances[:, None] + variances[None, :] - task.apart**2) / 2
    values, vectors = np.linalg.eigh(covariance)
    root = vectors * np.sqrt(np.maximum(values, 0))
    normal = np.random.default_rng(0).standard_normal((len(points), count))
    normal -= normal.mean(axis=1, keepdims=True)
    # Whitened, so that the draws have the covariance itself and not one by chance.
    white = np.linalg.solve(np.linalg.cholesky(np.cov(normal)), normal)
    return np.asarray(points[:, None] + root @ white)


def _reading(page: Page, task: PageTask, families: dict[str, list[FamilyCell]]) -> Reading:
    points = np.array([cell.point for cell in task.cells])
    draws, own = normal_draws(task), noises(page, task, families)
    seeds = SeedParts.of(own)
    tests = compare(points, draws, seeds=seeds, units=task.units)
    least = compare(points, draws, seeds=SeedParts.of(_less(own, task)), units=task.units)
    without = compare(points, draws, units=task.units)
    below = below_best(points, draws, seeds=seeds, units=task.units)
    floors = [i for i, entry in enumerate(page.entries) if entry.is_floor]
    floor = max(floors, key=lambda i: points[i])
    pairs = np.triu_indices(len(points), k=1)
    return Reading(
        task=task,
        points=points,
        draws=draws,
        noises=own,
        tests=tests,
        least=least,
        without=without,
        ranks=rank_ranges(points, tests.holm_p, True, below_best=below),
        floor=floor,
        above=_above(page.entries, points, draws, (seeds, floor, task.units)),
        detectable=detectable(Spread(tests.se[pairs], tests.df[pairs]), len(pairs[0])),
        error=float(np.abs(without.se - task.apart).max()),
    )


def _above(
    entries: Sequence[PageEntry],
    points: Floats,
    draws: Floats,
    setting: tuple[SeedParts, int, int],
) -> tuple[bool | None, ...]:
    seeds, floor, units = setting
    tested = [i for i, entry in enumerate(entries) if not entry.is_floor]
    every = [*tested, floor]
    p = against_one(points[every], draws[every], seeds=seeds.only(every), units=units)
    found = dict(zip(tested, (points[tested] > points[floor]) & (p[:-1] < ALPHA), strict=True))
    return tuple(bool(found[i]) if i in found else None for i in range(len(entries)))


def advice(page: Page, read: Sequence[Reading]) -> tuple[Advice, ...]:
    """Return the recommendation for each of the tasks, and over them."""
    keys = [EntryKey(e.family, "{}", e.variant or None, None, False) for e in page.entries]
    columns = tuple(_column(reading) for reading in read)
    rows = tuple(_row(i, entry, read) for i, entry in enumerate(page.entries))
    found = tuple(
        candidates(
            column,
            list(zip(keys, rows, strict=True)),
            _tests(reading, keys),
            dict(zip(keys, reading.noises, strict=True)),
            {},
        )
        for column, reading in zip(columns, read, strict=True)
    )
    board = Leaderboard(
        tasks=columns,
        rows=rows,
        limits=(),
        problems=(),
        failures=(),
        skips=(),
        environment={},
        first="",
        last="",
        candidates=found,
    )
    return recommend(board)


def _tests(reading: Reading, keys: Sequence[EntryKey]) -> TaskTests:
    every = range(len(keys))
    return TaskTests(
        direction=Direction(greater_is_better=True, perfect=1.0),
        places={},
        points={keys[i]: float(reading.points[i]) for i in every},
        floor=float(reading.points[reading.floor]),
        above_floor={keys[i]: up for i in every if (up := reading.above[i]) is not None},
        detectable=reading.detectable,
        detectable_alone=None,
        holm_p=reading.tests.holm_p,
        draws={keys[i]: reading.draws[i] for i in every},
        noises=dict(zip(keys, reading.noises, strict=True)),
        units=reading.task.units,
    )


def _column(reading: Reading) -> TaskColumn:
    task = reading.task
    return TaskColumn(
        name=task.name,
        version=1,
        suite=task.suite,
        source="",
        licence="",
        citation="",
        seen_in_pretraining="",
        main_metric=task.metric,
        greater_is_better=True,
        perfect=1.0,
        margin=SHARE,
        floor=float(reading.points[reading.floor]),
        test_rows=task.examples,
        test_groups=task.units,
        detectable=reading.detectable,
        few_units=task.units < FEW_UNITS,
        checks={},
        test_scored=0,
        labels=(),
    )


def _row(position: int, entry: PageEntry, read: Sequence[Reading]) -> Entry:
    return Entry(
        id=entry.id,
        baseline=entry.family,
        variant=entry.variant or None,
        params={},
        limit_train=None,
        full_data_row=False,
        recipe="",
        model=None,
        ranked=True,
        is_floor=entry.is_floor,
        cells={one.task.name: _cell(position, entry, one) for one in read},
        mean=None,
        mean_by_source=None,
        mean_rank=None,
        win_rate=None,
    )


def _cell(position: int, entry: PageEntry, reading: Reading) -> Cell:
    cell, task = reading.task.cells[position], reading.task
    all_labelled = max(one.labelled for one in task.cells)
    return Cell(
        task=task.name,
        version=1,
        baseline=entry.family,
        variant=entry.variant or None,
        limit_train=None if cell.labelled == all_labelled else cell.labelled,
        limit_test=None,
        params={},
        seeds=tuple(range(cell.seeds)),
        status="done",
        main_metric=task.metric,
        scores={task.metric: cell.point},
        train_rows=cell.labelled,
        cost=CellCost(
            fit_seconds=cell.fit,
            predict_seconds_per_1000=cell.predict,
            peak_bytes=0,
            parameters=0,
            model_bytes=0,
            device="",
            threads=1,
            tasks=cell.sharing,
        ),
    )

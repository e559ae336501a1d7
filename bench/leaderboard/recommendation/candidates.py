"""The entries that could be taken for a task, with draws of their true scores."""

import hashlib
from collections.abc import Mapping, Sequence

import numpy as np

from bench.leaderboard.board import Entry, TaskColumn
from bench.leaderboard.comparisons.cost_quality import cell_cost
from bench.leaderboard.comparisons.task_tests import TaskTests
from bench.leaderboard.entry_key import EntryKey
from bench.leaderboard.findings import Candidate, Candidates
from bench.leaderboard.recommendation.estimated import Estimate
from bench.leaderboard.recommendation.noise import Scores, noise
from bench.leaderboard.recommendation.posterior import true_scores
from bench.scoring.seed_noise import SeedNoise
from bench.scoring.significance import Floats

DRAWS = 1000
"""Number of draws of the true scores: .005 is the standard error of a probability of .03."""
SURE = 0.975
"""Probability of being above the floor from which an entry counts, where no test says so."""


def candidates(
    task: TaskColumn,
    rows: Sequence[tuple[EntryKey, Entry]],
    tests: TaskTests,
    noises: Mapping[EntryKey, SeedNoise],
    placed: Mapping[EntryKey, Estimate],
) -> Candidates:
    """Return the candidates of a task: every finished entry but floor and human ones.

    Args:
        task: the task.
        rows: the entries, in the order of the leaderboard.
        tests: the outcome of the tests on the reference test.
        noises: seed noise of each entry with a score.
        placed: the entries that were scored on a part of the reference test.
    """
    compete = [
        (key, row)
        for key, row in rows
        if not row.is_floor and task.name in row.cells and (key in placed or _drawn(key, tests))
    ]
    if not compete or not tests.units:
        return Candidates(task.name, (), np.zeros((0, DRAWS)), np.zeros((0, 0)), tests.units)
    sign = 1.0 if task.greater_is_better else -1.0
    scores = _scores([key for key, _ in compete], task, tests, noises, placed)
    random = np.random.default_rng(_seed(task.name, [key for key, _ in compete]))
    errors = noise(scores, random)
    floor = None if task.floor is None else sign * task.floor
    above = _above(scores, errors, floor)
    entries = tuple(
        Candidate(
            id=row.id,
            score=float(sign * scores.points[i]),
            seconds=cell_cost(row.cells[task.name]),
            above_floor=tests.above_floor.get(key, above[i]),
            estimated=key in placed,
            seeds=noises[key].seeds,
            seed_variance=noises[key].of_mean,
            seed_origin=noises[key].origin,
        )
        for i, (key, row) in enumerate(compete)
    )
    return Candidates(
        task=task.name,
        entries=entries,
        true=true_scores(scores, errors, random).astype(np.float32),
        examples=_differences(_covariance(scores.draws)),
        units=tests.units,
        greater_is_better=task.greater_is_better,
    )


def _drawn(key: EntryKey, tests: TaskTests) -> bool:
    """Return whether an entry has a score whose noise is known."""
    return key in tests.points and int(np.isfinite(tests.draws[key]).sum()) > 1


def _scores(
    keys: Sequence[EntryKey],
    task: TaskColumn,
    tests: TaskTests,
    noises: Mapping[EntryKey, SeedNoise],
    placed: Mapping[EntryKey, Estimate],
) -> Scores:
    sign = 1.0 if task.greater_is_better else -1.0
    points = [placed[k].point if k in placed else tests.points[k] for k in keys]
    draws = [placed[k].draws if k in placed else tests.draws[k] for k in keys]
    shortest = min(DRAWS, *map(len, draws))
    return Scores(
        points=sign * np.array(points, np.float64),
        draws=sign * np.array([one[:shortest] for one in draws], np.float64),
        seed_variance=np.array([noises[k].of_mean for k in keys]),
        seed_df=np.array([noises[k].df for k in keys], np.float64),
        families=[key.baseline for key in keys],
        units=tests.units,
        width=_width(task, points),
    )


def _width(task: TaskColumn, points: Sequence[float]) -> float:
    """Return the width of the metric's scale; where it is unbounded, of what was measured."""
    if task.perfect == 1 and task.greater_is_better:
        return 1.0
    ends = points if task.floor is None else [*points, task.floor]
    ends = ends if task.perfect is None else [*ends, task.perfect]
    return (max(ends) - min(ends)) or 1.0


def _seed(task: str, keys: Sequence[EntryKey]) -> int:
    """Return a seed that depends on task and entries, so that a board always says the same."""
    text = repr((task, [key.order for key in keys]))
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big")


def _above(scores: Scores, errors: Floats, floor: float | None) -> list[bool | None]:
    if floor is None:
        return [None] * len(scores.points)
    sure = (scores.points[:, None] - errors > floor).mean(axis=1) >= SURE
    return [bool(one) for one in sure]


def _covariance(draws: Floats) -> Floats:
    """Return the covariance of n scores over the draws in which both of a pair have a value."""
    known = np.isfinite(draws)
    count = known.sum(axis=1, keepdims=True)
    means = np.where(known, draws, 0.0).sum(axis=1, keepdims=True) / count
    centred = np.where(known, draws - means, 0.0)
    both = known.astype(np.float64) @ known.T
    return np.asarray(centred @ centred.T / np.maximum(both - 1, 1))


def _differences(covariance: Floats) -> Floats:
    """Return the variance of each difference of two of n variables."""
    own = np.diag(covariance)
    return np.asarray(np.maximum(own[:, None] + own[None, :] - 2 * covariance, 0.0))

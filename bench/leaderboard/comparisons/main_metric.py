"""A cell's main metric: its direction, its value and its bootstrap replicates over the seeds."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from bench.errors import UserError
from bench.leaderboard.gather import TaskRun
from bench.metrics import metric
from bench.records import TaskScores
from bench.scoring.significance import Floats


@dataclass(frozen=True)
class Direction:
    """Direction of a metric, true where higher is better; `known` is False for a metric that only
    its task declares."""

    greater_is_better: bool
    perfect: float | None
    known: bool = True


def direction(facts: TaskScores) -> Direction:
    """Return the direction of a result's main metric; where the result does not state it, by the
    metric's name, and upwards for a metric that bench does not define."""
    if facts.direction is not None:
        return Direction(facts.direction.greater_is_better, facts.direction.perfect)
    try:
        found = metric(facts.main_metric)
    except UserError:
        return Direction(greater_is_better=True, perfect=None, known=False)
    return Direction(found.greater_is_better, found.perfect)


def seed_scores(parts: Sequence[TaskRun]) -> Floats:
    """Return (seeds,) the main metric of each seed."""
    return np.array([p.facts.scores[p.facts.main_metric] for p in parts], np.float64)


def main_score(parts: Sequence[TaskRun]) -> float:
    """Return the main metric, mean over seeds."""
    return float(np.mean(seed_scores(parts)))


def seed_replicates(parts: Sequence[TaskRun]) -> Floats:
    """Return (seeds, draws) the main metric of each seed in each bootstrap replicate."""
    return np.array([p.replicates for p in parts], np.float64)


def mean_replicates(parts: Sequence[TaskRun]) -> Floats:
    """Return (draws,) the main metric of each bootstrap replicate, mean over seeds."""
    return np.asarray(np.mean(seed_replicates(parts), axis=0))

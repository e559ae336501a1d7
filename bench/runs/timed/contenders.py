"""Which models can still reach the leader: judged on calibration examples, never on the test.

Errors fall with the number of labelled examples as a power law whose exponent was .35 at most over
many tasks and models (Hestness et al., 2017). So an error that, lowered by twice its standard error
and at this pace up to all examples, would still be above the leader's cannot reach it.
"""

import math
from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import numpy as np

from bench.data.prepare import PreparedTask
from bench.errors import BenchError
from bench.metrics.aligned import align
from bench.scoring.evaluate import replicates
from bench.store.calibration import calibration_predictions

EXPONENT = 0.35
_NOISE = 2.0


@dataclass(frozen=True)
class CalibrationScore:
    """A run's score of the main metric on its calibration examples.

    Args:
        error: distance to the best possible score; 0 is the best.
        se: its standard error.
        train: number of labelled examples that the run was given.
    """

    error: float
    se: float
    train: int


def calibration_score(folder: Path, task: PreparedTask, train: int) -> CalibrationScore | None:
    """Return a stored run's score on its calibration examples; None where it has none, or where the
    metric's scale has no best score to measure a distance to.

    Args:
        folder: the run's folder.
        task: the task with its examples.
        train: number of labelled examples that the run was given.
    """
    metric = task.task.all_metrics[0]
    if metric.perfect is None:
        return None
    try:
        stored = calibration_predictions(folder, task.task.name).examples
        rows = [task.rows[task.position[one.id]] for one in stored]
        scored = align(task.task.output, rows, [one.prediction for one in stored])
        point, draws = metric.point(scored), replicates([metric], scored)[metric.name]
    except (BenchError, KeyError, ValueError):
        return None  # nothing can be said, so nothing is held against the model
    known = draws[np.isfinite(draws)]
    if not math.isfinite(point) or len(known) < 2:
        return None
    return CalibrationScore(abs(metric.perfect - point), float(np.std(known)), train)


Name = TypeVar("Name", bound=Hashable)


def contenders(scores: Mapping[Name, CalibrationScore | None], labelled: int) -> set[Name]:
    """Return the models that lead or could still reach the leader with all labelled examples.

    Args:
        scores: name -> score at the largest size that was tried; None: unknown.
        labelled: the number of labelled examples there are.
    """
    known = {name: score for name, score in scores.items() if score is not None}
    leader = min(known.values(), key=lambda score: score.error, default=None)
    return {
        name
        for name, score in scores.items()
        if score is None or leader is None or score is leader or _reach(score, labelled, leader)
    }


def _reach(score: CalibrationScore, labelled: int, leader: CalibrationScore) -> bool:
    noise = _NOISE * math.hypot(score.se, leader.se)
    growth = max(1.0, labelled / max(1, score.train))
    return bool(max(0.0, score.error - noise) * growth**-EXPONENT <= leader.error)

"""Predict calibration examples: labelled examples that a fit has not learnt from.

Probabilities, thresholds and rules for abstaining are chosen on them later, so that the test split
stays untouched.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from bench.baseline import Baseline, FitInfo
from bench.data.checks import marks
from bench.errors import PluginError, quoted
from bench.metrics.aligned import in_gold_form
from bench.prediction import Prediction
from bench.records import CalibrationMethod
from bench.redaction import redact
from bench.run_context import Progress, RunContext, current, running_in
from bench.runs.cells.calibration_plan import FEWEST, FITS, MOST, CalibrationPlan
from bench.runs.cells.cell_task import CellTask
from bench.runs.cells.meter import Meter
from bench.runs.excerpt import excerpt

LONGEST = 300
"""Characters of an error that are kept."""
Pairs = list[tuple[int, Prediction]]
"""Positions of examples, each with the prediction."""


@dataclass(frozen=True)
class Calibration:
    """A task's calibration examples in one run.

    Args:
        method: how they were come by.
        rows: their positions among the task's examples.
        predictions: one for each of them.
        reason: why there are none.
        fits: the number of fits that predicted them.
        left_out: the labelled examples that the run's own fit did not learn from.
        folds: in a run with folds, the fold of each, in which no fit learnt from it.
    """

    method: CalibrationMethod
    rows: Sequence[int] = ()
    predictions: Sequence[Prediction] = ()
    reason: str = ""
    fits: int = 0
    left_out: int = 0
    folds: Sequence[int] = ()


def calibrate(
    plan: CalibrationPlan, fitted: "Fitted", tasks: Sequence[CellTask], meter: Meter
) -> Sequence[Calibration | None]:
    """Predict the calibration examples of each task; None for a floor, which has none.

    An error here spoils no result: it becomes the reason why there are none.

    Args:
        plan: the plan of the same tasks.
        fitted: the run's own fit.
        tasks: the tasks with all their examples, those that were reserved included.
        meter: counts the seconds.
    """
    if plan.method == "none":
        return [None] * len(tasks)
    try:
        return _calibrate(plan, fitted, tasks, meter)
    except Exception as error:  # noqa: BLE001 - whatever broke, the test split is predicted
        said = excerpt(redact(f"{type(error).__name__}: {error}"), LONGEST)
        reason = f"predicting them failed: {said}"
        left = [sum(map(len, parts)) if plan.method == "reserved" else 0 for parts in plan.parts]
        return [Calibration("none", reason=reason, left_out=count) for count in left]


@dataclass(frozen=True)
class Fitted:
    """A fit that is done.

    Args:
        make: returns a new baseline with the same parameters.
        baseline: the fitted baseline.
        fit: what it said of its fit.
        seed: the run's seed.
    """

    make: Callable[[], Baseline]
    baseline: Baseline
    fit: FitInfo
    seed: int


def _calibrate(
    plan: CalibrationPlan, fitted: Fitted, tasks: Sequence[CellTask], meter: Meter
) -> list[Calibration]:
    if plan.method == "cross_fitted":
        wanted = range(FITS) if any(plan.parts) else ()
        found = [_without(plan, fitted, tasks, (k, meter)) for k in wanted]
    else:
        chosen = _unlearnt(plan, fitted, tasks)
        found = [_predicted(fitted.baseline, tasks, chosen, meter)]
    joined = [[pair for fit in found for pair in fit[i]] for i in range(len(tasks))]
    return [
        _finished(plan, number, task, pairs)
        for number, (task, pairs) in enumerate(zip(tasks, joined, strict=True))
    ]


def _finished(plan: CalibrationPlan, number: int, task: CellTask, pairs: Pairs) -> Calibration:
    reserved = plan.method == "reserved" and plan.parts[number]
    left_out = len(plan.parts[number][0]) if reserved else 0
    if len(pairs) < FEWEST:
        reason = plan.reasons[number] or f"only {len(pairs)} were not learnt from"
        return Calibration("none", reason=reason, left_out=left_out)
    pairs = sorted(pairs, key=lambda pair: task.rows[pair[0]].id)
    rows = [row for row, _ in pairs]
    fits = FITS if plan.method == "cross_fitted" else 1
    examples, predictions = task.pick(rows), [prediction for _, prediction in pairs]
    checked = in_gold_form(task.task.output, examples, predictions)
    return Calibration(plan.method, rows, checked, fits=fits, left_out=left_out)


def _without(
    plan: CalibrationPlan, fitted: Fitted, tasks: Sequence[CellTask], which: tuple[int, Meter]
) -> list[Pairs]:
    """Fit once more, without a part, and predict that part."""
    number, meter = which
    learnt, baseline = plan.without(tasks, number), fitted.make()
    with running_in(_own_context(current(), number)):
        with meter.calibration:
            fit = baseline.fit([task.data for task in learnt], seed=fitted.seed)
        meter.calibration.add_shared(fit.shared_seconds)
        parts = [parts[number] if parts else () for parts in plan.parts]
        chosen = _apart(tasks, parts, _all_of(learnt)) if len(tasks) > 1 else parts
        return _predicted(baseline, tasks, chosen, meter)


def _own_context(work: RunContext, number: int) -> RunContext:
    """Give a fit a checkpoint folder of its own, and let its progress say which fit it is."""

    def report(progress: Progress) -> None:
        text = f"calibration fit {number + 1}/{FITS}: {progress.text}".removesuffix(": ")
        work.report(replace(progress, text=text))

    folder: Path | None = None
    if work.folder is not None:
        folder = work.folder / f"calibration-{number}"
        folder.mkdir(exist_ok=True)
    return replace(work, folder=folder, report=report)


def _predicted(
    baseline: Baseline, tasks: Sequence[CellTask], chosen: Sequence[Sequence[int]], meter: Meter
) -> list[Pairs]:
    found = []
    for task, rows in zip(tasks, chosen, strict=True):
        inputs = [example.input for example in task.pick(rows)]
        with meter.calibration:
            given = baseline.predict(task.task, inputs) if inputs else []
        if inputs:
            meter.calibration.add_shared(getattr(baseline, "predict_shared_seconds", 0.0))
        check_predictions(given)
        found.append(list(zip(rows, given, strict=True)))
    return found


def check_predictions(given: object) -> None:
    """Refuse what is no list of predictions.

    Raises:
        PluginError: it is none.
    """
    if not isinstance(given, list | tuple):
        raise PluginError(f"predict() gave {quoted(given)}: give a list of Predictions")
    for prediction in given:
        if not isinstance(prediction, Prediction):
            raise PluginError(f"predict() gave {quoted(prediction)} for a row: give a Prediction")


def _unlearnt(
    plan: CalibrationPlan, fitted: Fitted, tasks: Sequence[CellTask]
) -> list[Sequence[int]]:
    """Return the positions that the run's own fit is to predict, at most `MOST` a task."""
    parts = [parts[0] if parts else () for parts in plan.parts]
    learnt = _all_of(plan.learnt(tasks))
    if plan.method == "never_learnt" and fitted.fit.learnt is not None:
        learnt = [_named(task, fitted.fit.learnt.get(task.task.name, ())) for task in tasks]
    return [rows[:MOST] for rows in _apart(tasks, parts, learnt)]


def _all_of(tasks: Sequence[CellTask]) -> list[Collection[int]]:
    return [task.labelled for task in tasks]


def _named(task: CellTask, ids: Collection[str]) -> Collection[int]:
    wanted = {*ids}
    return [i for i in task.labelled if task.rows[i].id in wanted]


def _apart(
    tasks: Sequence[CellTask], parts: Sequence[Sequence[int]], learnt: Sequence[Collection[int]]
) -> list[Sequence[int]]:
    """Return the examples of the parts whose text and group no task of the fit has learnt from."""
    held = {
        mark
        for task, rows in zip(tasks, learnt, strict=True)
        for i in rows
        for mark in marks(task.rows[i], task.task.source)
    }
    return [
        [i for i in part if held.isdisjoint(marks(task.rows[i], task.task.source))]
        for task, part in zip(tasks, parts, strict=True)
    ]

"""Fit a baseline and predict: once, or once per fold, each fold predicted by a model that was not
trained on it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from bench.baseline import Baseline, FitInfo
from bench.errors import PluginError, quoted
from bench.example import Example, Input
from bench.metrics.aligned import in_gold_form
from bench.prediction import Prediction
from bench.run_context import RunContext, current, running_in
from bench.runs.cells.calibration import Calibration, Fitted, calibrate, check_predictions
from bench.runs.cells.calibration_plan import calibration_plan
from bench.runs.cells.cell_task import CellTask as CellTask
from bench.runs.cells.meter import Meter
from bench.runs.planning.run_spec import Run
from bench.scoring.guessing import number_of_guesses
from bench.task import Task


@dataclass(frozen=True)
class Answers:
    """The predictions of a fit for one task."""

    test: Sequence[Prediction]
    train: Sequence[tuple[Sequence[Example], Sequence[Prediction]]] = ()
    """Training examples with their predictions, one pair per fit; empty unless they were
    requested."""
    unscored: Sequence[Prediction] = ()
    calibration: Calibration | None = None
    """The calibration examples; None for a floor."""
    guesses: Sequence[Sequence[Prediction]] = ()
    """Several guesses for the test examples, if the baseline guesses."""


@dataclass(frozen=True)
class Answered:
    """The predictions of a finished run, by task; `fit` and `baseline` belong to the last fit."""

    baseline: Baseline
    fit: FitInfo
    answers: Sequence[Answers]


def answer(
    run: Run, family: Callable[..., Baseline], tasks: Sequence[CellTask], meter: Meter
) -> Answered:
    """Fit the baseline and predict.

    Args:
        run: the run to execute.
        family: the baseline's class.
        tasks: the run's tasks with their examples.
        meter: counts the resources used.
    """
    number = len(tasks[0].chosen.folds)
    # A limit on the test can leave a fold without any example to test.
    folds = [k for k in range(number) if any(task.chosen.folds[k].test for task in tasks)]
    if not folds:
        return _calibrated(run, family, tasks, meter)
    parts: list[Sequence[Answers]] = []
    for k in folds:
        with running_in(_of_fold(current(), k)):
            last = _once(run, family(**run.params), [task.fold(k) for task in tasks], meter)
        parts.append(last.answers)
        if k != folds[-1]:
            del last  # one model at a time fits into memory
    joined = [
        _joined(task, dict(zip(folds, [part[i] for part in parts], strict=True)))
        for i, task in enumerate(tasks)
    ]
    if not getattr(last.baseline, "is_floor", False):
        joined = [_with_folds(task, own) for task, own in zip(tasks, joined, strict=True)]
    return replace(last, answers=joined)


def _of_fold(work: RunContext, number: int) -> RunContext:
    """Give a fold a checkpoint folder of its own: resuming from another fold's checkpoint would use
    weights trained on the examples of this test fold."""
    if work.folder is None:
        return work
    folder = work.folder / f"fold-{number}"
    folder.mkdir(exist_ok=True)
    return replace(work, folder=folder)


def _joined(task: CellTask, parts: Mapping[int, Answers]) -> Answers:
    by_row: Mapping[int, Prediction] = {
        row: prediction
        for fold, part in parts.items()
        for row, prediction in zip(task.chosen.folds[fold].test, part.test, strict=True)
    }
    learnt = [pair for part in parts.values() for pair in part.train]
    guesses = _joined_guesses(task, parts)
    return Answers([by_row[row] for row in task.chosen.test], learnt, guesses=guesses)


def _joined_guesses(task: CellTask, parts: Mapping[int, Answers]) -> list[list[Prediction]]:
    rows = [row for fold in parts for row in task.chosen.folds[fold].test]
    found = []
    for guess in zip(*(part.guesses for part in parts.values() if part.test), strict=True):
        by_row = dict(zip(rows, [p for part in guess for p in part], strict=True))
        found.append([by_row[row] for row in task.chosen.test])
    return found


def _with_folds(task: CellTask, own: Answers) -> Answers:
    """Take the test predictions for calibration examples, too: what is chosen for a fold is chosen
    on the others, as its fit learns from the others."""
    rows = task.chosen.test
    fold = {row: k for k, part in enumerate(task.chosen.folds) for row in part.test}
    found = Calibration(
        "cross_fitted",
        rows,
        in_gold_form(task.task.output, task.pick(rows), own.test),
        fits=sum(bool(part.test) for part in task.chosen.folds),
        folds=[fold[row] for row in rows],
    )
    return replace(own, calibration=found)


def _calibrated(
    run: Run, family: Callable[..., Baseline], tasks: Sequence[CellTask], meter: Meter
) -> Answered:
    """Fit once, and predict the calibration examples as well."""
    baseline = family(**run.params)
    plan = calibration_plan(baseline, tasks)
    done = _once(run, baseline, plan.learnt(tasks), meter)
    fitted = Fitted(lambda: family(**run.params), baseline, done.fit, run.seed)
    found = calibrate(plan, fitted, tasks, meter)
    pairs = zip(done.answers, found, strict=True)
    return replace(done, answers=[replace(own, calibration=its) for own, its in pairs])


def _once(run: Run, baseline: Baseline, tasks: Sequence[CellTask], meter: Meter) -> Answered:
    with meter.energy, meter.fit:
        fit = baseline.fit([task.data for task in tasks], seed=run.seed)
        if not isinstance(fit, FitInfo):
            raise PluginError(f"fit() returned {quoted(fit)}, not a FitInfo")
    meter.fit.add_shared(fit.shared_seconds)
    answers = [_answers(run, baseline, task, meter) for task in tasks]
    meter.read_memory()
    return Answered(baseline, fit, answers)


def _answers(run: Run, baseline: Baseline, cell: CellTask, meter: Meter) -> Answers:
    inputs = [example.input for example in cell.pick(cell.chosen.test)]
    with meter.energy, meter.predict:
        test = baseline.predict(cell.task, inputs) if inputs else []
    check_predictions(test)
    meter.predict.add_shared(getattr(baseline, "predict_shared_seconds", 0.0))
    meter.predicted += len(test)
    learnt = cell.pick(cell.chosen.train) if run.score_train else []
    trained = baseline.predict(cell.task, [example.input for example in learnt]) if learnt else ()
    unscored = baseline.predict(cell.task, cell.unscored) if cell.unscored else ()
    guesses = _guesses(run, baseline, cell.task, inputs)
    return Answers(test, [(learnt, trained)] if learnt else [], unscored, guesses=guesses)


def _guesses(
    run: Run, baseline: Baseline, task: Task, inputs: Sequence[Input]
) -> list[Sequence[Prediction]]:
    """Return guesses for a fit's test examples, in number as many as the whole test allows."""
    guess = getattr(baseline, "guesses", None)
    if guess is None or not inputs:
        return []
    tested = sum(len(rows.test) for rows in run.tasks if rows.task == task.name)
    guesses = list(guess(task, inputs, number_of_guesses(task.output, tested)))
    for predictions in guesses:
        check_predictions(predictions)
    return guesses

"""Fit a baseline and predict: once, or once per fold, each fold predicted by a model that was not
trained on it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from bench.baseline import Baseline, FitInfo, TaskData
from bench.data.annotations import Annotations
from bench.errors import PluginError, quoted
from bench.example import Example, Input
from bench.prediction import Prediction
from bench.run_context import RunContext, current, running_in
from bench.runs.cells.meter import Meter
from bench.runs.planning.run_spec import Run, TaskRows
from bench.scoring.guessing import number_of_guesses
from bench.task import Task


@dataclass(frozen=True)
class CellTask:
    """A task with the examples that a run uses.

    Args:
        task: the task.
        chosen: which examples are used.
        rows: all of the task's examples.
        unscored: texts without gold that are to be predicted, too.
        opinions: annotations and published answers; no baseline sees them.
    """

    task: Task
    chosen: TaskRows
    rows: Sequence[Example]
    unscored: Sequence[Input] = ()
    opinions: Annotations = field(default_factory=Annotations)

    def pick(self, positions: Sequence[int]) -> list[Example]:
        """Return the examples at those positions."""
        return [self.rows[i] for i in positions]

    @property
    def data(self) -> TaskData:
        """Return the data that the baseline may train on."""
        chosen = self.chosen
        return TaskData(self.task, self.pick(chosen.train), self.pick(chosen.validation))

    def fold(self, number: int) -> "CellTask":
        """Return the task with the examples of one fold only."""
        part = self.chosen.folds[number]
        rows = {"train": part.train, "validation": part.validation, "test": part.test}
        return replace(self, chosen=self.chosen.model_copy(update={**rows, "folds": ()}))


@dataclass(frozen=True)
class Answers:
    """The predictions of a fit for one task."""

    test: Sequence[Prediction]
    train: Sequence[tuple[Sequence[Example], Sequence[Prediction]]] = ()
    """Training examples with their predictions, one pair per fit; empty unless they were
    requested."""
    unscored: Sequence[Prediction] = ()
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
        return _once(run, family(**run.params), tasks, meter)
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


def _once(run: Run, baseline: Baseline, tasks: Sequence[CellTask], meter: Meter) -> Answered:
    with meter.energy, meter.fit:
        fit = baseline.fit([task.data for task in tasks], seed=run.seed)
        if not isinstance(fit, FitInfo):
            raise PluginError(f"fit() returned {quoted(fit)}, not a Fit")
    meter.fit.add_shared(fit.shared_seconds)
    return Answered(baseline, fit, [_answers(run, baseline, task, meter) for task in tasks])


def _check(returned: object) -> None:
    if not isinstance(returned, list | tuple):
        raise PluginError(f"predict() returned {quoted(returned)}, not a list of Predictions")
    for prediction in returned:
        if not isinstance(prediction, Prediction):
            raise PluginError(
                f"predict() returned {quoted(prediction)} for an example, not a Prediction"
            )


def _answers(run: Run, baseline: Baseline, cell: CellTask, meter: Meter) -> Answers:
    inputs = [example.input for example in cell.pick(cell.chosen.test)]
    with meter.energy, meter.predict:
        test = baseline.predict(cell.task, inputs) if inputs else []
    _check(test)
    meter.predict.add_shared(getattr(baseline, "predict_shared_seconds", 0.0))
    meter.predicted += len(test)
    learnt = cell.pick(cell.chosen.train) if run.score_train else []
    trained = baseline.predict(cell.task, [example.input for example in learnt]) if learnt else ()
    unscored = baseline.predict(cell.task, cell.unscored) if cell.unscored else ()
    guesses = _guesses(run, baseline, cell.task, inputs)
    return Answers(test, [(learnt, trained)] if learnt else [], unscored, guesses)


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
        _check(predictions)
    return guesses

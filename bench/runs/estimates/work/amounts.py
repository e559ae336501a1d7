"""How much text a run learns from and predicts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from bench.baseline import Baseline
from bench.data.prepare import PreparedTask
from bench.runs.cells.calibration_plan import (
    FEWEST_TO_RESERVE,
    FITS,
    MOST,
    SHARE,
    method_of,
)
from bench.runs.planning.run_spec import FoldRows, Run, TaskRows

VALIDATION = 0.1
"""Share of the labelled examples that a hypothetical run is validated on, as of a split made
here."""


@dataclass(frozen=True)
class Texts:
    """Texts by their length.

    Args:
        lengths: (n,) characters of each.
        weight: the number of texts that each of them stands for.
    """

    lengths: NDArray[np.int64]
    weight: float = 1.0

    @property
    def number(self) -> float:
        """The number of texts."""
        return self.weight * len(self.lengths)

    @property
    def characters(self) -> float:
        """Characters of all texts."""
        return self.weight * float(self.lengths.sum())

    def tokens(self, characters: float, longest: float, extra: float = 0.0) -> float:
        """Return the tokens of all texts.

        Args:
            characters: characters of a token.
            longest: tokens that a text is cut to.
            extra: further tokens of each text.
        """
        each = np.minimum(self.lengths / characters, longest) + extra
        return self.weight * float(each.sum())

    def times(self, factor: float) -> "Texts":
        """Return as many times the texts."""
        return replace(self, weight=self.weight * factor)


@dataclass(frozen=True)
class TaskAmount:
    """One task's part in a fit: what it learns from, is validated on, and predicts."""

    task: PreparedTask
    train: Texts
    validation: Texts
    test: Texts

    @property
    def labelled(self) -> float:
        """The number of labelled examples."""
        return self.train.number + self.validation.number

    def predicting(self, test: Texts) -> "TaskAmount":
        """Return the same with other texts to predict."""
        return replace(self, test=test)

    def learning(self, share: float) -> "TaskAmount":
        """Return the same with a share of the training examples."""
        return replace(self, train=self.train.times(share))


Amount = tuple[TaskAmount, ...]
"""What one fit does on each of its tasks."""


@dataclass(frozen=True)
class RunAmount:
    """What a run does.

    Args:
        fits: the fits, each with what it predicts for the score.
        calibration: further fits, each with the calibration examples that it predicts.
        unfitted: calibration examples that the run's own fit predicts.
    """

    fits: Sequence[Amount]
    calibration: Sequence[Amount] = ()
    unfitted: Amount = ()


class Lengths:
    """Lengths of the texts of prepared tasks."""

    def __init__(self, tasks: Mapping[str, PreparedTask]) -> None:
        self.tasks = tasks
        self._known: dict[str, NDArray[np.int64]] = {}
        self._amounts: dict[int, tuple[TaskRows | FoldRows, TaskAmount]] = {}

    def of(self, task: str) -> NDArray[np.int64]:
        """Return the characters of each of a task's examples, both texts of a pair together."""
        if task not in self._known:
            rows = self.tasks[task].rows
            every = [len(row.text) + len(row.pair or "") for row in rows]
            self._known[task] = np.array(every, np.int64)
        return self._known[task]

    def amount(self, rows: TaskRows | FoldRows, task: str) -> TaskAmount:
        """Return a task's part in a fit on these examples; many runs have the same ones."""
        if id(rows) not in self._amounts:
            lengths = self.of(task)
            parts = (rows.train, rows.validation, rows.test)
            chosen = (Texts(lengths[np.array(part, np.int64)]) for part in parts)
            # The rows are kept, so that no others can have their identity.
            self._amounts[id(rows)] = rows, TaskAmount(self.tasks[task], *chosen)
        return self._amounts[id(rows)][1]

    def hypothetical(self, task: str, labelled: int, tested: int | None) -> TaskAmount:
        """Return a task's part in a fit with so many examples, each as long as those at hand."""
        loaded, lengths = self.tasks[task].loaded, self.of(task)
        first = len(loaded.train) + len(loaded.validation)
        learnt, test = Texts(lengths[:first]), Texts(lengths[first : first + len(loaded.test)])
        given = learnt.times(labelled / max(1, learnt.number))
        share = min(1.0, (tested if tested is not None else test.number) / max(1, test.number))
        parts = given.times(1 - VALIDATION), given.times(VALIDATION), test.times(share)
        return TaskAmount(self.tasks[task], *parts)

    def run(self, run: Run, baseline: Baseline) -> RunAmount:
        """Return what a planned run does."""
        folds = len(run.tasks[0].folds)
        if not folds:
            return whole([self.amount(rows, rows.task) for rows in run.tasks], baseline)
        each = [
            tuple(self.amount(rows.folds[k], rows.task) for rows in run.tasks)
            for k in range(folds)
            if any(rows.folds[k].test for rows in run.tasks)
        ]
        return RunAmount(each)


def whole(tasks: Sequence[TaskAmount], baseline: Baseline) -> RunAmount:
    """Return what a run without folds does: one fit, and the calibration examples; see
    `bench.runs.cells.calibration_plan`."""
    amounts = tuple(tasks)
    method = method_of(baseline, round(sum(task.labelled for task in tasks)))
    if method == "none":
        return RunAmount([amounts])
    if method == "cross_fitted":
        part = 1 / FITS
        fit = tuple(t.learning(1 - part).predicting(t.train.times(part)) for t in tasks)
        return RunAmount([amounts], [fit] * FITS)
    if method == "never_learnt":
        return RunAmount([amounts], unfitted=tuple(_some(task, task.labelled) for task in tasks))
    reserved = [_reserved(task) for task in tasks]
    learnt = (
        task.learning(1 - number / max(1.0, task.train.number))
        for task, number in zip(tasks, reserved, strict=True)
    )
    kept = tuple(_some(task, n) for task, n in zip(tasks, reserved, strict=True))
    return RunAmount([tuple(learnt)], unfitted=kept)


def in_folds(task: TaskAmount, folds: int) -> RunAmount:
    """Return what a run in folds does on a task: each fit learns from the others' examples, all of
    which are labelled."""
    tested = task.labelled / folds / max(1.0, task.train.number)
    part = task.learning((folds - 1) / folds).predicting(task.train.times(tested))
    return RunAmount([(part,)] * folds)


def _reserved(task: TaskAmount) -> float:
    return min(MOST, SHARE * task.labelled) if task.labelled >= FEWEST_TO_RESERVE else 0.0


def _some(task: TaskAmount, number: float) -> TaskAmount:
    """Return the task with so many labelled examples to predict, at most `MOST`."""
    wanted = min(MOST, number) / max(1.0, task.train.number)
    return task.predicting(task.train.times(wanted))

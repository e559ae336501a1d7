"""Plan which labelled examples are a fit's calibration examples, and which fit predicts them.

How they are come by depends on what a fit costs: see `method_of`. The constants are measured in
docs/calibration.md.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from bench.baseline import Baseline
from bench.data.split import fold_numbers, sample, set_apart
from bench.errors import DataError
from bench.records import CalibrationMethod
from bench.runs.cells.cell_task import CellTask

FITS = 5
"""Further fits of a cross-fitted family, each without one of as many parts."""
SHARE = 0.2
"""The share of the labelled examples that is reserved where a fit is too costly to be repeated."""
FEWEST_TO_RESERVE = 100
"""Labelled examples below which none is reserved: learning needs them all."""
FEWEST = 10
"""Calibration examples below which none are predicted: nothing could be chosen on them."""
MOST = 1000
"""The largest number of examples that is reserved, or predicted by a prompted model."""
CHEAP_UP_TO = 200_000
"""Labelled examples up to which a cheap family is cross-fitted; of more, `MOST` are half a percent,
which cost less to reserve than five fits."""


@dataclass(frozen=True)
class CalibrationPlan:
    """The method by which a fit gets its calibration examples, and which these are.

    Args:
        method: the same for all its tasks.
        parts: for each task one tuple of positions for each fit that predicts; none if the task
            has no calibration examples.
        reasons: for each task, why it has none; "" if it has some.
    """

    method: CalibrationMethod
    parts: Sequence[Sequence[tuple[int, ...]]]
    reasons: Sequence[str]

    def learnt(self, tasks: Sequence[CellTask]) -> list[CellTask]:
        """Return the tasks without the examples that are reserved."""
        return self.without(tasks, 0) if self.method == "reserved" else list(tasks)

    def without(self, tasks: Sequence[CellTask], number: int) -> list[CellTask]:
        """Return the tasks without a part."""
        pairs = zip(tasks, self.parts, strict=True)
        return [task.without({*parts[number]}) if parts else task for task, parts in pairs]


def method_of(baseline: Baseline, labelled: int) -> CalibrationMethod:
    """Return how a fit comes by its calibration examples.

    Args:
        baseline: the baseline; see `bench.baseline.Baseline` for the attributes.
        labelled: the number of labelled examples of all its tasks.
    """
    if getattr(baseline, "is_floor", False):
        return "none"
    if getattr(baseline, "prompted", False):
        return "never_learnt"
    most = getattr(baseline, "cross_fits_up_to", CHEAP_UP_TO if baseline.full_data_entry else 0)
    return "cross_fitted" if labelled <= most else "reserved"


def calibration_plan(baseline: Baseline, tasks: Sequence[CellTask]) -> CalibrationPlan:
    """Plan the calibration examples of a fit. The same labelled examples give the same plan for
    every family with the same method and for every seed."""
    method = method_of(baseline, sum(len(task.labelled) for task in tasks))
    found = [_PARTS[method](task) for task in tasks]
    reasons = [
        "" if parts else _reason(method, task) for parts, task in zip(found, tasks, strict=True)
    ]
    return CalibrationPlan(method, found, reasons)


def _folds(task: CellTask) -> list[tuple[int, ...]]:
    if len(task.labelled) < FEWEST:
        return []
    try:
        number = fold_numbers(task.pick(task.labelled), task.task.output, FITS, seed=0)
    except DataError:  # fewer groups than folds
        return []
    dealt = list(zip(task.labelled, number, strict=True))
    return [tuple(i for i, its in dealt if its == k) for k in range(FITS)]


def _reserved(task: CellTask) -> list[tuple[int, ...]]:
    """Choose among the training examples: validation keeps its own purpose."""
    chosen = task.chosen
    if len(task.labelled) < FEWEST_TO_RESERVE:
        return []
    wanted = min(MOST, round(SHARE * len(task.labelled)))
    kept = task.pick(chosen.validation)
    apart = set_apart(task.pick(chosen.train), task.task.output, wanted, seed=0, beside=kept)
    return [tuple(chosen.train[i] for i in apart)] if len(apart) >= FEWEST else []


def _candidates(task: CellTask) -> list[tuple[int, ...]]:
    """Return all labelled examples, those first that a costlier family would have reserved."""
    first = [i for part in _reserved(task) for i in part]
    position = {task.rows[i].id: i for i in task.labelled}
    drawn = sample(task.pick(task.labelled), task.task.output, len(position), seed=0)
    rest = [position[row.id] for row in drawn]
    return [tuple(dict.fromkeys([*first, *rest]))]


_PARTS: Mapping[CalibrationMethod, Callable[[CellTask], list[tuple[int, ...]]]] = {
    "cross_fitted": _folds,
    "reserved": _reserved,
    "never_learnt": _candidates,
    "none": lambda task: [],
}


def _reason(method: CalibrationMethod, task: CellTask) -> str:
    labelled = len(task.labelled)
    if method == "reserved" and labelled >= FEWEST_TO_RESERVE:
        return f"fewer than {FEWEST} of {labelled:,} labelled examples could be reserved"
    needed = FEWEST_TO_RESERVE if method == "reserved" else FEWEST
    if labelled < needed:
        return f"there are {labelled:,} labelled examples, fewer than {needed}"
    return f"the labelled examples are of fewer than {FITS} groups"

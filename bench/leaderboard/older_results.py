"""Facts of a run, read in results of older versions, too, which have no field for them."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bench.records import TRAIN_SIZE, Result

_FLOOR = ("majority", "stratified_random")
_MULTI = "_multi"
"""The ending of a multi-task baseline's name; the rest is its single-task twin's."""
_FOLDS = re.compile(r"(?:^|, )(\d+) folds(?=, |$)")


@dataclass(frozen=True)
class Variant:
    """The swept values of a run by parameter, in their order, and its folds."""

    swept: Mapping[str, Any]
    folds: int


def blocked(run: Result) -> bool:
    """Whether the record is of something that never came to a run."""
    return run.blocked or not run.ingredients


def is_floor(run: Result) -> bool:
    """Whether the run's baseline learns nothing of the text."""
    if run.is_floor is None:
        return run.outside is None and run.baseline in _FLOOR
    return run.is_floor


def single_task_twin(run: Result) -> str:
    """The baseline that does the same as the run's, a task at a time; "" without one."""
    if run.single_task_twin is None:
        return run.baseline.removesuffix(_MULTI) if run.baseline.endswith(_MULTI) else ""
    return run.single_task_twin


def variant(run: Result) -> Variant:
    """The run's swept values and folds."""
    if run.swept or run.folds or not run.variant:
        return Variant(run.swept, run.folds)
    return _read_variant_of_before(run.variant, run)


def _read_variant_of_before(text: str, run: Result) -> Variant:
    """The swept values and folds that a variant's text names: older results have only that."""
    rest = f", {text}, "
    given = {**(run.settings or run.params), "train": run.limit.train}
    places = {name: rest.find(f", {name}={value}, ") for name, value in given.items()}
    swept = {}
    for name in sorted((name for name in given if places[name] >= 0), key=places.__getitem__):
        swept[TRAIN_SIZE if name == "train" else name] = given[name]
        rest = rest.replace(f", {name}={given[name]}, ", ", ", 1)
    # The oldest do not keep values that are the default.
    swept |= dict(part.split("=", 1) for part in rest.split(", ") if "=" in part)
    folds = _FOLDS.search(text)
    return Variant(swept, int(folds[1]) if folds else 0)


def score_train(run: Result) -> bool:
    """Whether the rows that the run learnt from were answered and scored, too."""
    return run.score_train or "scored on train, too" in run.ingredients

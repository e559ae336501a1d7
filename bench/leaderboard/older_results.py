"""Facts of a run that results of older versions do not store as fields."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from bench.records import TRAIN_SIZE, IntervalFacts, Result, TaskScores

_FLOOR = ("majority", "stratified_random")
_MULTI = "_multi"
"""Suffix of a multi-task baseline's name; the rest is the name of its single-task twin."""
_FOLDS = re.compile(r"(?:^|, )(\d+) folds(?=, |$)")


@dataclass(frozen=True)
class Variant:
    """Swept values of a run by parameter, in their order, and its number of folds."""

    swept: Mapping[str, Any]
    folds: int


def blocked(run: Result) -> bool:
    """Return whether no run was started for the record."""
    return run.blocked or not run.ingredients


def is_floor(run: Result) -> bool:
    """Return whether the run's baseline ignores the text."""
    if run.is_floor is None:
        return run.outside is None and run.baseline in _FLOOR
    return run.is_floor


def single_task_twin(run: Result) -> str:
    """Return the baseline that does the same one task at a time; "" where there is none."""
    if run.single_task_twin is None:
        return run.baseline.removesuffix(_MULTI) if run.baseline.endswith(_MULTI) else ""
    return run.single_task_twin


def variant(run: Result) -> Variant:
    """Return the run's swept values and the folds that set it apart: not those by default."""
    if run.swept or run.folds or not run.variant:
        return Variant(run.swept, 0 if run.folds_by_default else run.folds)
    return _read_variant_of_before(run.variant, run)


def _read_variant_of_before(text: str, run: Result) -> Variant:
    """Parse the display text of a variant: older results store nothing else."""
    remaining = f", {text}, "
    settings = {**(run.settings or run.params), "train": run.limit.train}
    places = {name: remaining.find(f", {name}={value}, ") for name, value in settings.items()}
    swept = {}
    for name in sorted((name for name in settings if places[name] >= 0), key=places.__getitem__):
        swept[TRAIN_SIZE if name == "train" else name] = settings[name]
        remaining = remaining.replace(f", {name}={settings[name]}, ", ", ", 1)
    # The oldest results do not store values that equal the default.
    swept |= dict(part.split("=", 1) for part in remaining.split(", ") if "=" in part)
    folds = _FOLDS.search(text)
    return Variant(swept, int(folds[1]) if folds else 0)


def interval_facts(seeds: Sequence[TaskScores]) -> IntervalFacts:
    """Return how the interval of the seeds' mean main metric is made: by percentiles, as formerly,
    if any seed has no facts or another method."""
    known = [scores.interval for scores in seeds if scores.interval is not None]
    if len(known) < len(seeds) or len({(facts.method, facts.units) for facts in known}) > 1:
        return IntervalFacts()
    return known[0].model_copy(
        update={
            name: float(np.mean([getattr(facts, name) for facts in known]))
            for name in ("widening", "bias", "noise")
        }
    )


def score_train(run: Result) -> bool:
    """Return whether the run predicted and scored its training examples, too."""
    return run.score_train or "scored on train, too" in run.ingredients

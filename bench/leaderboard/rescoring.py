"""Score stored predictions again: by another metric, or on a part of the test examples."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bench.errors import BenchError, StoreError, UserError
from bench.leaderboard.gather import TaskRun
from bench.metrics import metric, metrics_of
from bench.metrics.aligned import Scored
from bench.metrics.base import Metric
from bench.outputs import Fields, Output, Spans
from bench.outputs.from_spec import output_of
from bench.records import TaskScores
from bench.runs.cells.direction import direction_of
from bench.scoring.evaluate import replicates
from bench.scoring.intervals import facts_of, interval_of
from bench.scoring.significance import Floats
from bench.store.predictions import columns_of, read_predictions
from bench.store.store import Store

_BROKEN = (BenchError, ValueError, TypeError, KeyError, IndexError, AttributeError)
"""What a stored answer that is not one of its answer space raises, wherever it is used."""
SAME = 1e-9
"""Largest relative distance between a stored score and the same one computed anew."""
COLUMNS = ("id", "gold", "value", "scores")
KEPT = 256
"""Largest number of files whose predictions are kept in memory."""
Read = Callable[[TaskRun], Scored]
"""Returns a run's stored predictions; raises StoreError where they cannot be scored again."""
ReadBy = Callable[[str, TaskScores, str], Scored]
"""Returns the predictions of a run's folder on a task, to be scored by the named metric; raises
StoreError where they cannot be."""


@dataclass(frozen=True)
class Rescored:
    """A score with its bootstrap draws."""

    point: float
    draws: Floats


def reader(store: Store) -> Read:
    """Return a function that reads predictions of a results folder, and keeps those it read last:
    tests and estimates of a task ask for the same ones."""
    kept: dict[tuple[str, str], Scored] = {}

    def read(part: TaskRun) -> Scored:
        place = (part.folder, part.task)
        if place not in kept:
            facts = part.facts
            kept[place] = stored_predictions(store, part.folder, facts, facts.main_metric)
            if len(kept) > KEPT:
                del kept[next(iter(kept))]  # the oldest
        return kept[place]

    return read


def predictions_in(store: Store) -> ReadBy:
    """Return a function that reads predictions of a results folder to score them by any metric."""
    return lambda folder, facts, by: stored_predictions(store, folder, facts, by)


def stored_predictions(store: Store, folder: str, facts: TaskScores, by: str) -> Scored:
    """Return a run's predictions as they were scored, but without texts.

    Args:
        store: the results folder.
        folder: the run's folder in it.
        facts: the run's scores on a task.
        by: name of the metric that they are to be scored by.

    Raises:
        StoreError: the file cannot be used, its answers need texts, which results do not hold, or
            groups, which older results do not.
    """
    output = output_of(facts.output)
    if _needs_texts(output, by):
        raise StoreError("places in a text cannot be scored again without the text")
    path = store.root / folder / facts.predictions
    grouped = facts.data.groups != facts.data.test
    if grouped and "group" not in columns_of(path):
        raise StoreError("its test examples come in groups, which older results do not hold")
    wanted = (*COLUMNS, "group") if grouped else COLUMNS
    table = read_predictions(path, facts.data.test, wanted)
    try:
        return _scored(output, table.to_pydict())
    except _BROKEN as error:
        words = f"{type(error).__name__}: {error}"
        raise StoreError(f"{path} cannot be scored again ({words}); run it again") from None


def _needs_texts(output: Output, by: str) -> bool:
    """Return whether a metric counts tokens or characters of the text."""
    parts = list(output.parts.values()) if isinstance(output, Fields) else [output]
    return any(isinstance(one, Spans) for one in parts) and "entity" not in by


def _scored(output: Output, columns: dict[str, list[object]]) -> Scored:
    order = sorted(range(len(columns["id"])), key=lambda i: str(columns["id"][i]))

    def answers(name: str) -> tuple[object, ...]:
        texts = [columns[name][i] for i in order]
        return tuple(None if t is None else output.from_json(json.loads(str(t))) for t in texts)

    lists = [columns["scores"][i] for i in order]
    whole = bool(lists) and all(one is not None for one in lists)
    return Scored(
        output=output,
        ids=tuple(str(columns["id"][i]) for i in order),
        texts=("",) * len(order),
        gold=answers("gold"),  # type: ignore[arg-type]
        value=answers("value"),  # type: ignore[arg-type]
        scores=np.array(lists, np.float64) if whole else None,
        unit=_units([columns["group"][i] for i in order] if "group" in columns else order),
    )


def _units(groups: Sequence[object]) -> NDArray[np.int64]:
    """Number the groups in the order of the ids, like `bench.metrics.aligned.align`."""
    number: dict[object, int] = {}
    return np.array([number.setdefault(group, len(number)) for group in groups], np.int64)


def known_metric(facts: TaskScores, name: str = "") -> Metric:
    """Return a metric of bench's own by its name: that of the task's answer space, else of any.

    Args:
        facts: the task.
        name: the metric's name; "": the task's main metric.

    Raises:
        StoreError: the task alone defines it.
    """
    name = name or facts.main_metric
    own = {one.name: one for one in metrics_of(output_of(facts.output))}
    if name in own:
        return own[name]
    try:
        return metric(name)
    except UserError:
        raise StoreError(f"metric {name} is the task's own: it cannot be computed here") from None


def rescored(scored: Sequence[Scored], wanted: Metric) -> Rescored:
    """Return a metric's mean over seeds, with its draws.

    Raises:
        StoreError: the metric needs label scores that are not stored, or does not fit the answers.
    """
    if wanted.needs_scores and any(one.scores is None for one in scored):
        raise StoreError(f"metric {wanted.name} needs a score for each label")
    try:
        points = [wanted.point(one) for one in scored]
        draws = [replicates([wanted], one)[wanted.name] for one in scored]
    except _BROKEN as error:
        raise StoreError(f"metric {wanted.name}: {type(error).__name__}: {error}") from None
    return Rescored(float(np.mean(points)), np.asarray(np.mean(draws, axis=0), np.float64))


def ranked_by(facts: TaskScores, name: str, scored: Scored) -> tuple[TaskScores, Floats]:
    """Return the record as a run with that main metric would have stored it, and the metric's
    bootstrap draws.

    The task's margin belongs to its own main metric, so that the metric's applies. Scores of people
    are of the task's main metric, and go. Expected scores of guessing stay as they are stored, with
    the draws of the one guess that is stored, moved to them.

    Args:
        facts: the record.
        name: name of a metric of bench's own.
        scored: the predictions.

    Raises:
        StoreError: the metric does not fit the answers, or the task defines another one of the same
            name.
    """
    wanted = known_metric(facts, name)
    found = rescored([scored], wanted)
    stored = facts.scores.get(name, found.point)
    if facts.guesses and name in facts.intervals:
        return _ranked(facts, wanted, scored, {}), found.draws + (stored - found.point)
    if abs(stored - found.point) > SAME * max(1.0, abs(stored)):
        raise StoreError(
            f"its stored {name} is {stored:.4g}, but {found.point:.4g} as bench computes it now: "
            "the task or an older version defines it otherwise"
        )
    interval = facts_of(wanted, scored)
    bounds = interval_of(found.point, found.draws, interval)
    computed = {
        "scores": {name: found.point, **facts.scores},
        "intervals": {**facts.intervals, name: (bounds.low, bounds.high)},
        "interval": interval,
    }
    return _ranked(facts, wanted, scored, computed), found.draws


def _ranked(
    facts: TaskScores, by: Metric, scored: Scored, computed: Mapping[str, object]
) -> TaskScores:
    direction = direction_of(by, scored.output)
    update = {"main_metric": by.name, "direction": direction, "people": None, **computed}
    return facts.model_copy(update=update)


def among(scored: Scored, ids: frozenset[str]) -> Scored:
    """Return the examples with those ids."""
    mask: NDArray[np.bool_] = np.array([id_ in ids for id_ in scored.ids], bool)
    return scored.keep(mask)

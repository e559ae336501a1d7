"""Score stored predictions again: by another metric, or on a part of the test examples."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bench.errors import BenchError, StoreError, UserError
from bench.leaderboard.gather import TaskRun
from bench.metrics import metric
from bench.metrics.aligned import Scored
from bench.metrics.base import Metric
from bench.outputs import Fields, Output, Spans
from bench.outputs.from_spec import output_of
from bench.records import TaskScores
from bench.scoring.evaluate import replicates
from bench.scoring.significance import Floats
from bench.store.predictions import read_predictions
from bench.store.store import Store

_BROKEN = (BenchError, ValueError, TypeError, KeyError, IndexError, AttributeError)
"""What a stored answer that is not one of its answer space raises, wherever it is used."""
COLUMNS = ("id", "gold", "value", "scores")
Read = Callable[[TaskRun], Scored]
"""Returns a run's stored predictions; raises StoreError where they cannot be scored again."""


@dataclass(frozen=True)
class Rescored:
    """A score with its bootstrap draws."""

    point: float
    draws: Floats


def reader(store: Store) -> Read:
    """Return a function that reads predictions of a results folder."""
    return lambda part: stored_predictions(store, part)


def stored_predictions(store: Store, part: TaskRun) -> Scored:
    """Return a run's predictions as they were scored, but without texts and with every example as
    a resampling unit of its own.

    Raises:
        StoreError: the file cannot be used, or its answers need texts or groups, which results do
            not hold.
    """
    facts = part.facts
    output = output_of(facts.output)
    if refusal := _refusal(facts, output):
        raise StoreError(refusal)
    path = store.root / part.folder / facts.predictions
    table = read_predictions(path, facts.data.test, COLUMNS)
    try:
        return _scored(output, table.to_pydict())
    except _BROKEN as error:
        words = f"{type(error).__name__}: {error}"
        raise StoreError(f"{path} cannot be scored again ({words}); run it again") from None


def _refusal(facts: TaskScores, output: Output) -> str:
    parts = list(output.parts.values()) if isinstance(output, Fields) else [output]
    # Other metrics of spans count tokens or characters of the text.
    if any(isinstance(one, Spans) for one in parts) and "entity" not in facts.main_metric:
        return "places in a text cannot be scored again without the text"
    if facts.data.groups != facts.data.test:
        return "its test examples come in groups, which results do not hold"
    return ""


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
        unit=np.arange(len(order)),
    )


def known_metric(name: str) -> Metric:
    """Return a metric of bench's own by its name.

    Raises:
        StoreError: the task alone defines it.
    """
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


def among(scored: Scored, ids: frozenset[str]) -> Scored:
    """Return the examples with those ids."""
    mask: NDArray[np.bool_] = np.array([id_ in ids for id_ in scored.ids], bool)
    return scored.keep(mask)

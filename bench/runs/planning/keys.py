"""The key of a run: the named parts that it is the hash of, and why a stored one no longer fits."""

import json
from collections.abc import Callable, Container, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from bench.data.prepare import PreparedTask
from bench.records import Limit
from bench.runs.planning.row_selection import hash_of_texts, hashed
from bench.runs.planning.run_spec import Run, TaskRows


@dataclass(frozen=True)
class Code:
    """Contribution of each baseline's code to a key."""

    sources: Mapping[str, str]
    """sha256 of the code that a baseline's answers depend on, by baseline."""
    libraries: Mapping[str, str]
    """Major versions of the numerical libraries, by baseline."""
    further: Callable[[str, Mapping[str, Any]], Mapping[str, str]] = lambda name, params: {}
    """Function from baseline and parameters to further dependencies of its answers: weights, number
    format."""
    measuring: Container[str] = ()
    """Baselines that evaluate their task's main metric, for example for early stopping."""
    for_plain: Mapping[str, str] = field(default_factory=dict)
    """As `sources`, for tasks of plain texts, where another digest counts for these."""

    dictionaries: Mapping[str, str] = field(default_factory=dict)
    """The version of the dictionaries by which a baseline divides texts that are not plain."""

    def words(self, baseline: str, tasks: Sequence[PreparedTask]) -> dict[str, str]:
        """Return the part of a key for the words of texts that are not plain."""
        version = self.dictionaries.get(baseline, "")
        return {"words": version} if version and not all(t.plain for t in tasks) else {}

    def source(self, baseline: str, tasks: Sequence[PreparedTask]) -> str:
        """Return the sha256 of the code that a baseline's answers for these tasks depend on."""
        source = self.sources[baseline]
        former = self.for_plain.get(baseline, source)
        return former if former != source and all(task.plain for task in tasks) else source


@dataclass(frozen=True)
class Inputs:
    """All that can change a run's answers, its code apart.

    Args:
        baseline: its name.
        params: its parameters.
        tasks: the run's tasks.
        rows: the examples of each task that it uses.
        seed: its seed.
        limit: the number of examples asked for.
        full_data_row: whether it is the extra run on all examples.
        folds: the number of folds; 0: none.
        score_train: whether the training examples are scored as well.
    """

    baseline: str
    params: Mapping[str, Any]
    tasks: Sequence[PreparedTask]
    rows: Sequence[TaskRows]
    seed: int
    limit: Limit
    full_data_row: bool
    folds: int
    score_train: bool


def key_parts(inputs: Inputs, code: Code, further: Mapping[str, str]) -> dict[str, str]:
    """Return the named parts that a run's key is the hash of.

    Args:
        inputs: what the run is given.
        code: the code of the baselines.
        further: the parts that the baseline itself adds.
    """
    limit = inputs.limit
    parts = {
        **{f"its {name}": value for name, value in further.items()},
        "task": hashed([t.task.spec() for t in inputs.tasks]),
        "data": hashed([[r.train_hash, r.test_hash] for r in inputs.rows]),
        "baseline": inputs.baseline,
        "source": code.source(inputs.baseline, inputs.tasks),
        "params": json.dumps(dict(inputs.params), sort_keys=True, default=str),
        "libraries": code.libraries[inputs.baseline],
        **code.words(inputs.baseline, inputs.tasks),
        "seed": str(inputs.seed),
        "limit": json.dumps([limit.train, limit.test, inputs.full_data_row]),
    }
    if inputs.baseline in code.measuring:
        parts["main metric"] = json.dumps([_declared_metric(t) for t in inputs.tasks])
    if inputs.score_train:
        parts["scored on train, too"] = "yes"
    if limit.test is None and not inputs.folds and any(t.unscored for t in inputs.tasks):
        parts["unscored"] = hash_of_texts(r for t in inputs.tasks for r in t.unscored)
    return parts


def _declared_metric(prepared: PreparedTask) -> str:
    """Return the main metric's name; "" for the answer space's own, which the source hash
    covers."""
    metrics = prepared.task.metrics
    return metrics[0].name if metrics else ""


def why_stale(run: Run, stored: Sequence[Mapping[str, str]]) -> str:
    """Return why a run must be done: `new`, or what changed since the most similar stored run.

    Args:
        run: a run whose key is not stored.
        stored: the key parts of the stored runs of the same baseline and tasks.
    """
    if not stored:
        return "new"
    changes: list[tuple[int, list[str]]] = []
    for old in stored:
        names = sorted(name for name, value in run.ingredients.items() if old.get(name) != value)
        changes.append((len(names), names))
    return "changed: " + ", ".join(min(changes)[1])

"""Restrict stored results to suites, tasks or baselines, or rank them by another metric. A
leaderboard of what is left is computed as if the results folder held nothing else."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

import numpy as np

from bench.errors import BenchError, Problem, StoreError, UserError, did_you_mean
from bench.leaderboard.choice import Choice, Selection
from bench.leaderboard.older_results import is_floor
from bench.leaderboard.rescoring import ReadBy, ranked_by
from bench.leaderboard.wording.choice import in_words, named
from bench.metrics import metrics_of
from bench.outputs.from_spec import output_of
from bench.records import Result, TaskScores
from bench.store.store import Contents, StoredResult

REASONS = 3
"""Largest number of reasons that a message gives."""


def select(contents: Contents, choice: Choice, read: ReadBy) -> tuple[Contents, Selection]:
    """Return the chosen part of a results folder's contents, and what was chosen.

    Floor entries stay whatever baselines are chosen, as means and recommendations need the floor.
    Only predictions of chosen results are read, and none unless a metric is chosen that is not a
    task's own main one.

    Args:
        contents: the contents of the folder.
        choice: what to keep.
        read: reads predictions.

    Raises:
        UserError: nothing stored has a chosen name, or nothing is left.
    """
    suites = _suites(contents.results)
    _refuse_unknown(contents.results, choice, suites)
    tasks = _tasks(choice, suites)
    baselines = {*choice.baselines}
    kept = [
        part
        for stored in contents.results
        if not baselines or stored.result.baseline in baselines or is_floor(stored.result)
        if (part := _only(stored, tasks))
    ]
    if baselines and not any(stored.result.baseline in baselines for stored in kept):
        raise UserError(f"nothing stored is of {named(choice)}")
    left_out: tuple[Problem, ...] = ()
    if choice.metric:
        kept, left_out = _by_metric(kept, choice.metric, read)
    left = {task for stored in kept for task in _task_names(stored.result)}
    if not left:
        why = "".join(f"; {one.where}: {one.what}" for one in left_out[:REASONS])
        raise UserError(f"nothing stored is of {named(choice)}{why}")
    floors = {stored.result.baseline for stored in kept if is_floor(stored.result)} - baselines
    sentences = in_words(choice, len(left), len(suites), sorted(floors), left_out)
    found = Selection(choice, len(left), len(suites), left_out, sentences)
    return replace(contents, results=tuple(kept)), found


def _task_names(run: Result) -> tuple[str, ...]:
    return tuple(one.task for one in run.results) if run.status == "done" else run.tasks


def _suites(results: Iterable[StoredResult]) -> dict[str, str | None]:
    """Return the suite of each task: that of its newest finished run, or of its newest run."""
    found: dict[str, str | None] = {}
    for stored in sorted(results, key=lambda s: (s.result.status == "done", s.result.started)):
        run = stored.result
        found |= {task: run.suites.get(task) for task in _task_names(run)}
        found |= {one.task: one.suite for one in run.results}
    return found


def _refuse_unknown(
    results: Sequence[StoredResult], choice: Choice, suites: dict[str, str | None]
) -> None:
    for what, names, known in (
        ("suite", choice.suites, {suite for suite in suites.values() if suite}),
        ("task", choice.tasks, {*suites}),
        ("baseline", choice.baselines, {stored.result.baseline for stored in results}),
        ("metric", *_metric(choice, results)),
    ):
        for name in names:
            if name not in known:
                raise UserError(f"unknown {what} '{name}'; {did_you_mean(name, known)}")


def _metric(choice: Choice, results: Iterable[StoredResult]) -> tuple[tuple[str, ...], set[str]]:
    """Return the chosen metric, if any, and all that stored answers have."""
    if not choice.metric:
        return (), set()
    known = {name for stored in results for one in stored.result.results for name in _of(one)}
    return (choice.metric,), known


def _of(facts: TaskScores) -> set[str]:
    """Return the names of the metrics that a task's answers have."""
    try:
        own = metrics_of(output_of(facts.output))
    except BenchError:  # an answer space that bench does not know
        own = ()
    return {facts.main_metric, *facts.scores, *(metric.name for metric in own)}


def _tasks(choice: Choice, suites: dict[str, str | None]) -> set[str]:
    if not choice.suites and not choice.tasks:
        return {*suites}
    return {*choice.tasks, *(task for task, suite in suites.items() if suite in choice.suites)}


def _only(stored: StoredResult, tasks: set[str]) -> StoredResult | None:
    """Return the part of a run that concerns some tasks; None where there is none."""
    run = stored.result
    if run.status != "done":
        rest = tuple(task for task in run.tasks if task in tasks)
        # A record that names no task is a problem to be told, whatever is chosen.
        return _with(stored, tasks=rest) if rest or not run.tasks else None
    places = [i for i, one in enumerate(run.results) if one.task in tasks]
    return _at(stored, places) if places or not run.results else None


def _with(stored: StoredResult, **fields: object) -> StoredResult:
    return replace(stored, result=stored.result.model_copy(update=fields))


def _at(stored: StoredResult, places: Sequence[int]) -> StoredResult:
    """Return the results at some positions. A fit over several tasks stays one over all of them, so
    that its cost is shared as before."""
    part = _with(stored, results=tuple(stored.result.results[i] for i in places))
    return replace(part, replicates=tuple(stored.replicates[i] for i in places))


def _by_metric(
    results: Sequence[StoredResult], metric: str, read: ReadBy
) -> tuple[list[StoredResult], tuple[Problem, ...]]:
    """Return the results ranked by a metric, without the tasks and results that cannot be."""
    having = {f.task for s in results for f in s.result.results if metric in _of(f)}
    scored = {f.task for s in results for f in s.result.results}
    without = [
        Problem(where=task, what=f"its answers have no {metric}")
        for task in sorted(scored - having)
    ]
    kept = [p for s in results if (p := _only(s, having | _unscored(results, scored)))]
    order = sorted(range(len(kept)), key=lambda i: _same_draws(kept[i]))
    broken: list[Problem] = []
    found: dict[int, StoredResult | None] = {}
    for i in order:  # runs on the same test examples in succession share their draws
        found[i] = _rescored(kept[i], metric, read, broken)
    rest = [one for i in range(len(kept)) if (one := found[i]) is not None]
    return rest, (*without, *sorted(broken, key=lambda problem: (problem.where, problem.what)))


def _unscored(results: Sequence[StoredResult], scored: set[str]) -> set[str]:
    return {task for s in results for task in s.result.tasks if task not in scored}


def _same_draws(stored: StoredResult) -> list[tuple[str, str]]:
    return [(facts.task, facts.data.test_hash) for facts in stored.result.results]


def _rescored(
    stored: StoredResult, metric: str, read: ReadBy, broken: list[Problem]
) -> StoredResult | None:
    run = stored.result
    places, records, draws = [], [], []
    for i, facts in enumerate(run.results):
        try:
            record, drawn = facts, stored.replicates[i]
            if facts.main_metric != metric:
                record, values = ranked_by(facts, metric, read(stored.folder, facts, metric))
                drawn = values.astype(np.float32)
        except StoreError as error:
            where = f"{run.baseline} on {facts.task}, seed {run.seed}"
            broken.append(Problem(where=where, what=str(error)))
            continue
        places.append(i)
        records.append(record)
        draws.append(drawn)
    if run.results and not places:
        return None
    return replace(_with(stored, results=tuple(records)), replicates=tuple(draws))

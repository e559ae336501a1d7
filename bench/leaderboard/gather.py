"""Sort stored results into cells of the leaderboard: the newest ones that are comparable."""

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from bench.errors import Problem
from bench.leaderboard.changed_data import Tested, outdated
from bench.leaderboard.entry_key import EntryKey
from bench.leaderboard.older_results import blocked, is_floor
from bench.records import Result, TaskScores
from bench.store.store import StoredResult


@dataclass(frozen=True)
class TaskRun:
    """One run's outcome on one task; `scores` and `replicates` are None unless it is done."""

    task: str
    row: EntryKey
    run: Result
    folder: str
    scores: TaskScores | None = None
    replicates: NDArray[np.float32] | None = None

    @property
    def age(self) -> tuple[str, str]:
        """Sort key, oldest first."""
        return (self.run.started, self.run.key)

    @property
    def blocked(self) -> bool:
        """True where no run was started: such a record has neither parameters nor a seed."""
        return blocked(self.run)

    @property
    def facts(self) -> TaskScores:
        """The scores of a finished part."""
        assert self.scores is not None
        return self.scores

    @property
    def setting(self) -> tuple[str, str, int]:
        """The properties that finished parts must share to be compared: test examples, main metric
        and replicates."""
        draws = 0 if self.replicates is None else len(self.replicates)
        return (self.facts.data.test_hash, self.facts.main_metric, draws)

    @property
    def tested(self) -> Tested:
        """When it was begun, and on which test examples."""
        protocol = (self.run.limit.test, self.run.folds > 0)
        return Tested(self.run.started, protocol, self.facts.data.test_hash)


@dataclass(frozen=True)
class CellParts:
    """The runs of a cell: finished parts in the order of their seeds, and the others."""

    done: tuple[TaskRun, ...]
    others: tuple[TaskRun, ...]
    """Failed and skipped parts, oldest first."""
    comparable: bool
    outdated: bool = False
    """Whether the task's examples have changed since: nothing is concluded from it."""

    @property
    def newest(self) -> TaskRun:
        """The newest finished part, or the newest of the others where none is finished."""
        return max(self.done or self.others, key=lambda part: part.age)


@dataclass(frozen=True)
class TaskParts:
    """One task: its cells, and every finished part of the version that is shown."""

    name: str
    cells: Mapping[EntryKey, CellParts]
    scored: tuple[TaskRun, ...]
    """Finished parts, oldest first; empty where no entry has finished the task."""
    newest: TaskRun | None
    """The newest finished part that the leaderboard compares; submitted predictions only where
    nothing else is left."""


@dataclass(frozen=True)
class Gathered:
    """All results of a store, sorted into cells."""

    tasks: Mapping[str, TaskParts]
    problems: tuple[Problem, ...]


def gather(results: Sequence[StoredResult]) -> Gathered:
    """Sort results into cells; the outcome does not depend on their order.

    For each task, entry, test limit and seed the newest result counts; a skip never replaces a
    finished result of its cell, nor does a record of a run that was never started.
    """
    problems: list[Problem] = []
    by_task: dict[str, list[TaskRun]] = defaultdict(list)
    for part in sorted(_parts(results), key=lambda part: part.age):
        by_task[part.task].append(part)
    entries = {p.row for parts in by_task.values() for p in parts if not p.blocked}
    tasks = {name: _task(name, by_task[name], entries, problems) for name in sorted(by_task)}
    problems += [_of_nothing(stored) for stored in results if not stored.result.tasks]
    return Gathered(tasks, tuple(problems))


def _of_nothing(stored: StoredResult) -> Problem:
    return Problem(where=stored.folder, what="not used: it names no task; delete the folder")


def _parts(results: Sequence[StoredResult]) -> Iterable[TaskRun]:
    whole = {_entry_key(s.result) for s in results if not s.result.full_data_row}
    for stored in results:
        run, entry = stored.result, _entry_key(stored.result)
        # The same entry, once beside a limit and once in a run without one.
        entry = same if (same := replace(entry, full_data_row=False)) in whole else entry
        for scores, replicates in zip(run.results, stored.replicates, strict=True):
            yield TaskRun(scores.task, entry, run, stored.folder, scores, replicates)
        if run.status != "done":
            yield from (TaskRun(task, entry, run, stored.folder) for task in run.tasks)


def _entry_key(run: Result) -> EntryKey:
    params = json.dumps(run.params, sort_keys=True, default=str)
    limit, full = run.limit.train, run.full_data_row
    outside = run.outside is not None
    key = EntryKey(run.baseline, params, run.variant, limit, full, run.recipe, outside)
    return replace(key, larger=run.larger)


def _task(
    name: str, parts: Sequence[TaskRun], entries: set[EntryKey], problems: list[Problem]
) -> TaskParts:
    parts = _newest_version(name, parts, problems)
    by_row: dict[EntryKey, list[TaskRun]] = defaultdict(list)
    for part in parts:
        for entry in _entries_meant(part, entries):
            by_row[entry].append(part)
    current = {entry: _newest_of_each_seed(row_parts) for entry, row_parts in by_row.items()}
    done = [p for row_parts in current.values() for p in row_parts if p.scores]
    old = outdated(p.tested for p in done if not p.row.outside)
    present = [p for p in done if p.row.outside or p.tested not in old]
    setting = _reference(present)
    cells = {
        entry: _cell(entry, current[entry], setting, old, problems)
        for entry in sorted(current, key=lambda entry: entry.order)
    }
    compared = [p for cell in cells.values() if cell.comparable for p in cell.done]
    _same_examples(name, compared, problems)
    scored = tuple(p for p in parts if p.scores)
    newest = max(compared, key=lambda p: (not p.row.outside, p.age), default=None)
    return TaskParts(name, cells, scored, newest)


def _newest_version(name: str, parts: Sequence[TaskRun], problems: list[Problem]) -> list[TaskRun]:
    counts = Counter(p.scores.version for p in parts if p.scores)
    newest = max(counts, default=0)
    for version, count in sorted(counts.items()):
        if version != newest:
            what = f"{count} of version {version} not shown: the newest is version {newest}"
            problems.append(Problem(where=name, what=f"results: {what}; versions never mix"))
    return [p for p in parts if p.scores is None or p.scores.version == newest]


def _entries_meant(part: TaskRun, entries: set[EntryKey]) -> list[EntryKey]:
    """Return the entry of a part; for a part that was never run, all entries of its baseline,
    nearest limit first."""
    if not part.blocked:
        return [part.row]
    name = part.row.baseline
    family = [entry for entry in entries if entry.baseline == name and not entry.outside]
    limit = part.row.limit_train
    near = [entry for entry in family if entry.full_data_row or entry.limit_train == limit]
    return near or family or [part.row]


def _newest_of_each_seed(parts: Sequence[TaskRun]) -> list[TaskRun]:
    newest: dict[tuple[int | None, int, int], TaskRun] = {}
    for part in parts:  # parts are sorted oldest first
        place = (part.run.limit.test, part.run.folds, part.run.seed)
        old = newest.get(place)
        yields = part.run.status == "skipped" or part.blocked
        if not (yields and old is not None and old.scores):
            newest[place] = part
    remaining = list(newest.values())
    if any(p.scores for p in remaining):
        remaining = [p for p in remaining if not (p.blocked or p.run.status == "skipped")]
    return sorted(remaining, key=lambda p: p.age)


def _reference(done: Sequence[TaskRun]) -> tuple[str, str, int] | None:
    """Return the setting that entries of a task are compared under: the largest test set that one
    other than a floor entry was scored on; of several of that size the one that most cells share,
    on a tie that of the newest result."""
    real = [p for p in done if not p.row.outside and not is_floor(p.run)]
    real = real or [p for p in done if not p.row.outside] or list(done)
    cells: dict[tuple[str, str, int], set[EntryKey]] = defaultdict(set)
    last: dict[tuple[str, str, int], tuple[int, tuple[str, str]]] = {}
    for part in real:
        cells[part.setting].add(part.row)
        size, age = last.get(part.setting, (0, ("", "")))
        last[part.setting] = (max(size, part.facts.data.test), max(age, part.age))
    return max(cells, key=lambda s: (last[s][0], len(cells[s]), last[s][1]), default=None)


def _cell(
    entry: EntryKey,
    parts: Sequence[TaskRun],
    setting: tuple[str, str, int] | None,
    old: set[Tested],
    problems: list[Problem],
) -> CellParts:
    done = [p for p in parts if p.scores]
    others = tuple(p for p in parts if not p.scores)
    chosen = [p for p in done if p.setting == setting]
    if done and not chosen:
        largest = max(done, key=lambda p: (p.facts.data.test, p.age))
        chosen = [p for p in done if p.setting == largest.setting]
        changed = largest.tested in old
        if what := _CHANGED if changed else _difference(largest, setting):
            problems.append(Problem(where=f"{entry.title} on {largest.task}", what=what))
    by_seed = {p.run.seed: p for p in chosen}  # sorted oldest first, so that the newest stays
    seeds = tuple(by_seed[seed] for seed in sorted(by_seed))
    _same_code(entry, seeds, problems)
    _same_threads(entry, seeds, problems)
    failed = tuple(p for p in others if not (done and p.run.seed in by_seed))
    comparable = not seeds or seeds[0].setting == setting
    return CellParts(
        seeds, failed, comparable, not comparable and all(p.tested in old for p in seeds)
    )


_CHANGED = (
    "shown but not ranked: scored before the task's examples changed; run it again on the present "
    "ones"
)


def _difference(part: TaskRun, setting: tuple[str, str, int] | None) -> str:
    """Return why a part that was not scored under the reference setting has no place beside the
    others; "" where its test examples are a part of the reference's, so that it is estimated."""
    assert setting is not None
    if part.setting[1] != setting[1]:
        why = f"its main metric is {part.setting[1]}, the others' {setting[1]}"
    elif part.setting[2] != setting[2]:
        why = f"it keeps {part.setting[2]} bootstrap draws, the others {setting[2]}"
    elif part.run.limit.test is not None:
        return ""  # limits are nested; `recommendation.estimated` looks at the ids
    else:
        why = "scored on other test examples than the other entries"
    again = "score" if part.row.outside else "run"
    return f"shown but not ranked: {why}; {again} it again with the same limits"


def _same_code(entry: EntryKey, parts: Sequence[TaskRun], problems: list[Problem]) -> None:
    code = {(p.run.ingredients.get("source"), p.run.ingredients.get("libraries")) for p in parts}
    if len(code) > 1:
        what = f"its seeds come from {len(code)} versions of the baseline's code; run all again"
        problems.append(Problem(where=f"{entry.title} on {parts[0].task}", what=what))


def _same_threads(entry: EntryKey, parts: Sequence[TaskRun], problems: list[Problem]) -> None:
    """Report parts that ran with different thread counts: answers, and times even more, can
    differ."""
    numbers = sorted({p.run.cost.threads for p in parts if p.run.cost})
    if len(numbers) > 1:
        difference = f"its seeds were made with {' and '.join(map(str, numbers))} threads a worker"
        what = f"{difference}; run all again with one number (--threads N --rerun)"
        problems.append(Problem(where=f"{entry.title} on {parts[0].task}", what=what))


def _same_examples(task: str, parts: Sequence[TaskRun], problems: list[Problem]) -> None:
    """Report parts of equal limit and seed that trained on different examples: data or the run's
    tasks changed in between."""
    learnt: dict[tuple[int | None, int], set[str]] = defaultdict(set)
    for part in parts:
        if part.row.outside:
            continue  # the training examples are unknown
        limit = part.run.limit.train
        drawn = limit or part.run.folds  # folds are dealt by the seed
        learnt[limit, part.run.seed if drawn else 0].add(part.facts.data.train_hash)
    if any(len(hashes) > 1 for hashes in learnt.values()):
        what = "its entries had different labelled examples; run them again together"
        problems.append(Problem(where=task, what=what))

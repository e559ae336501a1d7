"""Paired variants: one adapter for all tasks against one adapter per task, and prompts against the
task's own."""

from collections.abc import Container, Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from bench.leaderboard.comparisons.main_metric import (
    direction,
    main_score,
    mean_replicates,
    seed_replicates,
    seed_scores,
)
from bench.leaderboard.entry_key import EntryKey
from bench.leaderboard.findings import PairedComparison
from bench.leaderboard.gather import CellParts, Gathered, TaskParts, TaskRun
from bench.leaderboard.older_results import single_task_twin
from bench.records import ModelFacts
from bench.scoring.seed_noise import SeedParts, measured
from bench.scoring.significance import difference_interval
from bench.scoring.two_way import widened


def twins(gathered: Gathered, tasks: Sequence[str]) -> tuple[PairedComparison, ...]:
    """Compare every multi-task cell with its single-task twin, in the order of the tasks.

    The twin is the single-task entry with the same limit, weights and seeds, and the same values of
    all parameters that were set for both; of several, the one that differs in the fewest others.
    """
    return tuple(pair for name in tasks for pair in _of_task(gathered.tasks[name]))


def wordings(gathered: Gathered, tasks: Sequence[str]) -> tuple[PairedComparison, ...]:
    """Compare every cell that uses another prompt with the one that uses the task's own and is
    otherwise identical, in the order of the tasks."""
    return tuple(pair for name in tasks for pair in _worded(gathered.tasks[name]))


def _worded(task: TaskParts) -> Iterator[PairedComparison]:
    cells = _compared(task)
    for row, cell in cells.items():
        if _prompt(cell):
            same = [o for o in cells if not _prompt(cells[o]) and _but_prompt(cell, cells[o])]
            same = [
                o for o in same if (o.baseline, o.limit_train) == (row.baseline, row.limit_train)
            ]
            if same:
                yield _pair(row, min(same, key=lambda other: other.order), cells, but=("prompt",))


def _compared(task: TaskParts) -> dict[EntryKey, CellParts]:
    cells = task.cells.items()
    return {row: c for row, c in cells if c.done and c.comparable and not row.outside}


def _prompt(cell: CellParts) -> str:
    return str(_settings(cell.done).get("prompt", ""))


def _but_prompt(one: CellParts, other: CellParts) -> bool:
    mine, yours = ({**_settings(c.done), "prompt": ""} for c in (one, other))
    alike = _weights(one.done[-1].run.model) == _weights(other.done[-1].run.model)
    return mine == yours and alike and bool(_seeds(one) & _seeds(other))


def _of_task(task: TaskParts) -> Iterator[PairedComparison]:
    cells = _compared(task)
    for row, cell in cells.items():
        if single_task_twin(cell.newest.run) and all(len(p.run.tasks) > 1 for p in cell.done):
            single = _twin(row, cell, cells)
            if single is not None:
                yield _pair(row, single, cells)


def _twin(row: EntryKey, cell: CellParts, cells: Mapping[EntryKey, CellParts]) -> EntryKey | None:
    found = [other for other in cells if _is_twin(row, cell, other, cells[other])]
    own = _settings(cell.done)
    return min(
        found,
        key=lambda other: (len(own.keys() ^ _settings(cells[other].done).keys()), other.order),
        default=None,
    )


def _is_twin(row: EntryKey, cell: CellParts, other: EntryKey, its: CellParts) -> bool:
    mine, yours = _settings(cell.done), _settings(its.done)
    return (
        other.baseline == single_task_twin(cell.newest.run)
        and all(len(p.run.tasks) == 1 for p in its.done)
        and (other.limit_train, other.full_data_row) == (row.limit_train, row.full_data_row)
        and all(mine[name] == yours[name] for name in mine.keys() & yours.keys())
        and _weights(cell.done[-1].run.model) == _weights(its.done[-1].run.model)
        and bool(_seeds(cell) & _seeds(its))
    )


def _settings(parts: Sequence[TaskRun]) -> Mapping[str, Any]:
    newest = max(parts, key=lambda p: p.age).run
    return newest.settings or newest.params


def _weights(model: ModelFacts | None) -> object:
    return None if model is None else (model.of, model.revision, model.sha256)


def _seeds(cell: CellParts) -> set[int]:
    return {p.run.seed for p in cell.done}


def _pair(
    multi: EntryKey,
    single: EntryKey,
    cells: Mapping[EntryKey, CellParts],
    *,
    but: Container[str] = (),
) -> PairedComparison:
    """Compare two entries on a task; the notes leave out the parameters in `but`."""
    seeds = sorted(_seeds(cells[multi]) & _seeds(cells[single]))
    first, second = (_of_seeds(cells[row], seeds) for row in (multi, single))
    facts = first[0].facts
    score, other = main_score(first), main_score(second)
    interval = _interval(first, second)
    return PairedComparison(
        task=facts.task,
        metric=facts.main_metric,
        greater_is_better=direction(facts).greater_is_better,
        multi=multi.anchor,
        single=single.anchor,
        seeds=tuple(seeds),
        multi_score=score,
        single_score=other,
        difference=score - other,
        interval=interval,
        notes=tuple(_notes(first, second, but)),
    )


def _interval(first: Sequence[TaskRun], second: Sequence[TaskRun]) -> tuple[float, float]:
    """Return the 95 % interval of the difference; over several seeds with their noise, the two
    being paired by seed, too."""
    found = difference_interval(mean_replicates(first), mean_replicates(second))
    if len(first) < 2 or not np.isfinite(found.low):
        return found.low, found.high
    apart = seed_scores(first) - seed_scores(second)
    draws = seed_replicates(first) - seed_replicates(second)
    low, high = widened(
        np.array([found.low, found.high]),
        np.asarray(apart.mean()),
        np.asarray(np.nanvar(draws.mean(axis=0))),
        seeds=SeedParts.of([measured(apart, draws)]).summed(np.ones(1)),
        units=first[0].facts.data.groups,
    ).tolist()
    return low, high


def _of_seeds(cell: CellParts, seeds: Sequence[int]) -> list[TaskRun]:
    return [p for p in cell.done if p.run.seed in seeds]


def _notes(
    first: Sequence[TaskRun], second: Sequence[TaskRun], but: Container[str]
) -> Iterator[str]:
    pairs = zip(first, second, strict=True)
    if any(a.facts.data.train_hash != b.facts.data.train_hash for a, b in pairs):
        yield "trained on other examples"
    for runs, other_runs in ((first, second), (second, first)):
        settings, other_settings = _settings(runs), _settings(other_runs)
        for name in sorted(settings.keys() - other_settings.keys()):
            if name not in but:
                yield f"{name}={settings[name]} set for {runs[0].row.baseline} only"

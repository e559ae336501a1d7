"""Paired variants: one adapter for all tasks against one adapter per task, and prompts against the
task's own."""

from collections.abc import Container, Iterator, Mapping, Sequence
from typing import Any

from bench.leaderboard.comparisons.task_tests import direction, main_score, mean_replicates
from bench.leaderboard.entry_key import EntryKey
from bench.leaderboard.findings import PairedComparison
from bench.leaderboard.gather import CellParts, Gathered, TaskParts, TaskRun
from bench.leaderboard.older_results import single_task_twin
from bench.records import ModelFacts
from bench.scoring.significance import difference_interval


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
    for entry, cell in cells.items():
        if _prompt(cell):
            same = [o for o in cells if not _prompt(cells[o]) and _but_prompt(cell, cells[o])]
            same = [
                o
                for o in same
                if (o.baseline, o.limit_train) == (entry.baseline, entry.limit_train)
            ]
            if same:
                yield _pair(entry, min(same, key=lambda key: key.order), cells, but=("prompt",))


def _compared(task: TaskParts) -> dict[EntryKey, CellParts]:
    cells = task.cells.items()
    return {entry: c for entry, c in cells if c.done and c.comparable and not entry.outside}


def _prompt(cell: CellParts) -> str:
    return str(_settings(cell.done).get("prompt", ""))


def _but_prompt(first: CellParts, second: CellParts) -> bool:
    first_settings, second_settings = ({**_settings(c.done), "prompt": ""} for c in (first, second))
    alike = _weights(first.done[-1].run.model) == _weights(second.done[-1].run.model)
    return first_settings == second_settings and alike and bool(_seeds(first) & _seeds(second))


def _of_task(task: TaskParts) -> Iterator[PairedComparison]:
    cells = _compared(task)
    for entry, cell in cells.items():
        if single_task_twin(cell.newest.run) and all(len(p.run.tasks) > 1 for p in cell.done):
            single = _twin(entry, cell, cells)
            if single is not None:
                yield _pair(entry, single, cells)


def _twin(entry: EntryKey, cell: CellParts, cells: Mapping[EntryKey, CellParts]) -> EntryKey | None:
    candidates = [
        candidate for candidate in cells if _is_twin(entry, cell, candidate, cells[candidate])
    ]
    settings = _settings(cell.done)
    return min(
        candidates,
        key=lambda candidate: (
            len(settings.keys() ^ _settings(cells[candidate].done).keys()),
            candidate.order,
        ),
        default=None,
    )


def _is_twin(
    entry: EntryKey, cell: CellParts, candidate: EntryKey, candidate_cell: CellParts
) -> bool:
    settings, candidate_settings = _settings(cell.done), _settings(candidate_cell.done)
    return (
        candidate.baseline == single_task_twin(cell.newest.run)
        and all(len(p.run.tasks) == 1 for p in candidate_cell.done)
        and (candidate.limit_train, candidate.full_data_row)
        == (entry.limit_train, entry.full_data_row)
        and all(
            settings[name] == candidate_settings[name]
            for name in settings.keys() & candidate_settings.keys()
        )
        and _weights(cell.done[-1].run.model) == _weights(candidate_cell.done[-1].run.model)
        and bool(_seeds(cell) & _seeds(candidate_cell))
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
    first, second = (_of_seeds(cells[entry], seeds) for entry in (multi, single))
    facts = first[0].facts
    multi_score, single_score = main_score(first), main_score(second)
    interval = difference_interval(mean_replicates(first), mean_replicates(second))
    return PairedComparison(
        task=facts.task,
        metric=facts.main_metric,
        greater_is_better=direction(facts).greater_is_better,
        multi=multi.anchor,
        single=single.anchor,
        seeds=tuple(seeds),
        multi_score=multi_score,
        single_score=single_score,
        difference=multi_score - single_score,
        interval=(interval.low, interval.high),
        notes=tuple(_notes(first, second, but)),
    )


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

"""Compute the Leaderboard from stored results: cells over seeds, ranks, ties, means; pure."""

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from bench.errors import Problem
from bench.leaderboard.board import Cell, Leaderboard, Row, TaskColumn
from bench.leaderboard.comparisons.critical_difference import diagram
from bench.leaderboard.comparisons.crossovers import overtakings
from bench.leaderboard.comparisons.learning_curves import curves
from bench.leaderboard.comparisons.mean_ranks import Race, races
from bench.leaderboard.comparisons.means import Mean, means
from bench.leaderboard.comparisons.paired_variants import twins, wordings
from bench.leaderboard.comparisons.pairwise import contests, mean_contests
from bench.leaderboard.comparisons.seed_history import seed_history
from bench.leaderboard.comparisons.task_tests import FEW_UNITS, TaskTests, stand
from bench.leaderboard.gather import Gathered, TaskParts, TaskRun, gather
from bench.leaderboard.human_row import human_row
from bench.leaderboard.merge import cell_of
from bench.leaderboard.older_results import is_floor, variant
from bench.leaderboard.row_key import RowKey
from bench.leaderboard.wording.advice import recommend
from bench.leaderboard.wording.caveats import limits_in_words
from bench.leaderboard.wording.verdict import verdict
from bench.records import Result
from bench.store.store import StoredResult


def compute(results: Sequence[StoredResult], problems: Sequence[Problem]) -> Leaderboard:
    """Compute the leaderboard of a results folder; the order of the results does not matter.

    Args:
        results: all verified runs.
        problems: files that could not be read, to be shown on the page.
    """
    gathered = gather(results)
    history = seed_history(gathered)
    standings = {name: stand(task, history) for name, task in gathered.tasks.items()}
    tasks = sorted(
        (_column(task, standings[name]) for name, task in gathered.tasks.items()),
        key=lambda task: (task.suite is None, task.suite or "", task.name),
    )
    counted = [task for task in tasks if standings[task.name].places]
    keys = {key for task in gathered.tasks.values() for key in task.cells}
    averages = means(sorted(keys, key=lambda key: key.order), counted, standings)
    rows = _rows(gathered, standings, tasks, averages)
    people = human_row(gathered, tasks)
    used = [p for task in gathered.tasks.values() for c in task.cells.values() for p in c.done]
    ran = [p for p in used if not p.row.outside]
    newest = max(ran or used, key=lambda p: p.age, default=None)
    board = Leaderboard(
        tasks=tuple(tasks),
        rows=rows if people is None else (*rows, people),
        limits=limits_in_words(rows, tasks),
        twins=twins(gathered, [task.name for task in tasks]),
        wordings=wordings(gathered, [task.name for task in tasks]),
        curves=curves(rows, tasks),
        contests=contests(gathered, standings, rows, tasks),
        mean_contests=mean_contests(averages, rows, counted),
        diagram=diagram(rows, counted),
        problems=(*problems, *gathered.problems, *_unknown_metrics(tasks, standings)),
        failures=_unfinished(gathered, "failed"),
        skips=_unfinished(gathered, "skipped"),
        environment=_flat(newest.run.provenance) if newest else {},
        first=min((p.run.started for p in used), default=""),
        last=max((p.run.started for p in used), default=""),
    )
    return replace(
        board,
        verdict=verdict(board),
        advice=recommend(board),
        overtakings=overtakings(board),
    )


def _column(task: TaskParts, standing: TaskTests) -> TaskColumn:
    if task.newest is None:
        return _unscored_column(task)
    facts = task.newest.facts
    return TaskColumn(
        name=task.name,
        version=facts.version,
        suite=facts.suite,
        source=facts.source,
        licence=facts.licence,
        citation=facts.citation,
        seen_in_pretraining=facts.seen_in_pretraining,
        main_metric=facts.main_metric,
        greater_is_better=standing.direction.greater_is_better,
        perfect=standing.direction.perfect,
        floor=standing.floor,
        test_rows=facts.data.test,
        test_groups=facts.data.groups,
        detectable=standing.detectable,
        detectable_alone=standing.detectable_alone,
        few_units=facts.data.groups < FEW_UNITS,
        checks=dict(sorted(facts.data.checks.items())),
        test_scored=len(task.scored),
        labels=tuple(facts.output.get("labels", ())),
        rankings=facts.rankings,
    )


def _unscored_column(task: TaskParts) -> TaskColumn:
    runs = [p.run for cell in task.cells.values() for p in cell.others]
    newest = max(runs, key=lambda run: (run.started, run.key))
    return TaskColumn(
        name=task.name,
        version=newest.versions.get(task.name, 0),
        suite=newest.suites.get(task.name),
        source="",
        licence="",
        citation="",
        seen_in_pretraining="unknown",
        main_metric="",
        greater_is_better=True,
        perfect=None,
        floor=None,
        test_rows=0,
        test_groups=0,
        detectable=None,
        checks={},
        test_scored=0,
        labels=(),
    )


def _rows(
    gathered: Gathered,
    standings: Mapping[str, TaskTests],
    tasks: Sequence[TaskColumn],
    averages: Mapping[RowKey, Mean],
) -> tuple[Row, ...]:
    cells: dict[RowKey, dict[str, Cell]] = defaultdict(dict)
    newest: dict[RowKey, TaskRun] = {}
    for column in tasks:
        for key, parts in gathered.tasks[column.name].cells.items():
            cells[key][column.name] = cell_of(key, parts, column, standings[column.name])
            newest[key] = max(parts.newest, newest.get(key, parts.newest), key=_says_more)
    counted = [task for task in tasks if standings[task.name].places]
    tried = {t.name for t in counted}
    ranked = [k for k, found in cells.items() if not k.full_data_row and tried & set(found)]
    run = races(ranked, counted, standings)
    rows = [
        _row(key, found, run.get(key), averages.get(key), ranked=key in ranked)
        for key, found in cells.items()
    ]
    rows = [_with_facts(row, newest[key].run) for key, row in zip(cells, rows, strict=True)]
    return tuple(sorted(rows, key=_order))


def _with_facts(row: Row, run: Result) -> Row:
    """Return the entry with the facts that its newest run states."""
    own = variant(run)
    return replace(row, is_floor=is_floor(run), swept=dict(own.swept), folds=own.folds)


def _says_more(part: TaskRun) -> tuple[bool, tuple[str, str]]:
    """Return a sorting key: parts without a run first, then oldest first."""
    return not part.blocked, part.age


def _row(
    key: RowKey, cells: dict[str, Cell], race: Race | None, mean: Mean | None, *, ranked: bool
) -> Row:
    return Row(
        id=key.anchor,
        baseline=key.baseline,
        variant=key.variant,
        params=json.loads(key.params),
        limit_train=key.limit_train,
        full_data_row=key.full_data_row,
        recipe=key.recipe,
        model=next((cell.model for cell in cells.values() if cell.model), None),
        ranked=ranked,
        cells=cells,
        mean=mean.flat if mean else None,
        mean_interval=mean.interval if mean else None,
        mean_by_source=mean.by_source if mean else None,
        mean_rank=race.mean_rank if race else None,
        win_rate=race.win_rate if race else None,
        tasks_ranked=sum(cell.rank is not None for cell in cells.values()),
        outside=key.outside,
    )


def _order(row: Row) -> tuple[Any, ...]:
    mean = float("inf") if row.mean is None else -row.mean
    rank = float("inf") if row.mean_rank is None else row.mean_rank
    params = json.dumps(row.params, sort_keys=True)
    own = (row.baseline, row.variant or "", params, row.id)
    return (row.full_data_row, mean, rank, -row.tasks_ranked, *own)


def _unknown_metrics(
    tasks: Sequence[TaskColumn], standings: Mapping[str, TaskTests]
) -> list[Problem]:
    what = "is not one of bench's own: taken as greater is better, and in ranks only"
    return [
        Problem(where=task.name, what=f"its main metric {task.main_metric} {what}")
        for task in tasks
        if task.main_metric and not standings[task.name].direction.known
    ]


def _unfinished(gathered: Gathered, status: str) -> tuple[Problem, ...]:
    """Return one problem per task and reason that names the entries concerned (and their seeds,
    where others finished)."""
    found: dict[tuple[str, str], list[str]] = defaultdict(list)
    for task in gathered.tasks.values():
        for key, cell in task.cells.items():
            for part in cell.others:
                if part.run.status == status:
                    found[task.name, part.run.reason].append(_who(key, part, bool(cell.done)))
    return tuple(
        Problem(where=f"{task}: {', '.join(dict.fromkeys(who))}", what=reason)
        for (task, reason), who in found.items()
    )


def _who(key: RowKey, part: TaskRun, partly: bool) -> str:
    return f"{key.title} seed {part.run.seed}" if partly else key.title


def _flat(data: Mapping[str, Any], prefix: str = "") -> dict[str, str]:
    flat: dict[str, str] = {}
    for name, value in sorted(data.items()):
        if isinstance(value, Mapping):
            flat |= _flat(value, f"{prefix}{name} ")
        elif value not in ("", None):
            flat[prefix + name] = str(value)
    return flat

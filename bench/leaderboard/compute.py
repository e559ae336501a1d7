"""Compute the Leaderboard from stored results: cells over seeds, ranks, ties, means; pure."""

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from bench.costs.needs import Needs
from bench.errors import Problem
from bench.leaderboard.board import Cell, Entry, Leaderboard, TaskColumn
from bench.leaderboard.comparisons.critical_difference import diagram
from bench.leaderboard.comparisons.crossovers import crossovers
from bench.leaderboard.comparisons.learning_curves import curves
from bench.leaderboard.comparisons.mean_ranks import Race, races
from bench.leaderboard.comparisons.means import Mean, means
from bench.leaderboard.comparisons.paired_variants import twins, wordings
from bench.leaderboard.comparisons.pairwise import comparisons, mean_comparisons
from bench.leaderboard.comparisons.seed_history import SeedHistory, seed_history
from bench.leaderboard.comparisons.task_tests import FEW_UNITS, TaskTests, stand
from bench.leaderboard.entry_key import EntryKey
from bench.leaderboard.gather import Gathered, TaskParts, TaskRun, gather
from bench.leaderboard.human_entry import human_entry
from bench.leaderboard.merging.cells import cell_of
from bench.leaderboard.older_results import is_floor, variant
from bench.leaderboard.recommendation.candidates import candidates
from bench.leaderboard.recommendation.estimated import Estimates, estimates
from bench.leaderboard.recommendation.margins import declared, margin_of
from bench.leaderboard.recommendation.recommend import recommend
from bench.leaderboard.rescoring import Read
from bench.leaderboard.unfinished import unfinished
from bench.leaderboard.wording.caveats import limits_in_words
from bench.leaderboard.wording.verdict import verdict
from bench.records import Result
from bench.scoring.seed_noise import SeedNoise
from bench.store.store import StoredResult


def compute(
    results: Sequence[StoredResult],
    problems: Sequence[Problem],
    read: Read | None = None,
    needs: Needs | None = None,
) -> Leaderboard:
    """Compute the leaderboard of a results folder; the order of the results does not matter.

    Args:
        results: all verified runs.
        problems: files that could not be read, to be shown on the page.
        needs: what the recommendations are for; None: the defaults.
        read: returns the stored predictions of a run, for entries scored on a part of the test and
            for tests by permutation; None: there are neither.
    """
    gathered = gather(results)
    history = seed_history(gathered)
    standings = {name: stand(task, history, read) for name, task in gathered.tasks.items()}
    tasks = sorted(
        (_column(task, standings[name]) for name, task in gathered.tasks.items()),
        key=lambda task: (task.suite is None, task.suite or "", task.name),
    )
    counted = [task for task in tasks if standings[task.name].places]
    keys = {key for task in gathered.tasks.values() for key in task.cells}
    averages = means(sorted(keys, key=lambda key: key.order), counted, standings)
    keyed = _entries(gathered, standings, tasks, averages)
    placed = {name: estimates(task, standings[name], read) for name, task in gathered.tasks.items()}
    keyed = [(key, _with_estimates(key, entry, placed)) for key, entry in keyed]
    entries = tuple(entry for _, entry in keyed)
    people = human_entry(gathered, tasks)
    used = [p for task in gathered.tasks.values() for c in task.cells.values() for p in c.done]
    ran = [p for p in used if not p.row.outside]
    newest = max(ran or used, key=lambda p: p.age, default=None)
    contests = mean_comparisons(averages, entries, counted)
    board = Leaderboard(
        tasks=tuple(tasks),
        rows=entries if people is None else (*entries, people),
        limits=limits_in_words(entries, tasks, contests),
        twins=twins(gathered, [task.name for task in tasks]),
        wordings=wordings(gathered, [task.name for task in tasks]),
        curves=curves(entries, tasks),
        comparisons=comparisons(gathered, standings, entries, tasks),
        mean_comparisons=contests,
        diagram=diagram(entries, counted),
        problems=(
            *problems,
            *gathered.problems,
            *_unknown_metrics(tasks, standings),
            *(problem for one in placed.values() for problem in one.problems),
        ),
        candidates=tuple(
            candidates(
                task,
                keyed,
                standings[task.name],
                _noises(gathered.tasks[task.name], standings[task.name], history),
                placed[task.name].found,
            )
            for task in tasks
        ),
        failures=unfinished(gathered, "failed"),
        skips=unfinished(gathered, "skipped"),
        environment=_flat(newest.run.provenance) if newest else {},
        first=min((p.run.started for p in used), default=""),
        last=max((p.run.started for p in used), default=""),
        needs=needs or Needs(),
    )
    board = replace(board, advice=recommend(board), crossovers=crossovers(board))
    return replace(board, verdict=verdict(board))


def _noises(
    task: TaskParts, standing: TaskTests, history: SeedHistory
) -> dict[EntryKey, SeedNoise]:
    """Return the seed noise of each cell with a score: the tests know that of the comparable."""
    rest = {k: cell.done for k, cell in task.cells.items() if cell.done and not cell.comparable}
    return {
        **standing.noises,
        **{key: history.noise(task.name, key, parts) for key, parts in rest.items()},
    }


def _with_estimates(key: EntryKey, entry: Entry, placed: Mapping[str, Estimates]) -> Entry:
    """Return the entry with its estimated scores."""
    known = {name: one.found[key].point for name, one in placed.items() if key in one.found}
    cells = {
        name: replace(cell, estimated=known[name]) if name in known else cell
        for name, cell in entry.cells.items()
    }
    return replace(entry, cells=cells)


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
        margin=margin_of(declared(facts), perfect=standing.direction.perfect, floor=standing.floor),
        floor=standing.floor,
        test_rows=facts.data.test,
        test_groups=facts.data.groups,
        test_of=facts.data.test_of,
        test_folds=task.newest.run.folds,
        detectable=standing.detectable,
        detectable_alone=standing.detectable_alone,
        few_units=facts.data.groups < FEW_UNITS,
        labelled=facts.data.labelled,
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


def _entries(
    gathered: Gathered,
    standings: Mapping[str, TaskTests],
    tasks: Sequence[TaskColumn],
    averages: Mapping[EntryKey, Mean],
) -> list[tuple[EntryKey, Entry]]:
    """Return the entries with their keys, in display order."""
    cells: dict[EntryKey, dict[str, Cell]] = defaultdict(dict)
    newest: dict[EntryKey, TaskRun] = {}
    for column in tasks:
        for key, parts in gathered.tasks[column.name].cells.items():
            cells[key][column.name] = cell_of(key, parts, column, standings[column.name])
            newest[key] = max(parts.newest, newest.get(key, parts.newest), key=_says_more)
    counted = [task for task in tasks if standings[task.name].places]
    tried = {t.name for t in counted}
    ranked = [
        key
        for key, row_cells in cells.items()
        if not key.beside and any(_competes(cell) for cell in row_cells.values())
        if tried & set(row_cells)
    ]
    run = races(ranked, counted, standings)
    entries = [
        _entry(key, row_cells, run.get(key), averages.get(key), ranked=key in ranked)
        for key, row_cells in cells.items()
    ]
    keyed = [
        (key, _with_facts(entry, newest[key].run))
        for key, entry in zip(cells, entries, strict=True)
    ]
    return sorted(keyed, key=lambda pair: _order(pair[1]))


def _competes(cell: Cell) -> bool:
    """Return whether a cell is ranked, or would be had it finished."""
    return cell.comparable or cell.status != "done"


def _with_facts(entry: Entry, run: Result) -> Entry:
    """Return the entry with the facts that its newest run states."""
    stored_variant = variant(run)
    return replace(
        entry, is_floor=is_floor(run), swept=dict(stored_variant.swept), folds=stored_variant.folds
    )


def _says_more(part: TaskRun) -> tuple[bool, tuple[str, str]]:
    """Return a sorting key: parts without a run first, then oldest first."""
    return not part.blocked, part.age


def _entry(
    key: EntryKey, cells: dict[str, Cell], race: Race | None, mean: Mean | None, *, ranked: bool
) -> Entry:
    return Entry(
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
        larger=key.larger,
    )


def _order(entry: Entry) -> tuple[Any, ...]:
    mean = float("inf") if entry.mean is None else -entry.mean
    rank = float("inf") if entry.mean_rank is None else entry.mean_rank
    params = json.dumps(entry.params, sort_keys=True)
    tie_break = (entry.baseline, entry.variant or "", params, entry.id)
    return (entry.full_data_row, entry.larger, mean, rank, -entry.tasks_ranked, *tie_break)


def _unknown_metrics(
    tasks: Sequence[TaskColumn], standings: Mapping[str, TaskTests]
) -> list[Problem]:
    what = "is not one of bench's own: taken as greater is better, and in ranks only"
    return [
        Problem(where=task.name, what=f"its main metric {task.main_metric} {what}")
        for task in tasks
        if task.main_metric and not standings[task.name].direction.known
    ]


def _flat(data: Mapping[str, Any], prefix: str = "") -> dict[str, str]:
    flat: dict[str, str] = {}
    for name, value in sorted(data.items()):
        if isinstance(value, Mapping):
            flat |= _flat(value, f"{prefix}{name} ")
        elif value not in ("", None):
            flat[prefix + name] = str(value)
    return flat

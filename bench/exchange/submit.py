"""Score submitted predictions as an entry of the leaderboard: scored like our own, marked as from
outside."""

import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from bench.data.prepare import PreparedTask
from bench.data.row_files import opinions
from bench.data.source import Source, prepared_task
from bench.data.split import sample
from bench.errors import DataError, UserError
from bench.example import NAME
from bench.exchange.prediction_file import Brought, read_predictions
from bench.exchange.prediction_template import Scope, chosen_rows
from bench.leaderboard.board import HUMAN
from bench.records import Limit, Outside, Result, TaskScores
from bench.redaction import redact
from bench.registry import Registry
from bench.runs.cells.cell import bare_result, scored_task
from bench.runs.cells.fit_predict import Answers, CellTask
from bench.runs.planning.default_folds import scored_rows, tested
from bench.runs.planning.row_selection import hashed
from bench.runs.planning.run_spec import Run, TaskRows
from bench.store.store import Store

LONGEST_NAME, LONGEST_NOTE = 60, 500


@dataclass(frozen=True)
class Offer:
    """A file of predictions for a task, the name of its entry, and a note on it."""

    path: Path
    task: str
    name: str
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class Entered:
    """An entry added to the leaderboard.

    Args:
        scores: its stored record.
        of: number of test examples that the task has.
        unused: predictions for test examples that were not requested.
        new: False where the identical file had been submitted before.
        instead: the file whose entry this one replaces, or "".
        hint: advice where the other results of the task were scored on other examples, or "".
        repaired: what was repaired or dropped when the file was read.
    """

    scores: TaskScores
    of: int
    unused: int
    new: bool
    instead: str
    hint: str
    repaired: tuple[str, ...] = ()


def score(offer: Offer, results: Path, *, scope: Scope, source: Source) -> Entered:
    """Score a file of predictions and store the result.

    Args:
        offer: the file and its entry; see `bench.exchange.prediction_file.read_predictions`.
        results: the results folder.
        scope: the examples to score.
        source: source of the task's examples.

    Raises:
        UserError: a name that is not allowed, a task without its data, an invalid file.
    """
    store = Store(results)
    stored = [entry.result for entry in store.contents().results]
    _refuse_name(offer.name, stored, Registry("baselines", source.plugins))
    note = _note(offer.note)
    prepared = prepared_task(offer.task, source)
    chosen = chosen_rows(prepared, scope)
    brought = read_predictions(offer.path, prepared)
    _refuse_parts(offer.path, brought, prepared, chosen, scope)
    run = _run(offer.name, brought, prepared, chosen, scope)
    facts = Outside(file=redact(brought.file), sha256=brought.sha256, note=note)
    newest = before = _newest(stored, run)
    new = newest is None or (newest.key, newest.outside) != (run.key, facts)
    if newest is None or new:
        newest = _store(store, run, facts, _cell(prepared, chosen), brought)
    return Entered(
        scores=newest.results[0],
        of=len(tested(prepared)),
        unused=len(brought.predictions) - len(chosen.test),
        new=new,
        instead=before.outside.file if new and before and before.outside else "",
        hint=_hint(stored, prepared, chosen, offer.name),
        repaired=brought.repaired,
    )


def _refuse_name(name: str, stored: Sequence[Result], baselines: Registry) -> None:
    if not NAME.match(name):
        raise UserError(
            f"--name {name!r}: use letters, digits, '.', '_' and '-', beginning with a letter or "
            "digit"
        )
    if len(name) > LONGEST_NAME:
        raise UserError(f"--name: {len(name)} characters; give at most {LONGEST_NAME}")
    ran = {run.baseline for run in stored if run.outside is None}
    if name in {*baselines.names(), *ran, HUMAN}:
        raise UserError(f"--name {name}: an entry of textbench has this name; choose another")


def _note(text: str) -> str:
    note = " ".join(redact(text).split())
    if len(note) > LONGEST_NOTE:
        raise UserError(f"--note: {len(note)} characters; give at most {LONGEST_NOTE}")
    return note


def _refuse_parts(
    path: Path, brought: Brought, prepared: PreparedTask, chosen: TaskRows, scope: Scope
) -> None:
    """Refuse a file that covers only a part of the examples to score.

    Raises:
        DataError: no answer is given, or some examples of the scope, or of the whole split, lack
            one.
    """
    if all(prediction.value is None for prediction in brought.predictions.values()):
        raise DataError(f"{path}: every prediction is empty; fill in the column 'prediction'")
    predicted, every = brought.predictions.keys(), tested(prepared)
    ids = {prepared.rows[i].id for i in chosen.test}
    if predicted == ids or len(predicted) == len(every):
        return
    drawn = sample(every, prepared.task.output, len(predicted), seed=0)
    if predicted == {row.id for row in drawn}:
        why = f"these are the examples of --limit-test {len(predicted)}: add it"
    elif missing := sorted(ids - predicted):
        why = f"{len(missing):,} of the {len(ids):,} examples of {scope.words} have none, e.g. id "
        why += f"{missing[0]!r}; an empty prediction counts as wrong"
    else:
        why = f"give those of {scope.words} ({len(ids):,} examples), or all"
    raise DataError(
        f"{path}: predictions for {len(predicted):,} of the {len(every):,} test examples; {why}"
    )


def _run(
    name: str, brought: Brought, prepared: PreparedTask, chosen: TaskRows, scope: Scope
) -> Run:
    ingredients = {
        "baseline": name,
        "outside": brought.sha256,
        "task": hashed(prepared.task.spec()),
        "data": chosen.test_hash,
    }
    return Run(
        key=hashed(ingredients),
        ingredients=ingredients,
        baseline=name,
        params={},
        changed={},
        seed=0,
        seeded=False,
        limit=Limit(test=scope.limit),
        profile=scope.profile,
        tasks=(chosen,),
    )


def _newest(stored: Sequence[Result], run: Run) -> Result | None:
    """Return the result that the leaderboard shows for this entry."""
    tasks = tuple(rows.task for rows in run.tasks)
    entries = [
        r
        for r in stored
        if r.outside and (r.baseline, r.tasks, r.limit) == (run.baseline, tasks, run.limit)
    ]
    return max(entries, key=lambda r: (r.started, r.key), default=None)


def _cell(prepared: PreparedTask, chosen: TaskRows) -> CellTask:
    return CellTask(prepared.task, chosen, prepared.rows, opinions=opinions(prepared))


def _store(store: Store, run: Run, facts: Outside, cell: CellTask, brought: Brought) -> Result:
    started, clock = datetime.now(UTC), time.perf_counter()
    answers = [brought.predictions[row.id] for row in cell.pick(cell.chosen.test)]
    part = scored_task(cell, Answers(answers), 0, ())
    fields = {
        "results": (part.scores,),
        "versions": {cell.task.name: cell.task.version},
        "outside": facts,
    }
    result = bare_result(run, "done", "", started, clock).model_copy(update=fields)
    store.prepare()
    store.write(result, part.files, replace=True)
    return result


def _hint(stored: Sequence[Result], prepared: PreparedTask, chosen: TaskRows, name: str) -> str:
    """Return advice where most other results of the task were scored on other examples."""
    task = prepared.task
    groups = Counter(
        (scores.data.test_hash, run.limit.test)
        for run in stored
        for scores in run.results
        if scores.task == task.name and scores.version == task.version and run.baseline != name
    )
    if not groups:
        return ""
    (test_hash, limit), count = groups.most_common(1)[0]
    if test_hash == chosen.test_hash:
        return ""
    repeatable = scored_rows(prepared, limit).test_hash == test_hash
    remedy = "no option matches them, as their examples or data differ"
    if repeatable:
        remedy = f"score again with {Scope(limit, '').words} to compare"
    return (
        f"not comparable with {count} other results of {task.name}, which have other test "
        f"examples; {remedy}"
    )

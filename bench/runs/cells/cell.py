"""Execute one run, from examples to a sealed record: fit, predict, evaluate, store the
predictions."""

import time
import traceback
from collections.abc import Callable, Container, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from pydantic import ValidationError

from bench.baseline import Baseline
from bench.errors import PluginError, Unavailable, quoted
from bench.example import NAME
from bench.metrics.aligned import Scored, align, in_gold_form
from bench.metrics.base import Metric
from bench.old_names import under_old_names
from bench.prediction import Prediction
from bench.records import (
    Counts,
    DataFacts,
    ModelFacts,
    Ranking,
    Result,
    Status,
    TaskScores,
)
from bench.redaction import redact, redacted
from bench.runs.cells.calibration_facts import calibration_facts, calibration_file
from bench.runs.cells.direction import direction
from bench.runs.cells.fit_predict import Answers, CellTask, answer
from bench.runs.cells.latency import latencies
from bench.runs.cells.meter import Meter
from bench.runs.excerpt import excerpt
from bench.runs.planning.row_selection import hash_of_texts
from bench.runs.planning.run_spec import Run
from bench.runs.provenance import provenance
from bench.scoring.agreement import people
from bench.scoring.evaluate import evaluate, train_scores
from bench.scoring.guessing import expected
from bench.scoring.readouts import readouts
from bench.scoring.score_curves import reliability, score_curves
from bench.store.prediction_files import predictions_file, unscored_file
from bench.store.record_file import encode_array
from bench.task import Task
from bench.visible import visible

LONGEST_REASON, LONGEST_TRACE = 2_000, 65_000
"""Maximum numbers of characters stored of a failure's reason and of its traceback."""


@dataclass(frozen=True)
class Outcome:
    """A finished run: its record and the files stored with it."""

    result: Result
    files: Mapping[str, bytes]


def run_cell(
    run: Run,
    family: Callable[..., Baseline],
    tasks: Sequence[CellTask],
    meter: Meter,
) -> Outcome:
    """Execute a run. Any exception inside becomes a `failed` or `skipped` record.

    Args:
        run: the run to execute.
        family: the baseline's class.
        tasks: the run's tasks with their examples, in the run's order.
        meter: counts the resources that the run uses.
    """
    started = datetime.now(UTC)
    clock = time.perf_counter()
    try:
        done = _fit_and_score(run, family, tasks, meter)
    except Unavailable as error:
        return Outcome(bare_result(run, "skipped", str(error), started, clock), {})
    except BaseException as error:  # noqa: BLE001 - whatever broke, be it sys.exit, is a Failure
        failed = bare_result(run, "failed", _words(error), started, clock)
        trace = excerpt(visible(redact(traceback.format_exc())), LONGEST_TRACE)
        return Outcome(failed, {"traceback.txt": trace.encode()})
    base = bare_result(run, "done", "", started, clock)
    return Outcome(base.model_copy(update=dict(done.fields)), done.files)


def _words(error: BaseException) -> str:
    """Return an exception's type and message; producing the message runs a plugin's code, which may
    fail, too."""
    if isinstance(error, ValidationError):
        first = error.errors()[0]
        place = ".".join(map(str, (error.title, *first["loc"])))
        return f"{place} cannot be recorded: {first['msg']}, not {quoted(first['input'])}"
    try:
        message = str(error)
    except Exception:  # noqa: BLE001 - as in `run_cell`
        message = "its message cannot be shown"
    return f"{type(error).__name__}: {message}" if message else type(error).__name__


def bare_result(run: Run, status: Status, reason: str, started: datetime, clock: float) -> Result:
    """Return a run's record without scores.

    Args:
        run: the run.
        status: outcome of the run.
        reason: why it was skipped or failed; tokens are redacted, and a long reason is cut.
        started: when the run started.
        clock: `time.perf_counter()` at that moment.
    """
    return Result(
        key=run.key,
        ingredients={name: redact(value) for name, value in run.ingredients.items()},
        status=status,
        reason=excerpt(redact(reason), LONGEST_REASON),
        baseline=run.baseline,
        params=redacted(run.changed),
        settings=redacted(run.params),
        variant=None if run.variant is None else redact(run.variant),
        swept=redacted(run.swept),
        folds=run.folds,
        folds_by_default=run.folds_by_default,
        score_train=run.score_train,
        seed=run.seed,
        seeded=run.seeded,
        full_data_row=run.full_data_row,
        larger=run.larger,
        is_floor=run.is_floor,
        single_task_twin=run.single_task_twin,
        limit=run.limit,
        profile=run.profile,
        recipe=run.recipe,
        tasks=tuple(rows.task for rows in run.tasks),
        versions={},
        suites={rows.task: rows.suite for rows in run.tasks},
        provenance=provenance(),
        started=started.isoformat(timespec="microseconds"),
        seconds=time.perf_counter() - clock,
    )


@dataclass(frozen=True)
class _Done:
    fields: Mapping[str, Any]
    files: Mapping[str, bytes]


def _fit_and_score(
    run: Run, family: Callable[..., Baseline], tasks: Sequence[CellTask], meter: Meter
) -> _Done:
    answered = answer(run, family, tasks, meter)
    cost = meter.cost(answered.fit)
    timed = latencies(answered.baseline, tasks)
    scores: list[TaskScores] = []
    files: dict[str, bytes] = {}
    for number, (cell, answers) in enumerate(zip(tasks, answered.answers, strict=True)):
        other_tasks = [neighbour.task for neighbour in tasks if neighbour is not cell]
        part = scored_task(cell, answers, number, other_tasks)
        scores.append(part.scores.model_copy(update={"latency": timed[number]}))
        files.update(part.files)
    # With several folds no single model produced the scores, so none is artefacts for an export.
    folded = any(cell.chosen.folds for cell in tasks)
    artefacts = {} if folded else _artefacts(answered.baseline, reserved=files)
    fit = answered.fit
    fields = {
        "results": tuple(scores),
        "versions": {cell.task.name: cell.task.version for cell in tasks},
        "cost": cost,
        "reduction": redact(fit.method_note),
        "used": redact(fit.examples_used),
        "model": None if fit.model is None else ModelFacts(**under_old_names(fit.model)),
        "history": tuple(fit.history),
        "artefacts": tuple(sorted(artefacts)),
    }
    return _Done(fields, {**files, **artefacts})


def _artefacts(baseline: Baseline, *, reserved: Container[str]) -> dict[str, bytes]:
    """Return the files that the baseline stores of its fit, by name.

    Raises:
        PluginError: an invalid file name, or one that is taken already.
    """
    give = getattr(baseline, "artefacts", None)
    files = {} if give is None else dict(give())
    for name in files:
        if not NAME.match(name) or name == "result.json" or name in reserved:
            raise PluginError(f"artefacts() returned a file {name!r}, a name that cannot be used")
    return files


@dataclass(frozen=True)
class TaskPart:
    """One task's record, and the files stored with it."""

    scores: TaskScores
    files: Mapping[str, bytes]


def scored_task(cell: CellTask, answers: Answers, number: int, others: Sequence[Task]) -> TaskPart:
    """Score a task's predictions.

    Args:
        cell: the task with its examples.
        answers: one prediction per test example, and the predictions for other examples.
        number: index of the task in its run, for the file names.
        others: the run's other tasks.

    Raises:
        BenchError: invalid predictions, see `bench.metrics.aligned.in_gold_form`.
    """
    task, chosen = cell.task, cell.chosen
    test = cell.pick(chosen.test)
    predictions = in_gold_form(task.output, test, answers.test)
    scored, main = align(task.output, test, predictions), task.all_metrics[0]
    evaluation = evaluate(task, scored, set(chosen.leaked))
    if answers.guesses:
        guesses = [align(task.output, test, guess) for guess in answers.guesses]
        evaluation = expected(task, evaluation, guesses, set(chosen.leaked))
    names = (f"predictions-{number}.parquet", f"replicates-{number}.npy")
    own, of_own = answers.calibration, f"calibration-{number}.parquet"
    record = TaskScores(
        task=task.name,
        version=task.version,
        suite=chosen.suite,
        source=task.source,
        licence=task.licence,
        citation=task.citation,
        output=task.output.spec(),
        seen_in_pretraining=task.seen_in_pretraining,
        main_metric=main.name,
        scores=dict(evaluation.scores),
        intervals=dict(evaluation.intervals),
        interval=evaluation.interval,
        scores_without_leaks=dict(evaluation.scores_without_leaks),
        per_class=dict(evaluation.per_class),
        confusion=evaluation.confusion,
        counts=_counts(predictions, leaked=len(chosen.leaked)),
        data=_facts(cell, answers, scored),
        right=evaluation.right,
        predictions=names[0],
        replicates=names[1],
        readouts=readouts(task, test, predictions, others=others),
        direction=direction(task, main),
        rankings=_rankings(task),
        curves=score_curves(scored),
        reliability=reliability(scored),
        train_scores=train_scores(task, answers.train),
        guesses=len(answers.guesses),
        people=people(task, cell.opinions, scored) if cell.opinions else None,
        calibration=calibration_facts(own, of_own) if own else None,
    )
    files = {names[0]: predictions_file(task, test, predictions, chosen.test)}
    if own and own.rows:
        files[of_own] = calibration_file(cell, own)
    if answers.unscored:
        unscored = in_gold_form(task.output, cell.unscored, answers.unscored)
        files[f"unscored-{number}.parquet"] = unscored_file(task, cell.unscored, unscored)
    return TaskPart(record, {**files, names[1]: encode_array(evaluation.replicates)})


def _rankings(task: Task) -> tuple[Ranking, ...]:
    """Return the metric that the task names first, for each corpus or part."""
    first: dict[str, Metric] = {}
    for metric in task.all_metrics:
        if metric.of:
            first.setdefault(metric.of, metric)
    return tuple(
        Ranking(of=of, metric=m.name, greater_is_better=m.greater_is_better)
        for of, m in first.items()
    )


def _counts(predictions: Sequence[Prediction], *, leaked: int) -> Counts:
    return Counts(
        test=len(predictions),
        unparsed=sum(p.status == "unparsed" for p in predictions),
        refused=sum(p.status == "refused" for p in predictions),
        leaked=leaked,
        cut=sum(p.truncated for p in predictions),
    )


def _facts(cell: CellTask, answers: Answers, scored: Scored) -> DataFacts:
    chosen = cell.chosen
    return DataFacts(
        train=len(chosen.train),
        validation=len(chosen.validation),
        test=len(chosen.test),
        groups=scored.units,
        test_hash=chosen.test_hash,
        train_hash=chosen.train_hash,
        checks=chosen.checks,
        test_of=chosen.test_of,
        labelled=chosen.labelled,
        unscored_hash=hash_of_texts(cell.unscored) if answers.unscored else "",
    )

"""One `bench run` from request to stored results: build, prepare, plan, find the missing runs,
execute them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from bench.data.prepare import PreparedTasks
from bench.data.row_files import write_rows
from bench.errors import BenchError
from bench.run_context import RunContext, running_in
from bench.runs.cores import available
from bench.runs.estimates.calibration import PATIENCE, measure, unmeasured
from bench.runs.estimates.estimate import Estimate
from bench.runs.estimates.estimator import Estimator
from bench.runs.estimates.kept import keep
from bench.runs.estimates.machine import Machine, this_machine
from bench.runs.estimates.order import cheapest_first
from bench.runs.estimates.sources import estimator
from bench.runs.gpus import visible
from bench.runs.loaded_experiment import LoadedExperiment, RunOptions, load
from bench.runs.planning.experiment import Experiment, RunRequest
from bench.runs.planning.keys import why_stale
from bench.runs.planning.plan import plan
from bench.runs.planning.run_spec import Run, WorkerSession
from bench.runs.skips import Skip, record_of, skips
from bench.runs.threads import Threads, remember, settle
from bench.runs.workers.pool import Event, execute
from bench.store.store import Store

LEAST_TO_MEASURE = 5.0
"""Seconds that a family's runs must take for its speed on this machine to matter."""


@dataclass(frozen=True)
class PlannedRuns:
    """An experiment whose tasks are loaded and whose runs are planned."""

    experiment: Experiment
    material: PreparedTasks
    runs: Sequence[Run]
    skips: Sequence[Skip]
    todo: Sequence[Run]
    """The runs to execute, in this order: cheapest first."""
    damaged: Sequence[str]
    """Keys of `todo` whose stored result is damaged."""
    threads: Threads
    """Number of threads for each worker, and its origin."""
    workers: int
    """Number of worker processes."""
    estimator: Estimator
    estimates: Mapping[str, Estimate]
    """What each run of `todo` is expected to take, by key."""

    @property
    def mistakes(self) -> list[str]:
        """Mistakes in the user's own tasks and baselines; the others are run."""
        return [*self.material.broken.values(), *self.experiment.broken.values()]


def set_up(
    request: RunRequest,
    options: RunOptions,
    progress: Callable[[str], None] = lambda name: None,
    *,
    machine: Machine | None = None,
) -> PlannedRuns:
    """Do everything that precedes the first run.

    Args:
        request: what to run.
        options: how to run it.
        progress: called with the task that is being loaded.
        machine: where the runs are to be executed, for estimates; None: here.

    Raises:
        UserError: the request is invalid; with `strict`, a data check found something.
    """
    return planned(load(request, options, progress), options, machine=machine)


def planned(
    loaded: LoadedExperiment, options: RunOptions, *, machine: Machine | None = None
) -> PlannedRuns:
    """Plan the runs of a loaded experiment, and find those that are missing."""
    experiment, material = loaded.experiment, loaded.material
    with running_in(RunContext(offline=options.offline)):
        runs = plan(experiment, material, loaded.code)
    store = Store(options.results)
    store.adopt()  # so that complete results of a killed worker are not run again
    statuses = {run.key: None if options.rerun else store.status(run.key) for run in runs}
    todo = [run for run in runs if statuses[run.key] != "done"]
    # A large folder takes seconds to read, for nothing where everything is done.
    judge = estimator_of(loaded, options, machine=machine, stored=bool(todo))
    setup = PlannedRuns(
        experiment=experiment,
        material=material,
        runs=runs,
        skips=list(skips(experiment, material)),
        todo=todo,
        damaged=[key for key, status in statuses.items() if status == "damaged"],
        threads=settled(options),
        workers=min(_jobs(options), max(1, len(todo))),
        estimator=judge,
        estimates={},
    )
    return _ordered(setup, judge)


def _ordered(setup: PlannedRuns, judge: Estimator) -> PlannedRuns:
    """Return the runs in the order of their execution, with what each is expected to take."""
    todo = cheapest_first(setup.todo, judge.alone(setup.todo), workers=setup.workers)
    return replace(setup, todo=todo, estimator=judge, estimates=judge.of(todo))


def measured(
    setup: PlannedRuns,
    request: RunRequest,
    options: RunOptions,
    progress: Callable[[str], None] = lambda name: None,
    *,
    least: float = LEAST_TO_MEASURE,
    patience: float = PATIENCE,
) -> PlannedRuns:
    """Return the plan with estimates from this machine's speed, which is measured and kept for
    families of which it is not known.

    Args:
        setup: the plan.
        request: for its plugins.
        options: how to run it.
        progress: called with the family that is measured next.
        least: seconds that a family's runs must take for its speed to be measured.
        patience: seconds after which no further family is measured.
    """
    judge = setup.estimator
    unknown = unmeasured(judge, setup.todo, least)
    if not unknown or not judge.machine.here:
        return setup
    try:
        session = _session(setup, request, options, {})
        found = measure(unknown, judge, session, progress, patience=patience)
    except (BenchError, OSError):  # no folder for temporary files: arithmetic will do
        return setup
    known = judge.measured.with_newer(found)
    keep(judge.machine, known)
    return _ordered(setup, replace(judge, measured=known))


def settled(options: RunOptions) -> Threads:
    """Return the number of threads of each worker."""
    given, source = options.threads, options.threads_source
    return settle(options.results, available(), _jobs(options), given=given, source=source)


def estimator_of(
    loaded: LoadedExperiment,
    options: RunOptions,
    *,
    machine: Machine | None = None,
    stored: bool = True,
) -> Estimator:
    """Return an estimator of what runs take, on this machine unless another is named.

    Args:
        loaded: the tasks and baselines.
        options: how they are run.
        machine: the machine; None: this one.
        stored: whether finished cells of the results folder are read for it.
    """
    where = machine or this_machine(settled(options).count)
    store = Store(options.results) if stored else None
    return estimator(loaded.experiment, loaded.material, store, where)


def _jobs(options: RunOptions) -> int:
    return options.jobs or max(1, len(visible()))


def reasons_to_run(setup: PlannedRuns, store: Store) -> dict[str, str]:
    """Return why each outstanding run must be executed, by key: new, damaged, or what changed."""
    stored = [s.result for s in store.contents().results if s.result.status == "done"]
    reasons = {}
    for run in setup.todo:
        tasks = tuple(rows.task for rows in run.tasks)
        ingredients = [
            r.ingredients for r in stored if (r.baseline, r.tasks) == (run.baseline, tasks)
        ]
        reasons[run.key] = "damaged" if run.key in setup.damaged else why_stale(run, ingredients)
    return reasons


def carry_out(
    setup: PlannedRuns,
    request: RunRequest,
    options: RunOptions,
    on_event: Callable[[Event], None],
    may_start: Callable[[Run], bool] = lambda run: True,
) -> None:
    """Store the skipped runs, then execute the missing ones that may start.

    Raises:
        StoreError: the results folder cannot be written to.
        KeyboardInterrupt: passed on; all finished runs are stored.
    """
    store = Store(options.results)
    store.prepare()
    remember(store, setup.threads)
    for key in setup.damaged:
        store.set_aside(key)
    for skip in setup.skips:
        store.write(record_of(skip, setup.experiment), {})
    if not setup.todo:
        return
    devices = visible()
    with store.workspace() as workspace:
        rows = {}
        for number, name in enumerate({t.task: None for run in setup.todo for t in run.tasks}):
            rows[name] = _absolute(workspace / f"rows-{number}.arrow")
            write_rows(setup.material.tasks[name], Path(rows[name]))
        session = _session(setup, request, options, rows)
        timeout = setup.experiment.limits.timeout
        execute(
            setup.todo,
            session,
            on_event=on_event,
            jobs=setup.workers,
            devices=devices,
            timeout=timeout,
            may_start=may_start,
        )


def _session(
    setup: PlannedRuns, request: RunRequest, options: RunOptions, rows: dict[str, str]
) -> WorkerSession:
    return WorkerSession(
        results=_absolute(options.results),
        plugins=tuple(map(_absolute, request.plugins)),
        rows=rows,
        threads=setup.threads.count,
        replace=options.rerun,
        offline=options.offline,
    )


def _absolute(path: Path) -> str:
    """Return an absolute path for a worker, whose baselines may change the working directory."""
    return str(path.absolute())

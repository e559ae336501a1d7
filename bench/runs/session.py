"""One `bench run` from request to stored results: build, prepare, plan, find the missing runs,
execute them."""

import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from bench.baseline import Baseline
from bench.data.checks import told
from bench.data.prepare import PreparedTasks, prepare
from bench.data.row_files import write_rows
from bench.data.source import data_folders
from bench.errors import Unavailable, UserError
from bench.registry import Registry
from bench.run_context import RunContext, running_in
from bench.runs.cores import available
from bench.runs.gpus import visible
from bench.runs.planning.experiment import Experiment, RunRequest, build
from bench.runs.planning.keys import Code, why_stale
from bench.runs.planning.plan import plan
from bench.runs.planning.run_spec import Run, WorkerSession
from bench.runs.provenance import major_versions, version_of
from bench.runs.skips import Skip, record_of, skips
from bench.runs.source_hash import installed, source_of
from bench.runs.threads import Threads, remember, settle
from bench.runs.workers.pool import Event, execute
from bench.store.store import Store


@dataclass(frozen=True)
class RunOptions:
    """Options for executing runs, as opposed to selecting them."""

    results: Path
    data: Sequence[Path] = ()
    offline: bool = False
    strict: bool = False
    rerun: bool = False
    jobs: int | None = None
    """Number of workers; None: one per visible GPU, else 1."""
    threads: int | None = None
    """Number of threads for the libraries of one worker; None: see `bench.runs.threads`."""


@dataclass(frozen=True)
class PlannedRuns:
    """An experiment whose tasks are loaded and whose runs are planned."""

    experiment: Experiment
    material: PreparedTasks
    runs: Sequence[Run]
    skips: Sequence[Skip]
    todo: Sequence[Run]
    damaged: Sequence[str]
    """Keys of `todo` whose stored result is damaged."""
    threads: Threads
    """Number of threads for each worker, and its origin."""

    @property
    def mistakes(self) -> list[str]:
        """Mistakes in the user's own tasks and baselines; the others are run."""
        return [*self.material.broken.values(), *self.experiment.broken.values()]


def set_up(
    request: RunRequest, options: RunOptions, progress: Callable[[str], None] = lambda name: None
) -> PlannedRuns:
    """Do everything that precedes the first run.

    Raises:
        UserError: the request is invalid; with `strict`, a data check found something.
    """
    tasks = Registry("tasks", request.plugins)
    baselines = Registry("baselines", request.plugins)
    experiment = build(request, tasks, baselines)
    folders = data_folders(options.data)
    material = prepare(
        experiment.tasks,
        tasks,
        folders,
        offline=options.offline,
        named=not request.everything,
        progress=progress,
    )
    if options.strict:
        _refuse_findings(material)
    code = _code(experiment, baselines)
    with running_in(RunContext(offline=options.offline)):
        runs = plan(experiment, material, code)
    store = Store(options.results)
    store.adopt()  # so that complete results of a killed worker are not run again
    statuses = {run.key: None if options.rerun else store.status(run.key) for run in runs}
    return PlannedRuns(
        experiment=experiment,
        material=material,
        runs=runs,
        skips=list(skips(experiment, material)),
        todo=[run for run in runs if statuses[run.key] != "done"],
        damaged=[key for key, status in statuses.items() if status == "damaged"],
        threads=settle(options.results, available(), _jobs(options), given=options.threads),
    )


def _jobs(options: RunOptions) -> int:
    return options.jobs or max(1, len(visible()))


def _refuse_findings(material: PreparedTasks) -> None:
    lines = [
        f"{name}: {told(dict(sorted(task.checks.items())))}"
        for name, task in material.tasks.items()
        if task.checks
    ]
    if lines:
        raise UserError("--strict: the data checks found:\n" + "\n".join(f"- {s}" for s in lines))


def _code(experiment: Experiment, baselines: Registry) -> Code:
    tree = installed()
    sources = {
        name: source_of(_file_of(name, family, baselines), tree)
        for name, family in experiment.families.items()
    }
    return Code(
        {name: source.digest for name, source in sources.items()},
        {name: major_versions(f.libraries) for name, f in experiment.families.items()},
        partial(_further, experiment),
        frozenset(name for name, source in sources.items() if source.reads_metrics),
        {name: source.digest_for_plain for name, source in sources.items()},
        {name: f"icu4py {version_of('icu4py')}" for name, s in sources.items() if s.divides_words},
    )


def _file_of(name: str, family: type[Baseline], baselines: Registry) -> Path:
    """Return the file that defines a baseline; an entry point records its module alone."""
    return baselines[name].path or Path(str(sys.modules[family.__module__].__file__))


def _further(experiment: Experiment, name: str, params: Mapping[str, Any]) -> Mapping[str, str]:
    """Return the further dependencies that a baseline declares for its answers."""
    say = getattr(experiment.families[name](**params), "key_parts", None)
    try:
        return {} if say is None else dict(say())
    except Unavailable as error:
        return {"unavailable": str(error)}  # the fit will raise the same error, and be skipped


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
    setup: PlannedRuns, request: RunRequest, options: RunOptions, on_event: Callable[[Event], None]
) -> None:
    """Store the skipped runs, then execute the missing ones.

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
    jobs = min(_jobs(options), len(setup.todo))
    with store.workspace() as workspace:
        rows = {}
        for number, name in enumerate({t.task: None for run in setup.todo for t in run.tasks}):
            rows[name] = _absolute(workspace / f"rows-{number}.arrow")
            write_rows(setup.material.tasks[name], Path(rows[name]))
        session = WorkerSession(
            results=_absolute(options.results),
            plugins=tuple(map(_absolute, request.plugins)),
            rows=rows,
            threads=setup.threads.count,
            replace=options.rerun,
            offline=options.offline,
        )
        timeout = setup.experiment.limits.timeout
        # Multi-task runs take longest: started last, one would keep a single worker busy alone.
        todo = sorted(setup.todo, key=lambda run: -len(run.tasks) if jobs > 1 else 0)
        execute(todo, session, on_event=on_event, jobs=jobs, devices=devices, timeout=timeout)


def _absolute(path: Path) -> str:
    """Return an absolute path for a worker, whose baselines may change the working directory."""
    return str(path.absolute())

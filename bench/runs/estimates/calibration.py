"""Measure how fast a machine is: each family fits a few examples, for a few seconds altogether."""

import tempfile
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from time import monotonic

import numpy as np

from bench.data.prepare import PreparedTask
from bench.data.row_files import write_rows
from bench.data.split import sample
from bench.records import Result
from bench.runs.estimates.estimator import Estimator
from bench.runs.estimates.kept import Measured
from bench.runs.estimates.observed import Observation, observations
from bench.runs.planning.row_selection import hashed
from bench.runs.planning.run_spec import Run, WorkerSession
from bench.runs.workers.pool import Event, execute
from bench.store.store import Store

WARM = 12
"""Labelled examples of the fit before, in which libraries and weights are loaded."""
SIZES = (16, 24, 36, 54, 81)
"""Labelled examples of the fit that is measured: the fewest that should take `AIM` seconds. Below
100, none is reserved for calibration."""
AIM = 1.5
PATIENCE = 60.0
"""Seconds after which no further family is measured; half of them end a single fit."""


class _Enough(Exception):
    """Measuring has taken long enough."""


def unmeasured(estimator: Estimator, runs: Sequence[Run], least: float) -> list[Run]:
    """Return a run for each family of which nothing is known on this machine and whose runs are
    expected to take a while, cheapest first.

    Args:
        estimator: what is known.
        runs: the planned runs.
        least: seconds of a family's runs below which its speed does not matter.
    """
    estimates = estimator.alone(runs)
    found = []
    names = {run.baseline for run in runs}
    for name in dict.fromkeys(run.baseline for run in runs):
        if estimator.twin(name) in names:
            continue  # which is as fast
        own = [run for run in runs if run.baseline == name]
        total = sum(estimates[run.key].seconds for run in own)
        absent = any(estimates[run.key].download_bytes for run in own)
        if total >= least and not absent and not estimator.knows(name):
            found.append((total / len(own), own[0]))
    return [run for _, run in sorted(found, key=lambda pair: pair[0])]


def measure(
    runs: Sequence[Run],
    estimator: Estimator,
    session: WorkerSession,
    progress: Callable[[str], None] = lambda name: None,
    *,
    patience: float = PATIENCE,
) -> Measured:
    """Fit a few examples with each run's family, and return what that took.

    Families whose weights are not at hand are left out, as nothing is downloaded; so is what fails.

    Args:
        runs: one for each family; see `unmeasured`.
        estimator: what is known, and the tasks, of which the one with texts of middle length
            lends its examples.
        session: plugins and threads of the worker; its folders are replaced.
        progress: called with the family that is measured next.
        patience: seconds after which no further family is measured.
    """
    task = _lent(list(estimator.tasks.values()))
    small = replace(estimator, tasks={task.task.name: task}, stored=(), measured=Measured())
    pairs = [(_cut(run, task, WARM), _timed(run, task, small)) for run in runs]
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        store = Store(Path(folder) / "results")
        store.prepare()
        write_rows(task, rows := Path(folder) / "rows.arrow")
        there = {
            "results": str(store.root),
            "rows": {task.task.name: str(rows)},
            "offline": True,
            "replace": True,
        }
        every = [run for pair in pairs for run in pair]
        _execute(every, session.model_copy(update=there), progress, patience)
        found = {stored.result.key: stored.result for stored in store.contents().results}
        cells = {key: _observed(result, small) for key, result in found.items()}
    done = _measured([(cells.get(a.key, []), cells.get(b.key, [])) for a, b in pairs])
    return replace(done, products_per_second=estimator.machine.products_per_second)


def _observed(result: Result, small: Estimator) -> list[Observation]:
    return observations([result], small.families, small.tasks, small.machine)


def _measured(pairs: Sequence[tuple[list[Observation], list[Observation]]]) -> Measured:
    done = [(warm[0], timed[0]) for warm, timed in pairs if warm and timed]
    spent = wanted = 0.0
    loaded = set[str]()
    for warm, timed in done:
        speed = timed.taken.fit / max(1e-3, timed.expected.fit)
        new = {name: s for name, s in warm.expected.loads.items() if name not in loaded}
        loaded |= {*new}
        spent += max(0.0, warm.taken.fit - speed * warm.expected.fit) if new else 0.0
        wanted += sum(new.values())
    return Measured(tuple(timed for _, timed in done), spent / wanted if wanted else 1.0)


def _execute(
    runs: Sequence[Run],
    session: WorkerSession,
    progress: Callable[[str], None],
    patience: float,
) -> None:
    end = monotonic() + patience

    def watch(event: Event) -> None:
        if event.kind == "started":
            progress(event.run.baseline)
        if event.kind == "finished" and monotonic() > end:
            raise _Enough

    try:
        execute(runs, session, on_event=watch, timeout=patience / 2)
    except _Enough:
        return


def _lent(tasks: Sequence[PreparedTask]) -> PreparedTask:
    """Return the task with texts of middle length, cut down to a few examples."""
    by_length = sorted(tasks, key=lambda task: float(np.mean([len(r.text) for r in task.rows])))
    task = by_length[len(by_length) // 2]
    loaded, output = task.loaded, task.task.output
    train = sample([*loaded.train, *loaded.validation], output, SIZES[-1], seed=0)
    test = sample(loaded.test, output, SIZES[-1], seed=0)
    few = replace(loaded, train=tuple(train), validation=(), test=tuple(test))
    return replace(task, loaded=few, unscored=(), files=None, removed=())


def _timed(run: Run, task: PreparedTask, small: Estimator) -> Run:
    cut = [_cut(run, task, size) for size in SIZES if size <= len(task.loaded.train)]
    estimates = small.alone(cut)
    return next((one for one in cut if estimates[one.key].seconds >= AIM), cut[-1])


def _cut(run: Run, task: PreparedTask, size: int) -> Run:
    """Return a run on so many labelled examples of the lent task, and a third as many tests."""
    learnt, size = len(task.loaded.train), min(size, len(task.loaded.train))
    ends = (size - size // 4, size, learnt, learnt + max(4, size // 3))
    rows = run.tasks[0].model_copy(
        update={
            "task": task.task.name,
            "suite": task.suite,
            "train": tuple(range(ends[0])),
            "validation": tuple(range(ends[0], ends[1])),
            "test": tuple(range(ends[2], min(ends[3], len(task.rows)))),
            "folds": (),
            "leaked": (),
            "left_untested": 0,
        }
    )
    epochs = {"epochs": 1} if type(run.params.get("epochs")) is int else {}
    update = {
        "tasks": (rows,),
        "folds": 0,
        "score_train": False,
        "params": {**run.params, **epochs},
        "key": hashed(["measured", run.key, size]),
    }
    return run.model_copy(update=update)

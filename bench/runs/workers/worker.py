"""The worker process: receives runs as JSON lines, executes them, stores the results itself.

Started as `python -m bench.runs.workers.worker`. The first line on standard input is the Session,
each further one a Run; each answer is one line as packed by `bench.runs.workers.wire`, preceded by
any number of progress lines. When standard input closes, the parent is gone and the process exits
at once: a run in progress leaves nothing behind but its checkpoints. Baselines get an empty
standard input, and standard error for both outputs.
"""

import contextlib
import gc
import os
import queue
import sys
import threading
import time
import traceback
import warnings
from collections.abc import Callable
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import IO, Any, NoReturn

from bench.baseline import Baseline
from bench.data.annotations import Annotations
from bench.data.row_files import read_opinions, read_rows, read_unscored
from bench.errors import BenchError, StoreError
from bench.example import Example
from bench.registry import Registry, load_baseline
from bench.registry import load_task as load_plugin
from bench.run_context import Progress, RunContext, running_in
from bench.runs.cells.cell import Outcome, bare_result, run_cell
from bench.runs.cells.fit_predict import CellTask
from bench.runs.cells.meter import Meter
from bench.runs.gpus import EnergyMeter
from bench.runs.planning.run_spec import Run, TaskRows, WorkerSession
from bench.runs.workers.orphans import die_with_parent, leave_if_orphaned
from bench.runs.workers.wire import CUT, Answers, Reporter
from bench.store.checkpoint_folder import fit_folder
from bench.store.store import Store
from bench.task import Task


class Worker:
    """Execute runs, keeping examples and the baselines' caches from one run to the next."""

    def __init__(self, session: WorkerSession) -> None:
        folders = [Path(folder) for folder in session.plugins]
        self.session = session
        self.tasks, self.baselines = Registry("tasks", folders), Registry("baselines", folders)
        self.store = Store(Path(session.results))
        self.rows = lru_cache(maxsize=2)(self._rows)
        self.opinions = lru_cache(maxsize=2)(self._opinions)

    def _rows(self, name: str) -> tuple[Example, ...]:
        return read_rows(Path(self.session.rows[name]), self._task(name).output)

    def _opinions(self, name: str) -> Annotations:
        return read_opinions(Path(self.session.rows[name]), self._task(name).output)

    def _task(self, name: str) -> Task:
        return load_plugin(self.tasks[name])

    def _family(self, name: str) -> type[Baseline]:
        return load_baseline(self.baselines[name])

    def _cell(self, rows: TaskRows, *, whole: bool) -> CellTask:
        task, path = self._task(rows.task), Path(self.session.rows[rows.task])
        unscored = read_unscored(path) if whole and not rows.folds else ()
        return CellTask(task, rows, self.rows(rows.task), unscored, self.opinions(rows.task))

    def do(
        self,
        run: Run,
        report: Callable[[Progress], None],
        *,
        before_storing: Callable[[], None] = lambda: None,
    ) -> dict[str, Any]:
        """Execute one run and store it; the returned message gives the outcome.

        Args:
            run: the run to execute.
            report: receives progress.
            before_storing: raises where nothing may be stored any more.

        Raises:
            StoreError: the results folder cannot be written to.
        """
        session = self.session
        with fit_folder(self.store.root, run.key, fresh=session.replace) as folder:
            work = RunContext(
                folder=folder,
                offline=session.offline,
                threads=session.threads,
                report=report,
                checkpoint_seconds=float(os.environ.get("BENCH_CHECKPOINT_SECONDS", "60")),
            )
            with running_in(work):
                outcome = self._outcome(run)
                before_storing()
                # Waiting for the folder's lock is reported like any progress.
                self.store.write(outcome.result, outcome.files, replace=session.replace)
        return {"status": outcome.result.status, "reason": outcome.result.reason}

    def _outcome(self, run: Run) -> Outcome:
        session, whole = self.session, run.limit.test is None
        started, clock = datetime.now(UTC), time.perf_counter()
        try:
            cells = [self._cell(rows, whole=whole) for rows in run.tasks]
            family = self._family(run.baseline)
        except BenchError as error:
            return Outcome(bare_result(run, "failed", str(error), started, clock), {})
        energy = EnergyMeter(own=session.own_gpu)
        return run_cell(run, family, cells, Meter(session.threads, session.workers, energy=energy))


def _settle() -> None:
    """Import the modules that every cell's scoring needs, and freeze them out of garbage
    collection, which took most of the time between two short cells. Must precede any fit, or its
    model would be frozen, too."""
    import sklearn.metrics  # noqa: F401

    gc.collect()
    gc.freeze()


def _listen(lines: IO[str], inbox: "queue.Queue[str]") -> None:
    try:
        for line in lines:
            inbox.put(line)
    except (OSError, ValueError):  # the descriptor was closed, or is now a file that is not text
        os.write(2, f"{CUT}\n".encode())
        os._exit(1)
    os._exit(0)


def _take_descriptors() -> tuple[IO[str], Answers]:
    """Return the two pipes, moved away from the descriptors that baselines and their children
    use."""
    jobs, answers, nothing = os.dup(0), os.dup(1), os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    os.dup2(2, 1)
    return os.fdopen(jobs, encoding="utf-8"), Answers(answers, [jobs])


def main() -> None:
    """Execute runs until standard input closes."""
    die_with_parent()
    home = Path.cwd()
    jobs, answers = _take_descriptors()
    if not sys.warnoptions:
        warnings.simplefilter("ignore")
    inbox: queue.Queue[str] = queue.Queue()
    threading.Thread(target=_listen, args=(jobs, inbox), daemon=True).start()
    session = WorkerSession.model_validate_json(inbox.get())
    leave_if_orphaned(session.parent)
    answers.token = session.token
    worker = Worker(session)
    _settle()
    while True:
        run = Run.model_validate_json(inbox.get())
        # A baseline may have changed the working directory, or removed this one.
        with contextlib.suppress(OSError):
            os.chdir(home)
        _answer(worker, run, answers)


def _answer(worker: Worker, run: Run, answers: Answers) -> None:
    report = Reporter(answers, run.key)
    try:
        answer = worker.do(run, report, before_storing=answers.check)
    except StoreError as error:
        answer = {"status": "failed", "reason": str(error), "unstored": True}
    answers.say({"key": run.key, **answer})


def _run_and_leave() -> NoReturn:
    try:
        main()
    except BaseException:  # noqa: BLE001 - the parent reads its last line
        traceback.print_exc()
    # A thread left behind by a baseline would keep the process alive, as would its exit handlers.
    os._exit(1)


if __name__ == "__main__":
    _run_and_leave()

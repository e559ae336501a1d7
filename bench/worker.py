"""The worker process: takes runs as JSON lines, does them, writes the results itself.

Started as `python -m bench.worker`. The first line on standard input is the Session, each further
one a Run; each answer is one JSON line, behind any number of lines on progress. When standard input
closes, the parent is gone, and the process ends at once: a run in progress leaves nothing behind
but its checkpoints.
"""

import gc
import json
import os
import queue
import sys
import threading
import time
import warnings
from collections.abc import Callable
from dataclasses import asdict
from functools import lru_cache
from pathlib import Path
from typing import IO, Any

from bench.answering import CellTask, Meter
from bench.baseline import Baseline
from bench.cell import run_cell
from bench.devices import EnergyMeter
from bench.errors import BenchError
from bench.opinions import Opinions
from bench.plugins import Registry, load_baseline
from bench.plugins import load_task as load_plugin
from bench.prepare import read_opinions, read_rows, read_unscored
from bench.run import Run, Session, TaskRows
from bench.store import Store
from bench.task import Example, Task
from bench.unfinished import fit_folder
from bench.work import Progress, Work, working

EVERY = 0.25
"""Least seconds between two words on progress."""


class Worker:
    """Does runs, keeping rows and whatever baselines cache from one to the next."""

    def __init__(self, session: Session) -> None:
        folders = [Path(folder) for folder in session.plugins]
        self.session = session
        self.tasks, self.baselines = Registry("tasks", folders), Registry("baselines", folders)
        self.store = Store(Path(session.results))
        self.rows = lru_cache(maxsize=2)(self._rows)
        self.opinions = lru_cache(maxsize=2)(self._opinions)

    def _rows(self, name: str) -> tuple[Example, ...]:
        return read_rows(Path(self.session.rows[name]), self._task(name).output)

    def _opinions(self, name: str) -> Opinions:
        return read_opinions(Path(self.session.rows[name]), self._task(name).output)

    def _task(self, name: str) -> Task:
        return load_plugin(self.tasks[name])

    def _family(self, name: str) -> type[Baseline]:
        return load_baseline(self.baselines[name])

    def _cell(self, rows: TaskRows, *, whole: bool) -> CellTask:
        task, path = self._task(rows.task), Path(self.session.rows[rows.task])
        unscored = read_unscored(path) if whole and not rows.folds else ()
        return CellTask(task, rows, self.rows(rows.task), unscored, self.opinions(rows.task))

    def do(self, run: Run, report: Callable[[Progress], None]) -> dict[str, Any]:
        """One run, stored; the answer says what became of it."""
        session, whole = self.session, run.limit.test is None
        cells = [self._cell(rows, whole=whole) for rows in run.tasks]
        with fit_folder(self.store.root, run.key, fresh=session.replace) as folder:
            work = Work(
                folder=folder,
                offline=session.offline,
                threads=session.threads,
                report=report,
                checkpoint_seconds=float(os.environ.get("BENCH_CHECKPOINT_SECONDS", "60")),
            )
            with working(work):
                family = self._family(run.baseline)
                meter = Meter(
                    session.threads, session.workers, energy=EnergyMeter(own=session.own_gpu)
                )
                outcome = run_cell(run, family, cells, meter)
            self.store.write(outcome.result, outcome.files, replace=session.replace)
        main = {r.task: r.scores[r.main_metric] for r in outcome.result.results}
        return {
            "status": outcome.result.status,
            "reason": outcome.result.reason,
            "scores": {name: None if score != score else score for name, score in main.items()},
        }


class _Reporter:
    """Passes progress on, a few times a second."""

    def __init__(self, say: Callable[[dict[str, Any]], None]) -> None:
        self.say, self.last = say, 0.0

    def __call__(self, progress: Progress) -> None:
        now = time.monotonic()
        if now - self.last >= EVERY or progress.done >= progress.total:
            self.last = now
            self.say({"progress": asdict(progress)})


def _settle() -> None:
    """Have what every cell's scoring takes imported, and never looked through for garbage again:
    that was most of the time between two short cells. Before any fit, or its model would stay."""
    import sklearn.metrics  # noqa: F401

    gc.collect()
    gc.freeze()


def _listen(lines: IO[str], inbox: "queue.Queue[str]") -> None:
    for line in lines:
        inbox.put(line)
    os._exit(0)


def main() -> None:
    """Answer runs until standard input closes."""
    # Whatever a library prints must not mix with the answers.
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    if not sys.warnoptions:
        warnings.simplefilter("ignore")
    inbox: queue.Queue[str] = queue.Queue()
    stdin = os.fdopen(os.dup(0), encoding="utf-8")
    threading.Thread(target=_listen, args=(stdin, inbox), daemon=True).start()

    def say(answer: dict[str, Any]) -> None:
        print(json.dumps(answer), file=answers, flush=True)

    worker = Worker(Session.model_validate_json(inbox.get()))
    _settle()
    while True:
        run = Run.model_validate_json(inbox.get())
        try:
            answer = worker.do(run, _Reporter(say))
        except BenchError as error:
            answer = {"status": "failed", "reason": str(error), "scores": {}, "unstored": True}
        say(answer)


if __name__ == "__main__":
    main()

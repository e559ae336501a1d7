"""The worker process: takes runs as JSON lines, does them, writes the results itself.

Started as `python -m bench.worker`. The first line on standard input is the Session, each further
one a Run; each answer is one JSON line. When standard input closes, the parent is gone, and the
process ends at once: a run in progress leaves nothing behind.
"""

import json
import os
import queue
import sys
import threading
import warnings
from functools import lru_cache
from pathlib import Path
from typing import IO, Any

from bench.baseline import Baseline
from bench.cell import CellTask, run_cell
from bench.errors import BenchError
from bench.plugins import Registry, load_baseline
from bench.plugins import load_task as load_plugin
from bench.prepare import read_rows
from bench.run import Run, Session, TaskRows
from bench.store import Store
from bench.task import Example, Task


class Worker:
    """Does runs, keeping rows and whatever baselines cache from one to the next."""

    def __init__(self, session: Session) -> None:
        folders = [Path(folder) for folder in session.plugins]
        self.session = session
        self.tasks, self.baselines = Registry("tasks", folders), Registry("baselines", folders)
        self.store = Store(Path(session.results))
        self.rows = lru_cache(maxsize=2)(self._rows)

    def _rows(self, name: str) -> tuple[Example, ...]:
        return read_rows(Path(self.session.rows[name]), self._task(name).output)

    def _task(self, name: str) -> Task:
        return load_plugin(self.tasks[name])

    def _family(self, name: str) -> type[Baseline]:
        return load_baseline(self.baselines[name])

    def _cell(self, rows: TaskRows) -> CellTask:
        return CellTask(self._task(rows.task), rows, self.rows(rows.task))

    def do(self, run: Run) -> dict[str, Any]:
        """One run, stored; the answer says what became of it."""
        cells = [self._cell(rows) for rows in run.tasks]
        outcome = run_cell(run, self._family(run.baseline), cells, threads=self.session.threads)
        self.store.write(outcome.result, outcome.files, replace=self.session.replace)
        main = {r.task: r.scores[r.main_metric] for r in outcome.result.results}
        return {
            "status": outcome.result.status,
            "reason": outcome.result.reason,
            "scores": {name: None if score != score else score for name, score in main.items()},
        }


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
    worker = Worker(Session.model_validate_json(inbox.get()))
    while True:
        run = Run.model_validate_json(inbox.get())
        try:
            answer = worker.do(run)
        except BenchError as error:
            answer = {"status": "failed", "reason": str(error), "scores": {}, "unstored": True}
        print(json.dumps(answer), file=answers, flush=True)


if __name__ == "__main__":
    main()

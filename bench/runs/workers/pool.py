"""Execute runs in worker processes: a crash, kill or timeout becomes a Failure, the other runs go
on."""

import queue
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from typing import Literal

from bench.errors import StoreError
from bench.records import Status
from bench.run_context import Progress
from bench.runs.gpus import WorkerDevice, seats
from bench.runs.planning.run_spec import Run, WorkerSession
from bench.runs.workers.ending import Began, Ending, Endings
from bench.runs.workers.process import WorkerLost, WorkerProcess

LONG = 3600.0
"""Seconds after which the user is told that a run has no time limit."""


@dataclass(frozen=True)
class Event:
    """An event to display: a run was started or finished, has made progress, or takes long."""

    kind: Literal["started", "progress", "long", "finished"]
    run: Run
    status: Status | None = None
    reason: str = ""
    seconds: float = 0.0
    scores: Mapping[str, float | None] = field(default_factory=dict)
    progress: Progress | None = None


class _WorkerPool:
    """Threads that each feed one worker from a shared list of runs."""

    def __init__(
        self,
        runs: Sequence[Run],
        session: WorkerSession,
        timeout: float | None,
        may_start: Callable[[Run], bool],
    ) -> None:
        self.waiting: queue.SimpleQueue[Run] = queue.SimpleQueue()
        for run in runs:
            self.waiting.put(run)
        self.session, self.timeout, self.may_start = session, timeout, may_start
        self.events: queue.Queue[Event | BaseException | None] = queue.Queue()
        self.stopped = threading.Event()
        self.workers: set[WorkerProcess] = set()
        self.endings = Endings(session)

    def serve(self, seat: WorkerDevice) -> None:
        """Execute runs until none is left; the body of a thread."""
        worker: WorkerProcess | None = None
        try:
            while not self.stopped.is_set():
                try:
                    run = self.waiting.get_nowait()
                except queue.Empty:
                    break
                if not self.may_start(run):
                    continue
                worker = worker or self._hire(seat)
                if not self._run_on(worker, run):
                    self._dismiss(worker)
                    worker = None
        except BaseException as error:  # noqa: BLE001 - carried to the main thread, which raises it
            self.events.put(error)
        finally:
            if worker is not None:
                self._dismiss(worker)
            self.events.put(None)

    def _hire(self, seat: WorkerDevice) -> WorkerProcess:
        # In the thread that uses the worker: the worker dies with the thread that started it.
        worker = WorkerProcess(self.session, seat)
        self.workers.add(worker)
        if self.stopped.is_set():  # `stop` may have missed it
            worker.kill()
        return worker

    def _dismiss(self, worker: WorkerProcess) -> None:
        self.workers.discard(worker)
        worker.close()

    def _report(self, run: Run, progress: Progress) -> None:
        self.events.put(Event("progress", run, progress=progress))

    def _run_on(self, worker: WorkerProcess, run: Run) -> bool:
        """Execute one run; return False if its worker was lost."""
        self.events.put(Event("started", run))
        began = Began(datetime.now(UTC), time.perf_counter())
        try:
            answer = worker.do(run, self.timeout, partial(self._report, run))
        except WorkerLost as lost:
            if not self.stopped.is_set():
                self._finish(run, self.endings.lost(run, str(lost), began), began)
            return False
        if answer.get("unstored"):
            raise StoreError(answer["reason"])
        ending = Ending(answer["status"], answer["reason"])
        self._finish(run, self.endings.answered(run, ending, began), began)
        return True

    def _finish(self, run: Run, ending: Ending, began: Began) -> None:
        seconds, words = time.perf_counter() - began.clock, (ending.status, ending.reason)
        self.events.put(Event("finished", run, *words, seconds, ending.scores))

    def stop(self) -> None:
        """Stop all work now."""
        self.stopped.set()
        for worker in tuple(self.workers):
            worker.kill()


class _Overdue:
    """Find runs that no time limit will end, once each."""

    def __init__(self, timeout: float | None) -> None:
        self.limited = timeout is not None
        self.since: dict[str, tuple[Run, float]] = {}

    def note(self, event: Event) -> None:
        """Record that a run was started or finished."""
        if event.kind == "started" and not self.limited:
            self.since[event.run.key] = (event.run, time.monotonic())
        if event.kind == "finished":
            self.since.pop(event.run.key, None)

    def take(self) -> list[Run]:
        """Return the runs that have just become overdue."""
        now = time.monotonic()
        overdue = [run for run, began in self.since.values() if now - began >= LONG]
        for run in overdue:
            del self.since[run.key]
        return overdue


def execute(
    runs: Sequence[Run],
    session: WorkerSession,
    *,
    on_event: Callable[[Event], None],
    jobs: int = 1,
    devices: Sequence[str] = (),
    timeout: float | None = None,
    may_start: Callable[[Run], bool] = lambda run: True,
) -> None:
    """Execute all runs and store their results.

    Args:
        runs: the runs, in order.
        session: the settings that they share.
        on_event: called in this thread for each start and each end.
        jobs: number of worker processes. More than one makes the cost columns less exact, except
            for GPU figures while each worker has a GPU to itself and enough cores to feed it.
        devices: the GPUs, as `bench.runs.gpus.visible` names them; each worker gets one, in turn.
        timeout: maximum seconds per run; None: no limit.
        may_start: asked before each run, in the thread of its worker; a run that may not start is
            left out.

    Raises:
        StoreError: a result could not be written.
        KeyboardInterrupt: passed on, after all workers have ended.
    """
    places = seats(devices, min(jobs, len(runs)))
    crew = _WorkerPool(
        runs, session.model_copy(update={"workers": len(places)}), timeout, may_start
    )
    threads = [threading.Thread(target=crew.serve, args=(seat,)) for seat in places]
    for thread in threads:
        thread.start()
    working = len(threads)
    overdue = _Overdue(timeout)
    try:
        while working:
            for run in overdue.take():
                on_event(Event("long", run, seconds=LONG))
            # A wait without a timeout cannot be interrupted on every system.
            try:
                event = crew.events.get(timeout=1.0)
            except queue.Empty:
                continue
            if event is None:
                working -= 1
            elif isinstance(event, BaseException):
                raise event
            else:
                overdue.note(event)
                on_event(event)
    finally:
        crew.stop()
        for thread in threads:
            thread.join()

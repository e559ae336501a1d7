"""Do runs in worker processes: a crash, kill or time-out becomes a Failure, the rest goes on."""

import json
import os
import queue
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import IO, Any, Literal

from bench.cell import bare_result
from bench.errors import BenchError, redact
from bench.records import Status
from bench.run import Run, Session
from bench.store import Store
from bench.work import Progress


@dataclass(frozen=True)
class Event:
    """Something to show: a run was started or finished, or has come so far."""

    kind: Literal["started", "progress", "finished"]
    run: Run
    status: Status | None = None
    reason: str = ""
    seconds: float = 0.0
    scores: dict[str, float | None] = field(default_factory=dict)
    progress: Progress | None = None


class _Lost(Exception):
    """The worker is gone; the message says how."""


def _environment(threads: int) -> dict[str, str]:
    """A worker's: it finds its modules in the same places, in the same order, as this process."""
    return {
        **os.environ,
        "OMP_NUM_THREADS": str(threads),
        "TOKENIZERS_PARALLELISM": "false",
        "PYTHONPATH": os.pathsep.join(place or str(Path.cwd()) for place in sys.path),
    }


class _Worker:
    """A worker process and the two ends of its pipes."""

    def __init__(self, session: Session) -> None:
        self.log: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 - closed in `close`
        self.process = subprocess.Popen(
            # -P: a file of the user's folder must not stand in for a library, nor for bench.
            [sys.executable, "-P", "-m", "bench.worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self.log,
            env=_environment(session.threads),
            # Ctrl-C is the parent's to handle: it ends the worker in its own way.
            start_new_session=True,
        )
        self.answers: queue.Queue[bytes] = queue.Queue()
        threading.Thread(target=self._listen, daemon=True).start()
        self._send(session.model_dump_json())

    def _listen(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.answers.put(line)
        self.answers.put(b"")

    def _send(self, line: str) -> None:
        assert self.process.stdin is not None
        try:
            self.process.stdin.write(line.encode() + b"\n")
            self.process.stdin.flush()
        except OSError:
            raise _Lost(self._epitaph()) from None

    def do(
        self, run: Run, timeout: float | None, on_progress: Callable[[Progress], None]
    ) -> dict[str, Any]:
        """Have a run done.

        Raises:
            _Lost: the worker died, or took longer than `timeout` seconds and was killed.
        """
        self._send(run.model_dump_json())
        end = None if timeout is None else time.monotonic() + timeout
        while True:
            try:
                left = None if end is None else max(0.0, end - time.monotonic())
                line = self.answers.get(timeout=left)
            except queue.Empty:
                self.kill()
                raise _Lost(f"took longer than {timeout:g} s (limits.timeout)") from None
            if not line:
                raise _Lost(self._epitaph())
            answer: dict[str, Any] = json.loads(line)
            if "progress" not in answer:
                return answer
            on_progress(Progress(**answer["progress"]))

    def _epitaph(self) -> str:
        code = self.process.wait()
        self.log.seek(0)
        last = self.log.read()[-2000:].decode(errors="replace").strip().splitlines()[-1:]
        how = (
            f"was killed by {signal.Signals(-code).name}" if code < 0 else f"ended with code {code}"
        )
        hint = "; the machine may be out of memory" if code == -signal.SIGKILL else ""
        return redact(f"the worker process {how}{hint}" + (f": {last[0]}" if last else ""))

    def kill(self) -> None:
        """End the process, and any that it started."""
        if self.process.poll() is None:
            if hasattr(os, "killpg"):
                os.killpg(self.process.pid, signal.SIGKILL)
            else:
                self.process.kill()
        self.process.wait()

    def close(self) -> None:
        """Let go of the process and its pipes."""
        self.kill()
        for pipe in (self.process.stdin, self.process.stdout, self.log):
            if pipe is not None:
                try:
                    pipe.close()
                except OSError:  # a dead process's pipe cannot be flushed
                    continue


class _Crew:
    """Threads that each feed one worker from a common list of runs."""

    def __init__(self, runs: Sequence[Run], session: Session, timeout: float | None) -> None:
        self.waiting: queue.SimpleQueue[Run] = queue.SimpleQueue()
        for run in runs:
            self.waiting.put(run)
        self.session, self.timeout = session, timeout
        self.events: queue.Queue[Event | BaseException | None] = queue.Queue()
        self.stopped = threading.Event()
        self.workers: set[_Worker] = set()

    def serve(self) -> None:
        """Do runs until none is left; the body of a thread."""
        worker: _Worker | None = None
        try:
            while not self.stopped.is_set():
                try:
                    run = self.waiting.get_nowait()
                except queue.Empty:
                    break
                worker = worker or self._hire()
                if not self._one(worker, run):
                    self._dismiss(worker)
                    worker = None
        except BaseException as error:  # noqa: BLE001 - carried to the main thread, which raises it
            self.events.put(error)
        finally:
            if worker is not None:
                self._dismiss(worker)
            self.events.put(None)

    def _hire(self) -> _Worker:
        worker = _Worker(self.session)
        self.workers.add(worker)
        return worker

    def _dismiss(self, worker: _Worker) -> None:
        self.workers.discard(worker)
        worker.close()

    def _tell(self, run: Run, progress: Progress) -> None:
        self.events.put(Event("progress", run, progress=progress))

    def _one(self, worker: _Worker, run: Run) -> bool:
        """Do one run; False when its worker was lost."""
        self.events.put(Event("started", run))
        started, clock = datetime.now(UTC), time.perf_counter()
        try:
            answer = worker.do(run, self.timeout, partial(self._tell, run))
        except _Lost as lost:
            if not self.stopped.is_set():
                failed = bare_result(run, "failed", str(lost), started, clock)
                Store(Path(self.session.results)).write(failed, {})
                self.events.put(
                    Event("finished", run, "failed", failed.reason, time.perf_counter() - clock)
                )
            return False
        if answer.get("unstored"):
            raise BenchError(answer["reason"])
        seconds = time.perf_counter() - clock
        self.events.put(
            Event("finished", run, answer["status"], answer["reason"], seconds, answer["scores"])
        )
        return True

    def stop(self) -> None:
        """End all work now."""
        self.stopped.set()
        for worker in tuple(self.workers):
            worker.kill()


def execute(
    runs: Sequence[Run],
    session: Session,
    *,
    on_event: Callable[[Event], None],
    jobs: int = 1,
    timeout: float | None = None,
) -> None:
    """Do all runs and store their results.

    Args:
        runs: what to do, in order.
        session: what they share.
        on_event: called in this thread for each start and each end.
        jobs: worker processes at once. More than one makes the cost columns less exact.
        timeout: seconds a run may take; None: any.

    Raises:
        StoreError: a result could not be written.
        KeyboardInterrupt: as it came; all workers have ended by then.
    """
    crew = _Crew(runs, session, timeout)
    threads = [threading.Thread(target=crew.serve) for _ in range(min(jobs, len(runs)))]
    for thread in threads:
        thread.start()
    working = len(threads)
    try:
        while working:
            # A wait without limit could not be interrupted on every system.
            try:
                event = crew.events.get(timeout=1.0)
            except queue.Empty:
                continue
            if event is None:
                working -= 1
            elif isinstance(event, BaseException):
                raise event
            else:
                on_event(event)
    finally:
        crew.stop()
        for thread in threads:
            thread.join()

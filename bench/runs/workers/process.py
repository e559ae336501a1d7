"""A worker process from its parent's side: start it, send runs, receive progress, end it."""

import contextlib
import os
import queue
import secrets
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any

from bench.redaction import redact
from bench.run_context import Progress
from bench.runs.gpus import VARIABLE, WorkerDevice
from bench.runs.planning.run_spec import Run, WorkerSession
from bench.runs.workers.orphans import MARK, kill_family
from bench.runs.workers.wire import lines, unpack

DRAIN = 2.0
"""Seconds to read remaining output of a dead worker, where another process holds its pipe open."""
PATIENCE = 5.0
"""Seconds for a worker without further runs to exit by itself."""
_THREADS = (
    "OMP_NUM_THREADS",
    "MKL_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "RAYON_NUM_THREADS",
)
PASSIVE = {"OMP_WAIT_POLICY": "PASSIVE", "GOMP_SPINCOUNT": "0"}
"""Settings against busy waiting: spinning threads take the core from the thread that they wait for,
wherever other processes compute on the machine."""


class WorkerLost(Exception):
    """The worker is gone; the message says how it ended."""


def _absolute(place: str) -> str:
    """Return an absolute path for a worker whose baselines may change the working directory; a name
    known to an import hook stays."""
    return str(Path(place).absolute()) if Path(place).exists() else place


def _environment(threads: int, device: str) -> dict[str, str]:
    """Return a worker's environment: it finds its modules in the same places, in the same order, as
    this process."""
    # Left unset, `tokenizers` uses threads, but not in a forked child, where it would deadlock.
    environment = {
        name: value for name, value in os.environ.items() if name != "TOKENIZERS_PARALLELISM"
    }
    return {
        **PASSIVE,
        **environment,
        **dict.fromkeys(_THREADS, str(threads)),
        # Otherwise glibc returns large arrays to the system each time, to be cleared anew.
        "MALLOC_MMAP_THRESHOLD_": str(1 << 32),
        "MALLOC_TRIM_THRESHOLD_": str(1 << 32),
        "PYTHONPATH": os.pathsep.join(map(_absolute, sys.path)),
        **({VARIABLE: device} if device else {}),
    }


def _signal(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:  # a signal without a name
        return f"signal {number}"


class WorkerProcess:
    """A worker process and the two ends of its pipes."""

    def __init__(self, session: WorkerSession, seat: WorkerDevice) -> None:
        self.log: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 - closed in `close`
        self.logged = 0
        self.token, self.mark = secrets.token_hex(16), secrets.token_hex(16)
        self.killing, self.killed, self.strays = threading.Lock(), False, 0
        self.ended = threading.Event()
        self.process = subprocess.Popen(
            # -P: a file in the user's folder must not shadow a library or bench.
            [sys.executable, "-P", "-m", "bench.runs.workers.worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self.log,
            env={**_environment(session.threads, seat.device), MARK: self.mark},
            # The parent handles Ctrl-C: it ends the worker in its start way.
            start_new_session=True,
        )
        self.answers: queue.Queue[dict[str, Any] | None] = queue.Queue()
        self.listener = threading.Thread(target=self._listen, daemon=True)
        self.listener.start()
        threading.Thread(target=self._watch, daemon=True).start()
        start = {"own_gpu": seat.own, "token": self.token, "parent": os.getpid()}
        with contextlib.suppress(WorkerLost):  # already dead: the first run will report it
            self._send(session.model_copy(update=start).model_dump_json())

    def _listen(self) -> None:
        """Read the worker's messages; the body of a thread."""
        assert self.process.stdout is not None
        for line in lines(self.process.stdout):
            answer = unpack(line, self.token)
            if answer is None:
                self.strays += 1
            else:
                self.answers.put(answer)

    def _watch(self) -> None:
        """Wait for the end of the process; the body of a thread.

        The end of its pipe is no substitute: a child of the worker may hold it open indefinitely.
        """
        if hasattr(os, "waitid"):
            with contextlib.suppress(ChildProcessError):  # `kill` was faster
                os.waitid(os.P_PID, self.process.pid, os.WEXITED | os.WNOWAIT)
        else:
            self.process.wait()
        self.kill()
        self.ended.set()
        self.listener.join(DRAIN)
        self.answers.put(None)

    def _send(self, line: str) -> None:
        assert self.process.stdin is not None
        try:
            self.process.stdin.write(line.encode() + b"\n")
            self.process.stdin.flush()
        except OSError:
            raise WorkerLost(self._exit_reason()) from None

    def do(
        self, run: Run, timeout: float | None, on_progress: Callable[[Progress], None]
    ) -> dict[str, Any]:
        """Have the worker execute a run.

        Raises:
            Lost: the worker died, or took longer than `timeout` seconds and was killed.
        """
        self.logged = os.fstat(self.log.fileno()).st_size
        self._send(run.model_dump_json())
        end = None if timeout is None else time.monotonic() + timeout
        while True:
            try:
                left = None if end is None else max(0.0, end - time.monotonic())
                answer = self.answers.get(timeout=left)
            except queue.Empty:
                self.kill()
                raise WorkerLost(
                    f"took longer than the limit of {timeout:g} s (limits.timeout)"
                ) from None
            if answer is None:
                raise WorkerLost(self._exit_reason())
            if answer["key"] != run.key:  # from an earlier run's leftover process
                continue
            if "progress" not in answer:
                return answer
            on_progress(Progress(*answer["progress"]))

    def _exit_reason(self) -> str:
        if not self.ended.wait(PATIENCE):
            self.kill()
            return "the worker process accepted no more runs and was stopped"
        code = self.process.wait()
        how = f"was killed by {_signal(-code)}" if code < 0 else f"ended with code {code}"
        hint = "; the machine may be out of memory" if code == -signal.SIGKILL else ""
        noise = f"; {self.strays} unexpected lines on its answer pipe" if self.strays else ""
        last = self._last_words()
        return redact(f"the worker process {how}{hint}{noise}" + (f": {last}" if last else ""))

    def _last_words(self) -> str:
        """Return the last line that the worker, or a library, printed in this run."""
        end = os.fstat(self.log.fileno()).st_size
        self.log.seek(max(self.logged, end - 2000))
        lines = self.log.read(2000).decode(errors="replace").strip().splitlines()
        return lines[-1] if lines else ""

    def kill(self) -> None:
        """Kill the process and its descendants."""
        with self.killing:
            if not self.killed:
                self.killed = True
                kill_family(self.process, self.mark)
            self.process.wait()

    def close(self) -> None:
        """Release the process and its pipes."""
        self.kill()
        self.listener.join(DRAIN)
        # A pipe cannot be closed while it is being read.
        read = None if self.listener.is_alive() else self.process.stdout
        for pipe in (self.process.stdin, read, self.log):
            if pipe is not None:
                with contextlib.suppress(OSError):  # the pipe of a dead process cannot be flushed
                    pipe.close()

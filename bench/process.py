"""A worker process from its parent's side: start it, have runs done, hear of progress, end it."""

import json
import os
import queue
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any

from bench.devices import VARIABLE, Seat
from bench.errors import redact
from bench.run import Run, Session
from bench.work import Progress


class Lost(Exception):
    """The worker is gone; the message says how."""


def _environment(threads: int, device: str) -> dict[str, str]:
    """A worker's: it finds its modules in the same places, in the same order, as this process."""
    # Told nothing, the library for tokens takes threads, but none in a process that was forked off,
    # where it would wait for those that stayed behind.
    kept = {name: value for name, value in os.environ.items() if name != "TOKENIZERS_PARALLELISM"}
    return {
        **kept,
        "OMP_NUM_THREADS": str(threads),
        "RAYON_NUM_THREADS": str(threads),
        # glibc would give large arrays back to the system each time, and have them cleared anew.
        "MALLOC_MMAP_THRESHOLD_": str(1 << 32),
        "MALLOC_TRIM_THRESHOLD_": str(1 << 32),
        "PYTHONPATH": os.pathsep.join(place or str(Path.cwd()) for place in sys.path),
        **({VARIABLE: device} if device else {}),
    }


class WorkerProcess:
    """A worker process and the two ends of its pipes."""

    def __init__(self, session: Session, seat: Seat) -> None:
        self.log: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 - closed in `close`
        self.process = subprocess.Popen(
            # -P: a file of the user's folder must not stand in for a library, nor for bench.
            [sys.executable, "-P", "-m", "bench.worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self.log,
            env=_environment(session.threads, seat.device),
            # Ctrl-C is the parent's to handle: it ends the worker in its own way.
            start_new_session=True,
        )
        self.answers: queue.Queue[bytes] = queue.Queue()
        threading.Thread(target=self._listen, daemon=True).start()
        self._send(session.model_copy(update={"own_gpu": seat.own}).model_dump_json())

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
            raise Lost(self._epitaph()) from None

    def do(
        self, run: Run, timeout: float | None, on_progress: Callable[[Progress], None]
    ) -> dict[str, Any]:
        """Have a run done.

        Raises:
            Lost: the worker died, or took longer than `timeout` seconds and was killed.
        """
        self._send(run.model_dump_json())
        end = None if timeout is None else time.monotonic() + timeout
        while True:
            try:
                left = None if end is None else max(0.0, end - time.monotonic())
                line = self.answers.get(timeout=left)
            except queue.Empty:
                self.kill()
                raise Lost(f"took longer than {timeout:g} s (limits.timeout)") from None
            if not line:
                raise Lost(self._epitaph())
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

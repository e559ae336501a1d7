"""Processes of the fault measurements: wait for them, and find survivors of a kill."""

import os
import signal
import time
from contextlib import suppress

import psutil


def poll(pid: int) -> int | None:
    """Return a child's exit code; None while it runs."""
    gone, status = os.waitpid(pid, os.WNOHANG)
    return os.waitstatus_to_exitcode(status) if gone else None


def ended(pid: int, seconds: float = 120.0) -> int | None:
    """Return a child's exit code when it ends; kill it and return None after that many seconds."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if (code := poll(pid)) is not None:
            return code
        time.sleep(0.02)
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    return None


def survivors(seconds: float = 15.0) -> int:
    """Count processes that are alive, or zombies of a living parent, after that many seconds."""
    end, me = time.monotonic() + seconds, psutil.Process()
    while True:
        with suppress(psutil.NoSuchProcess, ChildProcessError):
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass
        family = me.children(recursive=True)
        if not family or time.monotonic() > end:
            break
        time.sleep(0.05)
    for process in family:
        with suppress(psutil.NoSuchProcess):
            process.kill()
    return len(family)

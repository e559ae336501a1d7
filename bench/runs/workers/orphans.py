"""Orphan control: workers do not outlive their parent, nor children their worker."""

import ctypes
import os
import signal
import subprocess
import sys

import psutil

MARK = "BENCH_WORKER"
"""Environment variable that a worker's children inherit, whatever process group they are in."""
_PR_SET_PDEATHSIG = 1
_ROUNDS = 3


def die_with_parent() -> None:
    """Have this process killed when its parent ends, even while it is stopped, or computes in C
    while holding the GIL: a thread of its own could not notice then. Linux only; elsewhere the end
    of the pipe must suffice."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def leave_if_orphaned(parent: int) -> None:
    """Exit if the parent had ended before `die_with_parent` was called.

    Args:
        parent: the parent's process id, as the parent itself sees it.
    """
    # 0: the parent is in another pid namespace, so its id means nothing here.
    if sys.platform == "linux" and os.getppid() not in (0, parent):
        os._exit(0)


def kill_family(process: subprocess.Popen[bytes], mark: str) -> None:
    """Kill a process that leads a group, the group, and processes that left the group but carry the
    mark.

    The process may have ended already, but where the system can leave it unreaped it should not
    have been waited for: its process id may have been reused by then.
    """
    if hasattr(os, "killpg"):
        _kill_group(process.pid)
    else:
        process.kill()
    for _ in range(_ROUNDS):  # a process being killed may have started another in the meantime
        if not _kill_marked(mark):
            break


def _kill_group(leader: int) -> None:
    try:
        os.killpg(leader, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):  # macOS: only a zombie is left
        return


def _kill_marked(mark: str) -> int:
    """Kill the marked processes and return their number."""
    killed = 0
    for process in psutil.process_iter():
        try:
            if process.environ().get(MARK) == mark and _runs(process):
                process.kill()
                killed += 1
        except (psutil.Error, OSError):  # gone, or owned by another user
            continue
    return killed


def _runs(process: psutil.Process) -> bool:
    return process.status() not in (psutil.STATUS_ZOMBIE, psutil.STATUS_DEAD)

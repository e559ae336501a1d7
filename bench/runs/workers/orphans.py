"""No process outlives the one that it works for: workers their parent, their children them."""

import ctypes
import os
import signal
import subprocess
import sys

import psutil

MARK = "BENCH_WORKER"
"""An environment variable that a worker's children inherit, wherever they hide."""
_PR_SET_PDEATHSIG = 1
_ROUNDS = 3


def die_with_parent() -> None:
    """Have this process killed when its parent ends, even while it is stopped, or computes in C
    without letting go of Python's lock: then no thread of its own could notice. Linux only;
    elsewhere the pipe's end has to do."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def leave_if_orphaned(parent: int) -> None:
    """End this process where its parent had ended before `die_with_parent` was called.

    Args:
        parent: the parent's process number, as it sees itself.
    """
    # 0: a parent in another pid namespace, whose number means nothing here.
    if sys.platform == "linux" and os.getppid() not in (0, parent):
        os._exit(0)


def kill_family(process: subprocess.Popen[bytes], mark: str) -> None:
    """Kill a process that leads a group, the group, and what left the group, if it has the mark.

    The process may have ended already, but where the system can leave it unreaped it should not
    have been waited for: its number may be another's by then.
    """
    if hasattr(os, "killpg"):
        _kill_group(process.pid)
    else:
        process.kill()
    for _ in range(_ROUNDS):  # what is killed may have started another meanwhile
        if not _kill_marked(mark):
            break


def _kill_group(leader: int) -> None:
    try:
        os.killpg(leader, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):  # macOS: nothing but a zombie is left
        return


def _kill_marked(mark: str) -> int:
    """How many were killed."""
    killed = 0
    for process in psutil.process_iter():
        try:
            if process.environ().get(MARK) == mark and _runs(process):
                process.kill()
                killed += 1
        except (psutil.Error, OSError):  # gone, or another user's
            continue
    return killed


def _runs(process: psutil.Process) -> bool:
    return process.status() not in (psutil.STATUS_ZOMBIE, psutil.STATUS_DEAD)

"""Locks between processes, with a warning while waiting and a time limit."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from bench.errors import BenchError
from bench.guards.guarded import odd_kind
from bench.run_context import Progress, current

QUIET = 5.0
"""Seconds of waiting before a warning is logged."""
PATIENCE = 600.0
"""Default time limit in seconds."""
_log = logging.getLogger(__name__)


@contextmanager
def held(path: Path, error: type[BenchError], *, patience: float | None = None) -> Iterator[None]:
    """Hold a lock file within the block; the system releases it when the process dies.

    Args:
        path: the lock file; it is not deleted.
        error: the exception to raise if the lock cannot be acquired.
        patience: seconds to wait; None: `PATIENCE`.

    Raises:
        error: another process keeps the lock, or the path is a link or not a regular file.
        OSError: the operating system refuses.
    """
    if why := odd_kind(path):
        raise error(f"{path}: {why}; nothing was touched. Delete it if you know what it is")
    lock = FileLock(path)
    _acquire(lock, path, error, PATIENCE if patience is None else patience)
    try:
        yield
    finally:
        lock.release()


def _acquire(lock: FileLock, path: Path, error: type[BenchError], patience: float) -> None:
    first = min(QUIET, patience)
    try:
        lock.acquire(timeout=first)
        return
    except Timeout:
        words = f"waiting for another process that holds the lock {path}"
        _log.warning("%s", words)
        current().report(Progress(0, 1, words))  # a worker's log is not shown
    try:
        lock.acquire(timeout=max(0.0, patience - first))
    except Timeout:
        raise error(
            f"{path}: another process has held this lock for {patience:,.0f} s; end it (it may be "
            "stopped), then run the same command again"
        ) from None

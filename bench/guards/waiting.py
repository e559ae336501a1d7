"""Locks between processes: waited for aloud, and not for ever."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from bench.errors import BenchError
from bench.guards.guarded import odd_kind
from bench.run_context import Progress, current

QUIET = 5.0
"""Seconds of waiting before a word."""
PATIENCE = 600.0
"""Seconds after which the lock is given up, unless the caller says otherwise."""
_log = logging.getLogger(__name__)


@contextmanager
def held(path: Path, error: type[BenchError], *, patience: float | None = None) -> Iterator[None]:
    """Hold a lock file; the system lets go of it when the process dies.

    Args:
        path: the file; it stays.
        error: what is raised where the lock cannot be had.
        patience: seconds to wait; None: `PATIENCE`.

    Raises:
        error: another process keeps the lock, or something odd stands in the file's place.
        OSError: the system refuses it.
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
        words = f"waiting for another process, which holds the lock {path}"
        _log.warning("%s", words)
        current().report(Progress(0, 1, words))  # of a worker nobody sees the log
    try:
        lock.acquire(timeout=max(0.0, patience - first))
    except Timeout:
        raise error(
            f"{path}: another process has held this lock for {patience:,.0f} s; end it (it may be "
            "stopped), then run the same command again"
        ) from None

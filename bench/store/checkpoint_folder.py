"""Checkpoint folders, from which an interrupted fit resumes; deleted once the result is stored."""

import re
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from bench.store.atomic import refuse_odd_entries, refuse_odd_entry, refuse_odd_within

KEPT_DAYS = 14
"""Days after which the checkpoints of an interrupted fit are deleted."""
_KEY = re.compile(r"[0-9a-f]{64}")


def _place(root: Path) -> Path:
    return root / "unfinished"


def _lock_of(folder: Path) -> Path:
    return folder.with_name(f"{folder.name}.lock")


@contextmanager
def fit_folder(root: Path, key: str, *, fresh: bool) -> Iterator[Path]:
    """Provide a run's checkpoint folder, with what an earlier fit of the same run left there.

    It is deleted when the block succeeds, and kept when it raises or the process dies. If another
    process holds the folder, the block gets an empty temporary one.

    Args:
        root: the results folder.
        key: the run's key.
        fresh: True to empty the folder first.

    Raises:
        Refused: the folder contains a link or another odd entry.
    """
    folder = _place(root) / key
    _place(root).mkdir(parents=True, exist_ok=True)
    for path in (_place(root), _lock_of(folder)):
        refuse_odd_entry(path)
    lock = FileLock(_lock_of(folder), timeout=0)
    try:
        lock.acquire()
    except Timeout:
        with tempfile.TemporaryDirectory() as elsewhere:
            yield Path(elsewhere)
        return
    with lock:
        refuse_odd_within(folder)
        if fresh:
            shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(exist_ok=True)
        yield folder
        _delete(folder)
        lock.release()


def _delete(folder: Path) -> None:
    """Delete a folder whose lock is held, and the lock file."""
    shutil.rmtree(folder, ignore_errors=True)
    _lock_of(folder).unlink(missing_ok=True)


def tidy(root: Path, is_done: Callable[[str], bool]) -> None:
    """Delete the folders of stored runs, folders older than `KEPT_DAYS`, and locks without a
    folder.

    Args:
        root: the results folder.
        is_done: returns True if the run of a key is stored.

    Raises:
        Refused: there is a link or another odd entry among them.
    """
    names = {name.removesuffix(".lock") for name in refuse_odd_entries(_place(root))}
    for key in sorted(filter(_KEY.fullmatch, names)):
        folder = _place(root) / key
        if not folder.is_dir() or is_done(key) or _forgotten(folder):
            _delete_unless_held(folder)


def _forgotten(folder: Path) -> bool:
    return time.time() - folder.stat().st_mtime > KEPT_DAYS * 86400


def _delete_unless_held(folder: Path) -> None:
    try:
        with FileLock(_lock_of(folder), timeout=0):
            refuse_odd_within(folder)
            _delete(folder)
    except Timeout:
        return  # a process is using it

"""The folder where a fit keeps what it needs to go on after a kill, until its result is stored."""

import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

KEPT_DAYS = 14
"""After which a fit that nobody took up again is given up."""


def _place(root: Path) -> Path:
    return root / "unfinished"


@contextmanager
def fit_folder(root: Path, key: str, *, fresh: bool) -> Iterator[Path]:
    """A run's folder, with what an earlier fit of the same run left there.

    It is deleted when the block ends well, and stays when it raises or the process dies. Where
    another process holds it, the block gets an empty one that is thrown away.

    Args:
        root: the results folder.
        key: the run's.
        fresh: empty it first.
    """
    folder = _place(root) / key
    _place(root).mkdir(parents=True, exist_ok=True)
    lock = FileLock(f"{folder}.lock", timeout=0)
    try:
        lock.acquire()
    except Timeout:
        with tempfile.TemporaryDirectory() as elsewhere:
            yield Path(elsewhere)
        return
    with lock:
        if fresh:
            shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(exist_ok=True)
        yield folder
        shutil.rmtree(folder, ignore_errors=True)
        Path(f"{folder}.lock").unlink(missing_ok=True)
        lock.release()


def tidy(root: Path, is_done: Callable[[str], bool]) -> None:
    """Delete the folders of runs that are done, and those that nobody took up for long.

    Args:
        root: the results folder.
        is_done: whether the run of a key is stored.
    """
    for folder in _place(root).glob("*"):
        if not folder.is_dir():
            continue
        age = time.time() - folder.stat().st_mtime
        if is_done(folder.name) or age > KEPT_DAYS * 86400:
            try:
                with FileLock(f"{folder}.lock", timeout=0):
                    shutil.rmtree(folder, ignore_errors=True)
                    Path(f"{folder}.lock").unlink(missing_ok=True)
            except Timeout:
                continue  # a process works there

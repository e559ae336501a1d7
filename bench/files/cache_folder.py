"""Atomic creation of cache folders: built under a lock in a temporary folder, then renamed."""

import contextlib
import logging
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from bench.errors import Unavailable
from bench.guards.waiting import held

OLD = 24 * 3600
"""Seconds after which an unfinished folder is taken for a leftover of a killed process."""
GIVE_UP = 3600.0
"""Seconds to wait for another process that fetches or converts the same file."""
PART = ".part-"
_log = logging.getLogger(__name__)


@contextlib.contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Hold the lock on making a folder within the block; leftovers of killed processes are deleted.

    Raises:
        Unavailable: the cache cannot be written to, or another process holds the lock.
    """
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with held(Path(f"{folder}.lock"), Unavailable, patience=GIVE_UP):
            _clear(folder)
            yield
    except OSError as error:
        raise Unavailable(
            f"cache folder {folder.parent}: {error.strerror or error}; "
            "set BENCH_CACHE to a writable folder"
        ) from None


def replace(folder: Path, make: Callable[[Path], Path]) -> None:
    """Create a folder anew; the old one stays until the new one is complete.

    Args:
        folder: the folder to create, whose lock is held.
        make: given an empty folder, returns the folder inside it that is to be moved here.
    """
    prefix = f"{PART}{folder.name}-"
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=prefix) as part:
        result = make(Path(part))
        shutil.rmtree(folder, ignore_errors=True)
        result.rename(folder)


def _clear(folder: Path) -> None:
    # This process holds the lock on the folder: any partial copy was left by a dead process.
    dead = f"{PART}{folder.name}-"
    for path in folder.parent.glob(f"{PART}*"):
        with contextlib.suppress(OSError):
            state = path.lstat()
            if path.name.startswith(dead) or time.time() - state.st_mtime > OLD:
                shutil.rmtree(path)

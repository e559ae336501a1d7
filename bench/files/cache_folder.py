"""A folder of the cache, made whole or not at all: under a lock, beside its place, then moved."""

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
"""Seconds after which an unfinished folder of unknown origin was left by a killed process."""
GIVE_UP = 3600.0
"""Seconds to wait for another process that fetches or converts the same file."""
PART = ".part-"
_log = logging.getLogger(__name__)


@contextlib.contextmanager
def locked(folder: Path) -> Iterator[None]:
    """No other process makes that folder meanwhile; what killed ones left is deleted.

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
            "set BENCH_CACHE to a folder that can be written to"
        ) from None


def replace(folder: Path, make: Callable[[Path], Path]) -> None:
    """Make a folder anew; the old one stays until the new one is whole.

    Args:
        folder: whose lock is held.
        make: given an empty folder, returns the one inside it that is to be moved here.
    """
    prefix = f"{PART}{folder.name}-"
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=prefix) as part:
        made = make(Path(part))
        shutil.rmtree(folder, ignore_errors=True)
        made.rename(folder)


def _clear(folder: Path) -> None:
    # Whoever makes this folder holds its lock, so that no living process has a part of it.
    dead = f"{PART}{folder.name}-"
    for path in folder.parent.glob(f"{PART}*"):
        with contextlib.suppress(OSError):
            state = path.lstat()
            if path.name.startswith(dead) or time.time() - state.st_mtime > OLD:
                shutil.rmtree(path)

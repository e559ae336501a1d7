"""Locks on temporary files, which distinguish those in use from leftovers of killed processes."""

import os
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path


def hold(handle: int) -> bool:
    """Lock an open file until it is closed or the process dies. Return False if another process
    holds it, or if the file system has no locks."""
    if sys.platform == "win32":  # without locks, no file is ever taken for a leftover
        return False
    import fcntl

    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


@contextmanager
def left_over(file: Path) -> Iterator[bool]:
    """Yield True if the file exists and no process holds it; it is locked within the block."""
    try:
        handle = os.open(file, os.O_RDWR | getattr(os, "O_NOFOLLOW", 0) | os.O_NONBLOCK)
    except OSError:
        yield False
        return
    try:
        yield hold(handle)
    finally:
        os.close(handle)


def beside(target: Path, ending: str) -> list[Path]:
    """Return the existing files that were named by `aside` for this target."""
    name = re.compile(rf"\.{re.escape(_stem(target))}-[0-9a-f]{{12}}{re.escape(ending)}")
    with suppress(OSError):
        return [path for path in target.parent.iterdir() if name.fullmatch(path.name)]
    return []


def aside(target: Path, ending: str) -> Path:
    """Return a new unique path beside a target."""
    return target.with_name(f".{_stem(target)}-{os.urandom(6).hex()}{ending}")


def _stem(target: Path) -> str:
    # The limit on names counts bytes: with the suffix, a long name would exceed it.
    return target.name[:40]

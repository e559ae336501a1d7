"""What a living process holds on disk, told from what a killed one left: by the system's lock."""

import os
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path


def hold(handle: int) -> bool:
    """Hold an open file until it is closed or the process dies; False where another has it, or
    where the disk cannot say."""
    if sys.platform == "win32":  # nothing is ever taken for left over there
        return False
    import fcntl

    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


@contextmanager
def left_over(file: Path) -> Iterator[bool]:
    """Whether a plain file is there that nobody holds; it is held meanwhile."""
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
    """Names beside a target that `aside` made for it."""
    name = re.compile(rf"\.{re.escape(_stem(target))}-[0-9a-f]{{12}}{re.escape(ending)}")
    with suppress(OSError):
        return [path for path in target.parent.iterdir() if name.fullmatch(path.name)]
    return []


def aside(target: Path, ending: str) -> Path:
    """A new name beside a target."""
    return target.with_name(f".{_stem(target)}-{os.urandom(6).hex()}{ending}")


def _stem(target: Path) -> str:
    # A name of full length would be too long with anything more, which counts in bytes.
    return target.name[:40]

"""Folders in .staging, each owned by one process as long as it lives.

A process holds the lock HEX.lock from before it creates the folder HEX until it has moved or
deleted it. So whoever acquires the lock knows that the owner is dead, whatever its pid namespace.
"""

import re
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from filelock import FileLock, Timeout

from bench.store.atomic import clear_errors, refuse_odd, refuse_odd_entries, refuse_odd_within

_OURS = re.compile(r"(?P<stem>[0-9a-f]{32})(-old|\.lock)?")
_EARLIER = re.compile(r".+-\d+-[0-9a-f]{32}(-old)?", re.DOTALL)
"""Folders of older versions, which named them by host and pid and had no locks."""
UNTOUCHED = 3600.0
"""Seconds without a change after which the owner of a folder without a lock is taken for dead."""


def _place(root: Path) -> Path:
    return root / ".staging"


def _lock_of(folder: Path) -> Path:
    return folder.with_name(folder.name.removesuffix("-old") + ".lock")


def displaced(folder: Path) -> Path:
    """Return the path to which the run that a claimed folder replaces is moved; the same lock
    covers it."""
    return folder.with_name(folder.name + "-old")


@contextmanager
def claimed(root: Path) -> Iterator[Path]:
    """Provide a new folder owned by this process. Ownership ends with the block, even if the folder
    still exists then.

    Args:
        root: the results folder.

    Raises:
        StoreError: it cannot be created.
    """
    with clear_errors(root):
        refuse_odd(root)
        folder, lock = _claim(root)
    try:
        yield folder
    finally:
        _let_go(folder, lock)


def _claim(root: Path) -> tuple[Path, FileLock]:
    _place(root).mkdir(parents=True, exist_ok=True)
    while True:
        folder = _place(root) / uuid.uuid4().hex
        lock = FileLock(_lock_of(folder))
        # A process that is cleaning up may lock the new file first, and delete it.
        with suppress(Timeout):
            lock.acquire(timeout=0)
            folder.mkdir()
            return folder, lock


def _let_go(folder: Path, lock: FileLock) -> None:
    if not (folder.exists() or displaced(folder).exists()):
        # Windows cannot delete an open file; the next process to clean up will.
        with suppress(PermissionError):
            _lock_of(folder).unlink(missing_ok=True)
    lock.release()


def abandoned(root: Path) -> Iterator[Path]:
    """Yield the folders that dead processes left, each locked while it is yielded; a displaced
    folder comes after the one that replaces it. Those without a lock may still be `in_use`.

    Raises:
        Refused: there is a link or another odd entry among them.
    """
    names = refuse_odd_entries(_place(root))
    stems = sorted({m["stem"] for name in names if (m := _OURS.fullmatch(name))})
    for stem in stems:
        if f"{stem}.lock" in names:
            yield from _locked(_place(root) / stem)
    for name in sorted(names):
        match = _OURS.fullmatch(name)
        unlocked = match is not None and f"{match['stem']}.lock" not in names
        if unlocked or _EARLIER.fullmatch(name):
            yield from _standing(_place(root) / name)


def _locked(folder: Path) -> Iterator[Path]:
    lock = FileLock(_lock_of(folder))
    try:
        lock.acquire(timeout=0)
    except Timeout:
        return
    try:
        yield from _standing(folder)
        yield from _standing(displaced(folder))
    finally:
        _let_go(folder, lock)


def _standing(folder: Path) -> Iterator[Path]:
    if folder.is_dir():
        refuse_odd_within(folder)
        yield folder


def in_use(folder: Path) -> bool:
    """Return True if an abandoned folder may still be in use by a process of an older version."""
    if _lock_of(folder).exists():
        return False
    return time.time() - folder.stat().st_mtime < UNTOUCHED

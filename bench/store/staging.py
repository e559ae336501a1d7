"""Folders in .staging: each is its process's own for as long as that lives.

A process holds the lock HEX.lock from before it makes the folder HEX until it has moved or deleted
it. So whoever gets the lock knows that the process is dead, in whatever pid space it lived.
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
"""Folders of versions that went by host and pid, and had no lock."""
UNTOUCHED = 3600.0
"""Seconds after which a folder without a lock is taken for a dead process's."""


def _place(root: Path) -> Path:
    return root / ".staging"


def _lock_of(folder: Path) -> Path:
    return folder.with_name(folder.name.removesuffix("-old") + ".lock")


def displaced(folder: Path) -> Path:
    """Where a claimed folder's predecessor goes, under the same lock."""
    return folder.with_name(folder.name + "-old")


@contextmanager
def claimed(root: Path) -> Iterator[Path]:
    """A new folder of this process's own. What stands there when the block ends is anybody's.

    Args:
        root: the results folder.

    Raises:
        StoreError: it cannot be made.
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
        # Somebody who clears up may be first to lock the new file, and delete it.
        with suppress(Timeout):
            lock.acquire(timeout=0)
            folder.mkdir()
            return folder, lock


def _let_go(folder: Path, lock: FileLock) -> None:
    if not (folder.exists() or displaced(folder).exists()):
        # Windows deletes no open file; then the next to clear up does.
        with suppress(PermissionError):
            _lock_of(folder).unlink(missing_ok=True)
    lock.release()


def abandoned(root: Path) -> Iterator[Path]:
    """The folders that dead processes left, each locked while it is looked at; a folder's
    predecessor comes after it. Those without a lock may still be `in_use`.

    Raises:
        Refused: there is a link or another odd thing among them.
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
    """Whether an abandoned folder may be a living process's after all: of an earlier version."""
    if _lock_of(folder).exists():
        return False
    return time.time() - folder.stat().st_mtime < UNTOUCHED

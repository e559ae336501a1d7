"""Primitives for a results folder: durable writes, its lock, refusal of odd entries, errors."""

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from bench.errors import StoreError
from bench.guards.guarded import odd, odd_target
from bench.guards.waiting import held

PLACES = (".staging", "runs", "unfinished", "damaged", ".lock")
"""Names at the top of a results folder that bench uses."""


class Refused(StoreError):
    """A file or folder in a results folder that is not used and is left untouched.

    Args:
        path: its path.
        why: the reason.
        passing: True if the reason may be temporary.
    """

    def __init__(self, path: Path, why: str, *, passing: bool = False) -> None:
        self.problem = f"{'cannot be read now' if passing else 'not used'}: {path.name}: {why}"
        prefix = "cannot be read now: " if passing else ""
        super().__init__(f"{path}: {prefix}{why}")


@contextmanager
def clear_errors(root: Path) -> Iterator[None]:
    """Turn operating system errors in a results folder into a StoreError."""
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            why = "the disk is full: free some space, then run the same command again"
        elif error.errno in (errno.EROFS, errno.EACCES, errno.EPERM):
            why = "it is not writable: choose another with --results DIR"
        else:
            why = f"{error.strerror or error}: choose another with --results DIR"
        raise StoreError(f"results folder {root}: {why}") from error


@contextmanager
def readable(path: Path) -> Iterator[None]:
    """Turn operating system errors on reading into Refused, except those for missing files."""
    try:
        yield
    except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
        raise
    except OSError as error:
        raise Refused(path, error.strerror or str(error), passing=True) from error


def refuse_odd(root: Path) -> None:
    """Refuse a results folder if it, or one of the entries at its top, must not be used. The folder
    itself may be a link, as the user typed its path.

    Raises:
        Refused: see `bench.guards.guarded.odd`.
    """
    refuse_odd_root(root)
    for name in PLACES:
        refuse_odd_entry(root / name)


def refuse_odd_root(root: Path) -> None:
    """Refuse a results folder like `refuse_odd`, but do not check its entries."""
    with readable(root):
        why = odd_target(root)
    if why:
        raise Refused(root, f"{why}; or choose another with --results DIR")


def refuse_name(root: Path) -> None:
    """Refuse a results folder whose name is not valid UTF-8, as workers receive it as text.

    Raises:
        StoreError: the name is not valid.
    """
    try:
        str(root).encode()
    except UnicodeEncodeError:
        why = "its name is not UTF-8: choose another with --results DIR"
        raise StoreError(f"results folder {shown(str(root))}: {why}") from None


def shown(name: str) -> str:
    """Return a file's name with the bytes that are not UTF-8 escaped."""
    return os.fsencode(name).decode("utf-8", "backslashreplace")


def refuse_odd_entry(path: Path) -> None:
    """Refuse an entry of a results folder that must not be used; it need not exist.

    Raises:
        Refused: see `bench.guards.guarded.odd`.
    """
    with readable(path):
        why = odd(path)
    if why:
        raise Refused(path, f"{why}; nothing was touched: delete it if you know what it is")


def refuse_odd_entries(folder: Path) -> list[str]:
    """Check the entries of a folder; return their names, none if the folder does not exist.

    Raises:
        Refused: one of them must not be used.
    """
    try:
        names = [path.name for path in folder.iterdir()]
    except (FileNotFoundError, NotADirectoryError):
        return []
    for name in names:
        refuse_odd_entry(folder / name)
    return names


def refuse_odd_within(folder: Path) -> None:
    """Refuse a folder if it, or anything at any depth in it, must not be used.

    Raises:
        Refused: see `bench.guards.guarded.odd`.
    """
    refuse_odd_entry(folder)
    for place, folders, files in os.walk(folder):
        for name in (*folders, *files):
            refuse_odd_entry(Path(place) / name)


@contextmanager
def alone(root: Path) -> Iterator[None]:
    """Hold the lock of a results folder: no other thread or process moves its runs within the
    block. Not reentrant. The system releases the lock when the process dies.

    Raises:
        StoreError: the folder cannot be written to, or another process keeps the lock.
    """
    with clear_errors(root), held(root / ".lock", StoreError):
        yield


def write_through(path: Path, data: bytes) -> None:
    """Write a file and fsync it."""
    with path.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def sync_folder(path: Path) -> None:
    """Fsync a folder, so that its entries are on the disk."""
    # Windows cannot open folders.
    with suppress(PermissionError):
        handle = os.open(path, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)

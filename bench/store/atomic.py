"""Writing to a results folder: through to the disk, one process at a time, failures in words."""

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from bench.errors import StoreError
from bench.guards.guarded import odd, odd_target
from bench.guards.waiting import held

PLACES = (".staging", "runs", "unfinished", "damaged", ".lock")
"""Names in a results folder that bench works with."""


class Refused(StoreError):
    """A file or folder in a results folder that is not used, and left as it is.

    Args:
        path: of it.
        why: in words.
        passing: whether it could be used another time.
    """

    def __init__(self, path: Path, why: str, *, passing: bool = False) -> None:
        self.problem = f"{'cannot be read now' if passing else 'not used'}: {path.name}: {why}"
        now = "cannot be read now: " if passing else ""
        super().__init__(f"{path}: {now}{why}")


@contextmanager
def clear_errors(root: Path) -> Iterator[None]:
    """Say what the system refuses in a results folder as a StoreError."""
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            why = "the disk is full: free some space, then run the same command again"
        elif error.errno in (errno.EROFS, errno.EACCES, errno.EPERM):
            why = "it cannot be written to: choose another with --results DIR"
        else:
            why = f"{error.strerror or error}: choose another with --results DIR"
        raise StoreError(f"results folder {root}: {why}") from error


@contextmanager
def readable(path: Path) -> Iterator[None]:
    """Say what the system refuses on reading, but that nothing is there, as Refused."""
    try:
        yield
    except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
        raise
    except OSError as error:
        raise Refused(path, error.strerror or str(error), passing=True) from error


def refuse_odd(root: Path) -> None:
    """Raise where a results folder, or what stands at its top, must not be used; what the user
    typed may be a link.

    Raises:
        Refused: see `bench.guards.guarded.odd`.
    """
    refuse_odd_root(root)
    for name in PLACES:
        refuse_odd_entry(root / name)


def refuse_odd_root(root: Path) -> None:
    """As `refuse_odd`, of the results folder alone."""
    with readable(root):
        why = odd_target(root)
    if why:
        raise Refused(root, f"{why}; or choose another with --results DIR")


def refuse_name(root: Path) -> None:
    """Raise where a results folder's name is no text, as which workers are sent it.

    Raises:
        StoreError: it is none.
    """
    try:
        str(root).encode()
    except UnicodeEncodeError:
        why = "its name is no UTF-8: choose another with --results DIR"
        raise StoreError(f"results folder {shown(str(root))}: {why}") from None


def shown(name: str) -> str:
    """A file's name with the bytes that are no text written as such."""
    return os.fsencode(name).decode("utf-8", "backslashreplace")


def refuse_odd_entry(path: Path) -> None:
    """Raise where something in a results folder must not be used; nothing there is fine.

    Raises:
        Refused: see `bench.guards.guarded.odd`.
    """
    with readable(path):
        why = odd(path)
    if why:
        raise Refused(path, f"{why}; nothing was touched: delete it if you know what it is")


def refuse_odd_entries(folder: Path) -> list[str]:
    """The names in a folder; none where there is no folder.

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
    """Raise where a folder, or anything at any depth in it, must not be used.

    Raises:
        Refused: see `bench.guards.guarded.odd`.
    """
    refuse_odd_entry(folder)
    for place, folders, files in os.walk(folder):
        for name in (*folders, *files):
            refuse_odd_entry(Path(place) / name)


@contextmanager
def alone(root: Path) -> Iterator[None]:
    """Keep all other threads and processes from moving the folder's runs meanwhile; not to be
    nested. The system lets go when a process dies.

    Raises:
        StoreError: the folder cannot be written to, or another process keeps it.
    """
    with clear_errors(root), held(root / ".lock", StoreError):
        yield


def write_through(path: Path, data: bytes) -> None:
    """Write a file, and wait until it is on the disk."""
    with path.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def sync_folder(path: Path) -> None:
    """Wait until a folder's list of names is on the disk."""
    # Windows cannot open a folder for syncing.
    with suppress(PermissionError):
        handle = os.open(path, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)

"""Writing to a results folder: through to the disk, one process at a time, failures in words."""

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from filelock import FileLock

from bench.errors import StoreError


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
def alone(root: Path) -> Iterator[None]:
    """Keep all other threads and processes from moving the folder's runs meanwhile; not to be
    nested. The system lets go when a process dies.

    Raises:
        StoreError: the folder cannot be written to.
    """
    with clear_errors(root), FileLock(root / ".lock"):
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

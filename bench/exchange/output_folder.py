"""Write a command's output folder completely or not at all, and never over existing files."""

import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from bench.errors import UserError
from bench.store.atomic import sync_folder
from bench.store.held import aside, beside, hold, left_over

_MARK, _NEW = ".bench-aside", ".bench-new"


@dataclass(frozen=True)
class Written:
    """The folder that was written, and its files with their sizes in bytes, sorted by name."""

    folder: Path
    files: Mapping[str, int]


def written(to: Path) -> Written:
    """List all files in a folder."""
    files = sorted(path for path in to.rglob("*") if path.is_file())
    return Written(to, {path.relative_to(to).as_posix(): path.stat().st_size for path in files})


def refuse_taken(to: Path) -> None:
    """Refuse a target that holds files already.

    Raises:
        UserError: the path is a file, or a folder that is not empty.
    """
    if to.is_dir() and not any(to.iterdir()):
        return
    if to.exists() or to.is_symlink():
        problem = "is not empty" if to.is_dir() else "is a file"
        raise UserError(f"--to {to}: {problem}; give a new or empty folder")


@contextmanager
def made_aside(to: Path) -> Iterator[Path]:
    """Yield a temporary folder next to the target, which it replaces on success.

    Raises:
        UserError: the folder cannot be written to.
    """
    try:
        to.parent.mkdir(parents=True, exist_ok=True)
        _clear(to)
        part, handle = _claim(to)
    except OSError as error:
        raise UserError(f"--to {to}: {error.strerror or error}; give another folder") from None
    try:
        part.mkdir()
        yield part
        _sync(part)
        if to.exists():
            to.rmdir()
        part.rename(to)
        sync_folder(to.parent)
    except OSError as error:
        raise UserError(f"--to {to}: {error.strerror or error}; give another folder") from None
    finally:
        shutil.rmtree(part, ignore_errors=True)
        _mark_of(part).unlink(missing_ok=True)
        os.close(handle)


def _sync(part: Path) -> None:
    for path in part.rglob("*"):
        if path.is_file():
            with path.open("rb") as file:
                os.fsync(file.fileno())
        else:
            sync_folder(path)
    sync_folder(part)


def _mark_of(part: Path) -> Path:
    # Outside the folder: after a kill between removing the mark and the folder, nobody would clear
    # up.
    return part.with_name(part.name + _MARK)


def _claim(to: Path) -> tuple[Path, int]:
    """Create a folder name and its marker file, which gets that name once it is locked."""
    while True:
        part = aside(to, "")
        new = part.with_name(part.name + _NEW)
        handle = os.open(new, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
        hold(handle)
        with suppress(FileNotFoundError):  # another process cleared up first
            new.rename(_mark_of(part))
            return part, handle
        os.close(handle)


def _clear(to: Path) -> None:
    """Delete the leftovers of killed commands with the same target, and nothing without our
    marker."""
    for mark in (*beside(to, _NEW), *beside(to, _MARK)):
        with left_over(mark) as abandoned:
            if abandoned:
                # A link is not followed.
                shutil.rmtree(mark.with_suffix(""), ignore_errors=True)
                mark.unlink(missing_ok=True)

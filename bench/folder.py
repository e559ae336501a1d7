"""A folder that a command writes: whole or absent, and never over somebody's files."""

import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.disk import sync_folder
from bench.errors import UserError
from bench.held import aside, beside, hold, left_over

_MARK = ".bench-aside"


@dataclass(frozen=True)
class Written:
    """What was written: the folder, and its files with their sizes in bytes, sorted by name."""

    folder: Path
    files: Mapping[str, int]


def written(to: Path) -> Written:
    """All that a folder holds."""
    files = sorted(path for path in to.rglob("*") if path.is_file())
    return Written(to, {path.relative_to(to).as_posix(): path.stat().st_size for path in files})


def refuse_taken(to: Path) -> None:
    """Raises:
    UserError: it is a file, or holds files already.
    """
    if to.is_dir() and not any(to.iterdir()):
        return
    if to.exists() or to.is_symlink():
        what = "holds files already" if to.is_dir() else "is a file"
        raise UserError(f"--to {to}: it {what}; give a folder that is empty or not there")


@contextmanager
def made_aside(to: Path) -> Iterator[Path]:
    """A folder beside the wanted one, which takes its place when all went well.

    Raises:
        UserError: the disk refuses.
    """
    try:
        to.parent.mkdir(parents=True, exist_ok=True)
        _clear(to)
        part = aside(to, "")
        part.mkdir()
        handle = _mark(part)
    except OSError as error:
        raise UserError(f"--to {to}: {error.strerror or error}; give another folder") from None
    try:
        yield part
        (part / _MARK).unlink()
        _sync(part)
        if to.exists():
            to.rmdir()
        part.rename(to)
        sync_folder(to.parent)
    except OSError as error:
        raise UserError(f"--to {to}: {error.strerror or error}; give another folder") from None
    finally:
        shutil.rmtree(part, ignore_errors=True)
        os.close(handle)


def _sync(part: Path) -> None:
    for path in part.rglob("*"):
        if path.is_file():
            with path.open("rb") as file:
                os.fsync(file.fileno())
        else:
            sync_folder(path)
    sync_folder(part)


def _mark(part: Path) -> int:
    """Mark a folder as ours, and hold it: it gets the mark's name when it is held already."""
    new = part / f"{_MARK}.new"
    handle = os.open(new, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
    hold(handle)
    new.rename(part / _MARK)
    return handle


def _clear(to: Path) -> None:
    """Delete what killed commands with the same target left, and nothing without our mark."""
    for path in beside(to, ""):
        with left_over(path / _MARK) as abandoned:
            if abandoned and not path.is_symlink():
                shutil.rmtree(path, ignore_errors=True)

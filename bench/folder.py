"""A folder that a command writes: whole or absent, and never over somebody's files."""

import shutil
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.errors import UserError


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
        part = to.with_name(f".{to.name}-{uuid.uuid4().hex[:12]}")
        part.mkdir()
    except OSError as error:
        raise UserError(f"--to {to}: {error.strerror or error}; give another folder") from None
    try:
        yield part
        if to.exists():
            to.rmdir()
        part.rename(to)
    except OSError as error:
        raise UserError(f"--to {to}: {error.strerror or error}; give another folder") from None
    finally:
        shutil.rmtree(part, ignore_errors=True)

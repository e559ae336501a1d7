"""Atomic writing of single files: written to a temporary file, then moved into place."""

import errno
import os
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from bench.store.atomic import sync_folder
from bench.store.held import aside, beside, hold, left_over

_PART = ".bench-part"
_IN_PLACE = (errno.EACCES, errno.EPERM, errno.EROFS, errno.EBUSY)
"""Errors of a folder that allows no new files, while an existing file may still be writable."""


def write_whole(target: Path, data: bytes) -> None:
    """Write a file atomically: a kill or a full disk leaves the old one as it was.

    Links are followed and permissions kept. Anything but a regular file, such as a pipe or
    /dev/stdout, is written to directly.

    Raises:
        OSError: the operating system refuses.
    """
    if _is_special(target):
        target.write_bytes(data)
        return
    # The target of the links is replaced, not the link itself.
    target = Path(os.path.realpath(target))
    try:
        _through(target, data, os.replace)
    except OSError as error:
        if error.errno not in _IN_PLACE or not target.is_file():
            raise
        target.write_bytes(data)


def write_new(target: Path, data: bytes) -> None:
    """Write a file that does not exist yet; a pipe is written to directly.

    Raises:
        FileExistsError: the file exists.
        OSError: the operating system refuses.
    """
    if _is_special(target):
        target.write_bytes(data)
        return
    if target.exists() or target.is_symlink():
        raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(target))
    _through(target, data, _link)


def _is_special(target: Path) -> bool:
    if target.is_relative_to("/dev") or target.is_relative_to("/proc"):
        return True  # /dev/stdout may be a regular file, which must not be replaced
    with suppress(FileNotFoundError):
        mode = target.stat().st_mode
        return not stat.S_ISREG(mode) and not stat.S_ISDIR(mode)
    return False


def _through(target: Path, data: bytes, place: Callable[[Path, Path], None]) -> None:
    with _aside(target) as (part, handle):
        with open(handle, "wb", closefd=False) as file:
            file.write(data)
        os.fsync(handle)
        place(part, target)
    sync_folder(target.parent)


@contextmanager
def _aside(target: Path) -> Iterator[tuple[Path, int]]:
    """Provide a temporary file beside the target, with its permissions; it is deleted when the
    block ends, unless it was moved."""
    _clear(target)
    part = aside(target, _PART)
    handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666)
    try:
        hold(handle)
        with suppress(FileNotFoundError):
            part.chmod(stat.S_IMODE(target.stat().st_mode))
        yield part, handle
    finally:
        os.close(handle)
        part.unlink(missing_ok=True)


def _clear(target: Path) -> None:
    """Delete temporary files that killed writers of the same file left."""
    for path in beside(target, _PART):
        with left_over(path) as abandoned, suppress(OSError):
            if abandoned:
                path.unlink()


def _link(part: Path, target: Path) -> None:
    """Move the file into place, unless one exists by now."""
    try:
        os.link(part, target)
    except FileExistsError:
        raise
    except OSError:  # some file systems have no hard links
        part.rename(target)

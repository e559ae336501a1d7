"""Single files, whole or as they were: written aside, and then moved into place."""

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
"""Errors of a folder that takes no new file, while the file that is there may be written to."""


def write_whole(target: Path, data: bytes) -> None:
    """Write a file: a kill or a full disk leaves the old one as it was.

    A link is followed, permissions stay, and what is no plain file, as a pipe or /dev/stdout, is
    written to directly.

    Raises:
        OSError: the disk refuses.
    """
    if _is_special(target):
        target.write_bytes(data)
        return
    # The last of a chain of links is what is to change, not the link.
    target = Path(os.path.realpath(target))
    try:
        _through(target, data, os.replace)
    except OSError as error:
        if error.errno not in _IN_PLACE or not target.is_file():
            raise
        target.write_bytes(data)


def write_new(target: Path, data: bytes) -> None:
    """Write a file that is not there yet; a pipe is written to directly.

    Raises:
        FileExistsError: it is there already.
        OSError: the disk refuses.
    """
    if _is_special(target):
        target.write_bytes(data)
        return
    if target.exists() or target.is_symlink():
        raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(target))
    _through(target, data, _link)


def _is_special(target: Path) -> bool:
    if target.is_relative_to("/dev") or target.is_relative_to("/proc"):
        return True  # /dev/stdout may lead to a plain file, which is another's to replace
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
    """A file beside the wanted one, with its permissions; gone afterwards unless it was moved."""
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
    """Delete what killed writers of the same file left."""
    for path in beside(target, _PART):
        with left_over(path) as abandoned, suppress(OSError):
            if abandoned:
                path.unlink()


def _link(part: Path, target: Path) -> None:
    """Give the file its name, unless somebody was faster."""
    try:
        os.link(part, target)
    except FileExistsError:
        raise
    except OSError:  # some disks have no hard links
        part.rename(target)

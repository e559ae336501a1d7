"""Safe access to files and folders that somebody else may have made: checked before use, and opened
without following links or blocking on a FIFO."""

import errno
import os
import stat
from pathlib import Path
from typing import BinaryIO

TRUST = "BENCH_TRUST_OWNERS"
"""Environment variable: the owners whose files may be used besides the user's own and root's, as
user names or ids separated by commas; `*` for all."""

_KINDS = {
    stat.S_IFLNK: "a symbolic link",
    stat.S_IFIFO: "a FIFO",
    stat.S_IFSOCK: "a socket",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
}


class Odd(Exception):
    """A file or folder that must not be used; the message says why."""


class TooLarge(Odd):
    """A file that is larger than the limit for reading."""


def odd(path: Path) -> str:
    """Return why a file or folder must not be used: it is a link, not a regular file, or somebody
    else's. Return "" if it may be used or does not exist."""
    try:
        state = path.lstat()
    except (FileNotFoundError, NotADirectoryError):
        return ""
    return _odd_kind(state) or _odd_owner(state)


def odd_kind(path: Path) -> str:
    """Check like `odd`, but accept any owner."""
    try:
        return _odd_kind(path.lstat())
    except (FileNotFoundError, NotADirectoryError):
        return ""


def odd_target(path: Path) -> str:
    """Check the target of a path like `odd`: a path that the user typed may be a link."""
    try:
        state = path.stat()
    except (FileNotFoundError, NotADirectoryError):
        return ""
    return _odd_kind(state) or _odd_owner(state)


def _odd_kind(state: os.stat_result) -> str:
    kind = _KINDS.get(stat.S_IFMT(state.st_mode))
    return f"it is {kind}; only files and folders are allowed" if kind else ""


def _odd_owner(state: os.stat_result) -> str:
    if not hasattr(os, "geteuid") or state.st_uid in (0, os.geteuid()):
        return ""
    name = _user_name(state.st_uid)
    trusted = {part.strip() for part in os.environ.get(TRUST, "").split(",")}
    if trusted & {"*", name, str(state.st_uid)}:
        return ""
    return f"it belongs to {name}, not to you; if you trust them, set {TRUST}={name}"


def _user_name(uid: int) -> str:
    try:
        import pwd  # does not exist on Windows

        return pwd.getpwuid(uid).pw_name
    except (ImportError, KeyError):
        return str(uid)


def opened(path: Path, limit: int) -> BinaryIO:
    """Open a file for reading; the caller closes it.

    Raises:
        Odd: it is a link, not a regular file, or somebody else's.
        TooLarge: it has more than `limit` bytes.
        OSError: the operating system refuses.
    """
    if why := odd(path):
        raise Odd(why)
    flags = os.O_RDONLY | os.O_CLOEXEC if hasattr(os, "O_CLOEXEC") else os.O_RDONLY
    for name in ("O_NOFOLLOW", "O_NONBLOCK", "O_BINARY"):
        flags |= getattr(os, name, 0)
    handle = os.open(path, flags)
    try:
        _refuse_unfit(os.fstat(handle), limit)
        return os.fdopen(handle, "rb")
    except BaseException:
        os.close(handle)
        raise


def _refuse_unfit(state: os.stat_result, limit: int) -> None:
    if stat.S_ISDIR(state.st_mode):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
    if not stat.S_ISREG(state.st_mode):
        raise Odd("it is not a regular file")
    if state.st_size > limit:
        raise TooLarge(f"it is {state.st_size:,} bytes large; at most {limit:,} are read")


def read_bytes(path: Path, limit: int) -> bytes:
    """Return a file's bytes.

    Raises:
        Odd: as `opened`; `TooLarge` is one.
        OSError: the operating system refuses.
    """
    with opened(path, limit) as file:
        # Asking for the whole limit would allocate it, which costs more than the reading.
        size = os.fstat(file.fileno()).st_size
        data = file.read(min(size + 1, limit))
        return data if len(data) <= size else data + file.read(limit - len(data))

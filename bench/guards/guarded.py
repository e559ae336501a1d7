"""Files and folders that somebody else may have made: looked at before they are used, and opened
without following a link or waiting for a writer."""

import errno
import os
import stat
from pathlib import Path
from typing import BinaryIO

TRUST = "BENCH_TRUST_OWNERS"
"""Environment variable: the owners whose files may be used beside one's own and root's, as user
names or ids with commas between; `*` for all."""

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
    """A file of more bytes than are read."""


def odd(path: Path) -> str:
    """Why a file or folder must not be used: a link, no regular file, another owner's; "" where
    it may, or where there is nothing."""
    try:
        state = path.lstat()
    except (FileNotFoundError, NotADirectoryError):
        return ""
    return _odd_kind(state) or _odd_owner(state)


def odd_kind(path: Path) -> str:
    """As `odd`, whoever owns it."""
    try:
        return _odd_kind(path.lstat())
    except (FileNotFoundError, NotADirectoryError):
        return ""


def odd_target(path: Path) -> str:
    """As `odd`, of what a path leads to: for a path that the user typed, which may be a link."""
    try:
        state = path.stat()
    except (FileNotFoundError, NotADirectoryError):
        return ""
    return _odd_kind(state) or _odd_owner(state)


def _odd_kind(state: os.stat_result) -> str:
    kind = _KINDS.get(stat.S_IFMT(state.st_mode))
    return f"it is {kind}, where only files and folders may stand" if kind else ""


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
        import pwd  # there is none on Windows

        return pwd.getpwuid(uid).pw_name
    except (ImportError, KeyError):
        return str(uid)


def opened(path: Path, limit: int) -> BinaryIO:
    """A file, opened for reading; the caller closes it.

    Raises:
        Odd: it is a link, no regular file, or another owner's.
        TooLarge: it has more than `limit` bytes.
        OSError: the system refuses it.
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
        raise Odd("it is no regular file")
    if state.st_size > limit:
        raise TooLarge(f"it has {state.st_size:,} bytes; at most {limit:,} are read")


def read_bytes(path: Path, limit: int) -> bytes:
    """A file's bytes.

    Raises:
        Odd: as `opened`.
        OSError: the system refuses it.
    """
    with opened(path, limit) as file:
        return file.read(limit)

"""Unpack archives by allow-list: no links, no path traversal, no decompression bombs."""

import fnmatch
import io
import lzma
import stat
import tarfile
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from bench.errors import DataError

MAX_MEMBER = 512 * 1024 * 1024
"""Largest size of an unpacked member in bytes; more is a decompression bomb or a wrong pin."""
MAX_TOTAL = 2 * 1024 * 1024 * 1024
"""Largest total size of the unpacked members in bytes."""

# The exceptions that the standard library raises for a broken archive; RuntimeError stands for an
# encrypted zip, and covers an unknown compression method.
_BROKEN = (
    zipfile.BadZipFile,
    tarfile.TarError,
    zlib.error,
    lzma.LZMAError,
    EOFError,
    OSError,
    RuntimeError,
)


@dataclass(frozen=True)
class Member:
    """A file in an archive: its `/`-separated path and its bytes."""

    name: str
    data: bytes


def unpack(
    raw: bytes, patterns: Sequence[str], *, filename: str, inside: str = ""
) -> Iterator[Member]:
    """Yield the files of an archive whose paths match one of the patterns.

    Args:
        raw: a zip archive, or a tar archive with any of the usual compressions.
        patterns: fnmatch patterns over `/`-separated paths; nothing else is unpacked.
        filename: the archive's name, for messages.
        inside: a member that is itself an archive and contains the wanted files, or "".

    Raises:
        DataError: the archive is broken or has no member `inside`; a member's path leads out of
            the folder; a member is larger than `MAX_MEMBER`, or all together than `MAX_TOTAL`.
    """
    if inside:
        inner = next(_unpack_one(raw, (inside,), filename), None)
        if inner is None:
            raise DataError(f"{filename} does not contain {inside}")
        raw = inner.data
    total = 0
    for member in _unpack_one(raw, patterns, filename):
        total += len(member.data)
        if total > MAX_TOTAL:
            raise DataError(
                f"{filename}: its members are larger than {MAX_TOTAL:,} bytes in all: refused"
            )
        yield member


def _unpack_one(raw: bytes, patterns: Sequence[str], filename: str) -> Iterator[Member]:
    read = _read_zip if raw[:2] == b"PK" else _read_tar
    try:
        yield from read(raw, _Rules(tuple(patterns), filename))
    except _BROKEN as error:
        raise DataError(f"{filename} cannot be unpacked: {error}") from None


@dataclass(frozen=True)
class _Rules:
    patterns: tuple[str, ...]
    filename: str

    def admit(self, name: str, size: int) -> bool:
        if not any(fnmatch.fnmatchcase(name, pattern) for pattern in self.patterns):
            return False
        path = PurePosixPath(name)
        if path.is_absolute() or ".." in path.parts or "\\" in name or ":" in name:
            raise DataError(f"{self.filename}: member {name!r} points outside its folder: refused")
        if size > MAX_MEMBER:
            raise DataError(f"{self.filename}: member {name!r} is {size:,} bytes large: refused")
        return True


def _read_zip(raw: bytes, rules: _Rules) -> Iterator[Member]:
    with zipfile.ZipFile(io.BytesIO(raw)) as bundle:
        for entry in bundle.infolist():
            link = stat.S_ISLNK(entry.external_attr >> 16)
            if not (entry.is_dir() or link) and rules.admit(entry.filename, entry.file_size):
                # No more than the declared size is ever inflated.
                yield Member(entry.filename, bundle.read(entry))


def _read_tar(raw: bytes, rules: _Rules) -> Iterator[Member]:
    with tarfile.open(fileobj=io.BytesIO(raw)) as tar:
        for entry in tar:
            # Links and devices are refused, whatever their name.
            if entry.isfile() and rules.admit(entry.name, entry.size):
                file = tar.extractfile(entry)
                assert file is not None
                yield Member(entry.name, file.read())

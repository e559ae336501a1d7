"""Shared readers of published files: files in several forms, lines, and codes for labels."""

from collections.abc import Mapping
from pathlib import Path

from bench.errors import DataError, Unavailable, UserError
from bench.files import Files
from bench.files.tables import Table


def required_file(files: Files, *names: str) -> Path:
    """Return the first of several files, alternative forms of the same data, that the user has.

    Raises:
        Unavailable: none of them exists; the message names the first.
    """
    return optional_file(files, *names) or files.local(names[0])


def optional_file(files: Files, *names: str) -> Path | None:
    """Return the first of some files that the user has, or None."""
    for name in names:
        try:
            return files.local(name)
        except Unavailable:
            continue
    return None


def lines(path: Path, encoding: str = "utf-8-sig") -> list[tuple[int, str]]:
    """Return the non-blank lines, each with its number from 1.

    Raises:
        UserError: the file cannot be read.
        DataError: it is not in that encoding, contains a NUL byte, or is empty.
    """
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise UserError(f"{path}: {error.strerror}") from None
    if b"\0" in raw:
        row = raw.count(b"\n", 0, raw.index(b"\0")) + 1
        raise DataError(f"{path}, row {row}: contains a NUL byte; is it a text file?")
    # Only a line feed ends a line: str.splitlines would cut at characters that texts contain.
    numbered = list(enumerate(_decoded(path, raw, encoding).split("\n"), 1))
    kept = [(row, line.removesuffix("\r")) for row, line in numbered if line.strip()]
    if not kept:
        raise DataError(f"{path}: the file is empty")
    return kept


def _decoded(path: Path, raw: bytes, encoding: str) -> str:
    try:
        return raw.decode(encoding)
    except UnicodeDecodeError as error:
        # The decoder drops a byte-order mark before it counts.
        row = error.object.count(b"\n", 0, error.start) + 1
        raise DataError(
            f"{path}, row {row}: not {encoding.removesuffix('-sig').upper()} "
            f"(byte 0x{error.object[error.start]:02x}); use the file as published"
        ) from None


def coded(table: Table, column: str, names: Mapping[str, str]) -> list[str]:
    """Translate a column of codes into labels.

    Args:
        table: the file.
        column: the column's name.
        names: code -> label.

    Raises:
        DataError: an unknown code.
        UserError: no such column.
    """
    codes = table.column(column)
    if strange := set(codes) - names.keys():
        row, code = next((n, c) for n, c in enumerate(codes, 2) if c in strange)
        raise DataError(
            f"{table.path}, row {row}: {column} is {code!r}; it must be one of {', '.join(names)}"
        )
    return [names[code] for code in codes]

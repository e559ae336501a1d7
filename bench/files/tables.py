"""Read CSV and TSV files strictly: malformed rows are refused with their number, never guessed."""

import csv
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from bench.errors import DataError, UserError, did_you_mean

MAX_LINE = 10 * 1024 * 1024
"""Longest line in bytes; a longer one means a broken file, not a text."""

SEPARATORS = {",": "commas", ";": "semicolons (;)", "\t": "tabs"}
"""Column separator -> its name in messages."""


@dataclass(frozen=True)
class Table:
    """A file's header and its rows, each as long as the header."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    path: Path

    def column(self, name: str) -> list[str]:
        """Return the values of one column.

        Raises:
            UserError: there is no column of that name.
        """
        if name not in self.columns:
            hint = did_you_mean(name, self.columns)
            raise UserError(f"{self.path}: no column '{name}'; {hint}")
        index = self.columns.index(name)
        return [row[index] for row in self.rows]


def read_table(path: Path, *, delimiter: str = "", quoted: bool = True) -> Table:
    """Read a table with a header line, in UTF-8.

    Args:
        path: the file.
        delimiter: by default a tab for .tsv and .tab files, else a comma.
        quoted: False if quotation marks are part of the text, as in some TSV files.

    Raises:
        UserError: there is no such file.
        DataError: the file is not UTF-8, contains NUL bytes or an over-long line, has no rows, or
            has a row that is longer or shorter than the header.
    """
    between = delimiter or _between(path)
    records = _records(path, between, quoted=quoted)
    if len(records) < 2:
        raise DataError(f"{path}: no rows below the header" if records else f"{path} is empty")
    header, *rows = records
    _refuse_ragged(path, header, rows)
    return Table(tuple(header), tuple(map(tuple, rows)), path)


def _between(path: Path) -> str:
    return "\t" if path.suffix.lower() in (".tsv", ".tab") else ","


def _records(path: Path, between: str, *, quoted: bool) -> list[list[str]]:
    limit = csv.field_size_limit(MAX_LINE)
    marks: Literal[0, 3] = csv.QUOTE_MINIMAL if quoted else csv.QUOTE_NONE
    reader = csv.reader(_lines(path), delimiter=between, strict=True, quoting=marks)
    try:
        return [row for row in reader if row]
    except csv.Error as error:
        place = f"{path}, line {reader.line_num}"
        raise DataError(f"{place}: {error}; check its quotes and delimiter") from None
    finally:
        csv.field_size_limit(limit)


def _refuse_ragged(path: Path, header: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    twice = [name for name, times in Counter(header).items() if times > 1]
    if twice:
        raise DataError(f"{path}: column {sorted(twice)[0]!r} occurs twice in the header")
    for number, row in enumerate(rows, 2):
        if len(row) != len(header):
            raise DataError(
                f"{path}, row {number}: {len(row)} fields, but the header has {len(header)}"
            )


def _lines(path: Path) -> Iterator[str]:
    try:
        with path.open("rb") as file:
            number = 0
            while raw := file.readline(MAX_LINE + 1):
                number += 1
                yield _line(path, number, raw)
    except OSError as error:
        raise UserError(f"{path}: {error.strerror}") from None


def _line(path: Path, number: int, raw: bytes) -> str:
    if len(raw) > MAX_LINE:
        raise DataError(f"{path}, line {number}: longer than {MAX_LINE >> 20} MiB")
    if b"\0" in raw:
        raise DataError(f"{path}, line {number}: contains a NUL byte; is it a text file?")
    try:
        return raw.decode("utf-8-sig" if number == 1 else "utf-8")
    except UnicodeDecodeError as error:
        raise DataError(
            f"{path}, line {number}: not UTF-8 (byte 0x{raw[error.start]:02x} at position "
            f"{error.start + 1}); save the file as UTF-8"
        ) from None

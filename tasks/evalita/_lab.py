"""Shared helpers of the EVALITA tasks of the lab: columns, ids, and citations."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from bench.errors import DataError
from bench.files import read_table
from bench.files.tables import Table
from bench.task import Input

GATED = "not stated (available from the organisers on request)"


def overview(authors: str, title: str) -> str:
    """Return the citation of a task's overview paper."""
    return f"{authors} (2023). {title}. EVALITA 2023, CEUR Workshop Proceedings 3473."


def table(path: Path, *columns: str, quoted: bool = True) -> Table:
    """Read a table with required columns.

    Raises:
        DataError: a column is missing; the message names those present.
    """
    parsed = read_table(path, quoted=quoted)
    if missing := [name for name in columns if name not in parsed.columns]:
        has = ", ".join(map(repr, parsed.columns))
        raise DataError(
            f"{path}, row 1: there is no column {missing[0]!r}, only {has}; "
            "use the official file, with its own delimiter"
        )
    return parsed


def labelled(path: Path | None, *columns: str, quoted: bool = True) -> bool:
    """Return whether a table exists and contains gold: all of the columns."""
    return path is not None and {*columns} <= {*read_table(path, quoted=quoted).columns}


def rows_of(parsed: Table, *columns: str) -> list[tuple[str, ...]]:
    """Return some columns of a table, row by row."""
    return list(zip(*(parsed.column(name) for name in columns), strict=True))


def refuse_repeated_ids(path: Path, ids: Sequence[str]) -> None:
    """Refuse repeated ids.

    Raises:
        DataError: an id is repeated.
    """
    repeated = [id_ for id_, count in Counter(ids).items() if count > 1]
    if repeated:
        row = len(ids) + 1 - ids[::-1].index(repeated[0])
        raise DataError(
            f"{path}, row {row}: id {repeated[0]!r} is repeated; delete one of the rows"
        )


def inputs(path: Path, prefix: str = "", *, quoted: bool = True) -> list[Input]:
    """Return the texts of a test without gold, from its columns `id` and `text`.

    Raises:
        DataError: a column is missing, or an id is repeated.
    """
    parsed = table(path, "id", "text", quoted=quoted)
    refuse_repeated_ids(path, parsed.column("id"))
    return [Input(f"{prefix}{id_}", text) for id_, text in rows_of(parsed, "id", "text")]


def chosen(known: Mapping[str, str], written: str, place: str) -> str:
    """Return the label for a published code.

    Args:
        known: code -> label.
        written: the code in a row.
        place: file and row, for the message.

    Raises:
        DataError: the code is unknown, such as "nan" or -1.
    """
    if written not in known:
        codes = ", ".join(map(repr, known))
        raise DataError(f"{place}: {written!r}; expected {codes}: correct or delete the row")
    return known[written]


def number(written: str, place: str) -> float:
    """Parse a published number.

    Raises:
        DataError: it is not a number; "nan" is not accepted.
    """
    try:
        value = float(written)
    except ValueError:
        value = float("nan")
    if value != value:
        raise DataError(f"{place}: {written!r} is not a number; correct or delete the row")
    return value


def place(path: Path, row: int) -> str:
    """Return file and row in the form used in messages; the first row below the header is 2."""
    return f"{path}, row {row}"


def written(header: Sequence[str], rows: Iterable[Sequence[object]], between: str = "\t") -> bytes:
    """Write a submission file; without a header line if `header` is empty."""
    lines = [
        *([between.join(header)] if header else []),
        *(between.join(map(str, r)) for r in rows),
    ]
    return "".join(f"{line}\n" for line in lines).encode()

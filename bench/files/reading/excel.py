"""Excel workbooks (and .ods): one sheet, its cells as texts."""

import datetime
import io
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from bench.errors import DataError, did_you_mean
from bench.files.reading import header
from bench.files.reading.material import Fault, Material, numbered, whole, written
from bench.files.reading.rows import Record, string_table

if TYPE_CHECKING:
    from python_calamine import CalamineWorkbook


def read_excel(raw: bytes, source: str, sheet: str, *, names: Sequence[str] = ()) -> Material:
    """Read one sheet of a workbook.

    Args:
        raw: the file.
        source: its name, for messages.
        sheet: the sheet's name; it may be left out if only one sheet has rows.
        names: the columns' names, if the sheet has no header.

    Raises:
        DataError: it is damaged or has a password, there is no such sheet, there are several, or
            the sheet has no rows.
    """
    # Imported on first use: few commands read workbooks.
    from python_calamine import CalamineError, CalamineWorkbook, PasswordError

    try:
        with CalamineWorkbook.from_filelike(io.BytesIO(raw)) as book:
            name = _chosen(book, source, sheet)
            cells = book.get_sheet_by_name(name).to_python(skip_empty_area=False)
    except PasswordError:
        raise DataError(f"{source}: has a password; save it without one") from None
    except (CalamineError, OSError) as error:
        raise DataError(f"{source}: not a readable workbook: {error}") from None
    place = f"{source}, sheet {name}"
    records = _records([[_text(cell) for cell in row] for row in cells])
    head, records, faults = header.found(records, place, names)
    table, lines, dropped = string_table(head, records, place)
    rows = numbered(place, lines, "row")
    return Material(table, source, "Excel", rows, whole(table), faults=_some([*faults, *dropped]))


def _some(faults: Sequence[Fault]) -> tuple[Fault, ...]:
    return tuple(fault for fault in faults if fault.lines)


def _chosen(book: "CalamineWorkbook", source: str, sheet: str) -> str:
    filled = [name for name in book.sheet_names if book.get_sheet_by_name(name).height > 0]
    if sheet:
        if sheet not in book.sheet_names:
            raise DataError(f"{source}: no sheet '{sheet}'; {did_you_mean(sheet, filled)}")
        return sheet
    if not filled:
        raise DataError(f"{source}: all its sheets are empty")
    if len(filled) > 1:
        has = ", ".join(map(repr, filled))
        raise DataError(f"{source}: has the sheets {has}; give one, as '{source}#{filled[0]}'")
    return filled[0]


def _records(rows: Sequence[list[str]]) -> Iterator[Record]:
    width = max((k for row in rows for k, cell in enumerate(row, 1) if cell), default=0)
    for number, row in enumerate(rows, 1):
        yield number, row[:width]


def _text(cell: object) -> str:
    """Return a cell's value as a spreadsheet shows it by default: midnight is a day."""
    if isinstance(cell, datetime.datetime) and cell.time() == datetime.time():
        return str(cell.date())
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    return written(cell)

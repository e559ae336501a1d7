"""CSV and TSV: the separator found, quotation marks as the file means them, each row's line."""

import csv
import io
from collections.abc import Iterator, Sequence
from typing import Literal

from bench.errors import DataError
from bench.files.reading import header
from bench.files.reading.decoding import Text
from bench.files.reading.material import Fault, Material, numbered, whole
from bench.files.reading.quoting import glued, means_quotes, opening
from bench.files.reading.rows import Record, string_table
from bench.files.tables import MAX_LINE, SEPARATORS

_SAMPLE = 200
"""Number of rows that show which separator a file has."""
_MARKS = (",", "\t", ";", "|")


def read_delimited(
    text: Text, source: str, *, suffix: str = ".csv", names: Sequence[str] = ()
) -> Material:
    """Read a table whose first line is a header.

    Args:
        text: the file's text.
        source: the file's name, for messages.
        suffix: that of the file's name: which separator to prefer.
        names: the columns' names, if the file has no header.

    Raises:
        DataError: no rows, rows that are longer or shorter than the header, a quotation mark that
            is never closed, no header; the message names the line.
    """
    body, separator = header.declared(text.text)
    separator = separator or found_separator(body, "\t" if suffix in (".tsv", ".tab") else ",")
    quoted = separator != "\t" or means_quotes(body)
    records = _records(body, separator, source, quoted=quoted)
    head, records, faults = header.found(records, source, names)
    table, lines, dropped = string_table(head, records, source)
    notes = [*text.notes]
    if separator != ",":
        notes.append(f"separated by {SEPARATORS.get(separator, repr(separator))}")
    if separator == "\t" and not quoted and '"' in body:
        notes.append("quotation marks are part of the texts")
    joined = glued(body, separator, lines, width=len(head)) if quoted else ()
    found = [*text.faults, *faults, *dropped, Fault("glued_rows", joined)]
    return Material(
        table,
        source,
        "TSV" if separator == "\t" else "CSV",
        numbered(source, lines),
        whole(table),
        tuple(notes),
        tuple(fault for fault in found if fault.lines),
    )


def found_separator(text: str, preferred: str) -> str:
    """Return the character that separates the cells of the first rows: the preferred one if it
    gives rows of one length, else the one that gives most columns."""
    lines = text.split("\n", _SAMPLE)[:_SAMPLE]
    widths = {mark: _width(lines, mark) for mark in (preferred, *_MARKS)}
    if widths[preferred] > 1:
        return preferred
    best = max(widths, key=lambda mark: widths[mark])
    return best if widths[best] > 1 else preferred


def _width(lines: Sequence[str], separator: str) -> int:
    """Return the number of columns that nearly all rows have; 0 if they differ."""
    marks: Literal[0, 3] = csv.QUOTE_NONE if separator == "\t" else csv.QUOTE_MINIMAL
    rows = csv.reader((f"{line}\n" for line in lines), delimiter=separator, quoting=marks)
    try:
        sizes = [len(row) for row in rows if row]
    except csv.Error:
        return 0
    usual = max(set(sizes), key=sizes.count, default=0)
    return usual if sizes.count(usual) >= 0.8 * len(sizes) else 0


def _records(text: str, separator: str, source: str, *, quoted: bool) -> Iterator[Record]:
    limit = csv.field_size_limit(MAX_LINE)
    marks: Literal[0, 3] = csv.QUOTE_MINIMAL if quoted else csv.QUOTE_NONE
    # Lines end in "\n" alone, so that their numbers are an editor's.
    lines = io.StringIO(text, newline="\n")
    reader = csv.reader(lines, delimiter=separator, strict=True, quoting=marks)
    start = 1
    try:
        for row in reader:
            if row:
                yield start, row
            start = reader.line_num + 1
    except csv.Error as error:
        raise DataError(_why(text, source, start, reader.line_num, str(error))) from None
    finally:
        csv.field_size_limit(limit)


def _why(text: str, source: str, start: int, end: int, error: str) -> str:
    """Return what is wrong with the row in these lines."""
    if "field limit" in error:
        return f"{source}, line {start}: longer than {MAX_LINE >> 20} MiB"
    if "new-line character" in error:
        return (
            f"{source}, line {end}: a carriage return inside a cell; put the cell in quotation "
            "marks, or save the file with one kind of line end"
        )
    if end == start and "unexpected end" not in error:
        return (
            f"{source}, line {start}: text stands behind a closing quotation mark; write a mark "
            'inside a quoted cell twice ("")'
        )
    line = opening(text, start, end)
    return (
        f"{source}, line {line}: a quotation mark opens a cell here and is not closed properly; "
        "close it, or take it out"
    )

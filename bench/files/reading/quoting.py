"""Quotation marks in tables: whether a TSV means them, and where one opens that is not closed."""

import csv
import re
from collections.abc import Sequence

# A cell that a writer of quoted cells would make: marks around it, those inside doubled.
_PROPER = re.compile(r'"(?:[^"]|"")*"')


def means_quotes(text: str) -> bool:
    """Return whether a TSV has quoted cells. TSV has no quoting by its definition, but some
    programs write it like CSV: they do if every mark in the file is as such a program writes it.

    A mark that opens a cell and is not closed in it is part of a text, unless only a quoted reading
    gives rows of one length.
    """
    if '"' not in text:
        return True
    lines = [line.rstrip("\r") for line in text.split("\n")]
    proper = all(_proper(cell) for line in lines if '"' in line for cell in line.split("\t"))
    if proper:
        return True
    widths = {line.count("\t") for line in lines if line}
    return len(widths) > 1 and _one_length(text)


def _proper(cell: str) -> bool:
    return '"' not in cell or _PROPER.fullmatch(cell) is not None


def _one_length(text: str) -> bool:
    rows = csv.reader(text.splitlines(keepends=True), delimiter="\t", strict=True)
    try:
        return len({len(row) for row in rows if row}) == 1
    except csv.Error:
        return False


def opening(text: str, start: int, end: int) -> int:
    """Return the number of the line in which the last open quotation mark of a row opens.

    Args:
        text: the file's text.
        start: the number of the row's first line.
        end: the number of the line where reading failed.
    """
    lines = text.split("\n")[start - 1 : end]
    is_open, line = False, start
    for number, content in enumerate(lines, start):
        if content.count('"') % 2:
            is_open = not is_open
            line = number if is_open else line
    return line


def glued(text: str, separator: str, starts: Sequence[int], *, width: int) -> tuple[int, ...]:
    """Return the first lines of rows that may be several: each of their lines would be a whole row
    if quotation marks were part of the text.

    Args:
        text: the file's text.
        separator: the character between cells.
        starts: the number of each row's first line.
        width: the number of columns.
    """
    if width < 2 or '"' not in text:
        return ()
    lines = text.rstrip("\n").split("\n")
    ends = [*(start - 1 for start in starts[1:]), len(lines)]
    found = []
    for start, end in zip(starts, ends, strict=True):
        inside = lines[start - 1 : end]
        while inside and not inside[-1].strip():
            inside.pop()
        if len(inside) > 1 and all(line.count(separator) == width - 1 for line in inside):
            found.append(start)
    return tuple(found)

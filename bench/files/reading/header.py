"""The header of a delimited table: what stands above it, and whether there is one."""

import itertools
import re
from collections import Counter
from collections.abc import Iterator, Sequence

from bench.errors import DataError, quoted
from bench.files.reading.material import Fault
from bench.files.reading.rows import Record

_SEP = re.compile(r"sep=(.)\r?\n", re.IGNORECASE)
_DECIMAL = re.compile(r"-?\d*\.\d+|-\d+")
_LOOKED_AT = 1000
"""Number of rows among which a cell of the first line is looked for."""
_HIGHEST = 10
"""Number of lines that can stand above a header."""


def declared(text: str) -> tuple[str, str]:
    """Return the text, its first line left empty if that is `sep=;` as spreadsheets write it, and
    the separator that it declares or ""."""
    match = _SEP.match(text)
    return (text[match.end() - 1 :], match[1]) if match else (text, "")


def found(
    records: Iterator[Record], source: str, names: Sequence[str] = ()
) -> tuple[list[str], Iterator[Record], list[Fault]]:
    """Return the columns' names (those of unnamed columns are ""), the rows below the header, and
    the lines above it as a fault.

    Raises:
        DataError: the file is empty, has no header, or a name occurs twice in it.
    """
    sample = list(itertools.islice(records, _LOOKED_AT))
    if not sample:
        raise DataError(f"{source} is empty")
    if names:
        return [*names], itertools.chain(sample, records), []
    above = _above(sample)
    line, head = sample[above]
    rows = sample[above + 1 :]
    twice = [name for name, times in Counter(filter(None, head)).items() if times > 1]
    if twice:
        raise DataError(f"{source}, line {line}: column {min(twice)!r} occurs twice in the header")
    _refuse_data(source, line, head, [cells for _, cells in rows])
    faults = [Fault("title_lines", tuple(n for n, _ in sample[:above]))] if above else []
    return head, itertools.chain(rows, records), faults


def _above(sample: Sequence[Record]) -> int:
    """Return the number of rows above the header: titles have one cell, where others have more."""
    widths = Counter(len(row) for _, row in sample[_HIGHEST:] or sample[1:])
    width = max(widths, key=lambda n: widths[n], default=1)
    if width < 2 or _filled(sample[0][1]) > 1:
        return 0
    for place, (_, row) in enumerate(sample[1 : _HIGHEST + 1], 1):
        if len(row) == width and _filled(row) > 1:
            return place
    return 0


def _filled(row: Sequence[str]) -> int:
    return sum(bool(cell.strip()) for cell in row)


def _refuse_data(
    source: str, line: int, head: Sequence[str], rows: Sequence[Sequence[str]]
) -> None:
    """Refuse a first line that is data: a value that its own column repeats, or a number in a
    column of numbers."""
    for place, name in enumerate(head):
        below = [row[place] for row in rows if place < len(row)]
        number = bool(_DECIMAL.fullmatch(name)) and all(map(_DECIMAL.fullmatch, below))
        if name and (below.count(name) > 1 or number):
            raise DataError(
                f"{source}, line {line}: {quoted(name)} looks like data, not like the name of a "
                f"column: it {'is a number' if number else 'occurs again below'}; add a first line "
                "with the columns' names"
            )

"""Rows of texts, as delimited files and workbooks have them, made into a table."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from bench.errors import DataError
from bench.files.reading.material import Fault

if TYPE_CHECKING:
    import pyarrow as pa

_BATCH = 65_536
Record = tuple[int, list[str]]
"""The number of a row's first line, and its cells."""


def string_table(
    head: Sequence[str], records: Iterator[Record], source: str
) -> tuple["pa.Table", list[int], list[Fault]]:
    """Return rows as a table of strings, with the line of each row and the faults: blank rows are
    dropped, and cells of columns without a name are left out.

    Raises:
        DataError: there are no rows, or a row is longer or shorter than the header.
    """
    import pyarrow as pa

    named = [k for k, name in enumerate(head) if name]
    schema = pa.schema([(head[k], pa.string()) for k in named])
    batches, lines, pending = [], list[int](), list[list[str]]()
    blank, outside = list[int](), list[int]()

    def flush() -> None:
        columns = list(zip(*pending, strict=True))
        arrays = [pa.array(columns[k], pa.string()) for k in named]
        batches.append(pa.record_batch(arrays, schema=schema))
        pending.clear()

    for line, row in records:
        if not any(row):
            blank.append(line)
            continue
        _refuse_ragged(source, line, row, head)
        if len(named) < len(head) and any(row[k] for k in range(len(head)) if not head[k]):
            outside.append(line)
        lines.append(line)
        pending.append(row)
        if len(pending) == _BATCH:
            flush()
    if pending:
        flush()
    if not lines:
        raise DataError(f"{source}: no rows below the header")
    faults = [
        Fault("blank_rows", tuple(blank)),
        Fault("unnamed_cells", tuple(outside)),
    ]
    return pa.Table.from_batches(batches, schema), lines, faults


def _refuse_ragged(source: str, line: int, row: Sequence[str], head: Sequence[str]) -> None:
    if len(row) != len(head):
        raise DataError(
            f"{source}, line {line}: {len(row)} cell{'s' * (len(row) != 1)}, but the header has "
            f"{len(head)}; put a cell that contains the separator in quotation marks"
        )

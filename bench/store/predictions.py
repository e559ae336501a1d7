"""Read a run's predictions within bounds: a file of a few kilobytes can decompress to any size."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from bench.errors import StoreError
from bench.guards.guarded import Odd, opened
from bench.store.atomic import Refused, readable
from bench.store.integrity import FILE_LIMIT

MEMORY_LIMIT = 2 << 30
"""Largest decompressed size of the columns that are read, in bytes."""
_BATCH = 4096


def read_predictions(
    path: Path, rows: int | None, columns: Sequence[str] | None = None
) -> pa.Table:
    """Return a table of predictions, or of answers to texts without gold.

    Args:
        path: the file.
        rows: the number of rows according to the run's record; None: unknown.
        columns: the columns to read; None: all.

    Raises:
        StoreError: it is not such a file, has another number of rows or lacks a column, or is
            larger than `MEMORY_LIMIT`.
    """
    with _parquet(path) as file:
        _refuse_size(file.metadata, rows, path)
        missing = sorted(set(columns or ()) - {*file.schema_arrow.names})
        if missing:
            raise _unfit(path, f"it has no column {', '.join(missing)}")
        return _read(file, columns, path)


def columns_of(path: Path) -> frozenset[str]:
    """Return the names of a file's columns.

    Raises:
        StoreError: it is not a file of predictions.
    """
    with _parquet(path) as file:
        return frozenset(file.schema_arrow.names)


@contextmanager
def _parquet(path: Path) -> Iterator[pq.ParquetFile]:
    try:
        with readable(path), opened(path, FILE_LIMIT) as file:
            yield pq.ParquetFile(file)
    except Odd as error:
        raise Refused(path, str(error)) from None
    except (pa.ArrowException, OSError) as error:
        raise _unfit(path, str(error).partition("\n")[0]) from None


def _refuse_size(facts: pq.FileMetaData, rows: int | None, path: Path) -> None:
    if rows is not None and facts.num_rows != rows:
        raise _unfit(path, f"it has {facts.num_rows:,} rows, but its record says {rows:,}")
    groups = (facts.row_group(number) for number in range(facts.num_row_groups))
    _refuse_bytes(sum(group.total_byte_size for group in groups), path)


def _refuse_bytes(size: int, path: Path) -> None:
    if size > MEMORY_LIMIT:
        raise _unfit(path, f"it is {size:,} bytes uncompressed; at most {MEMORY_LIMIT:,} are read")


def _read(file: pq.ParquetFile, columns: Sequence[str] | None, path: Path) -> pa.Table:
    # In batches: a dictionary-encoded text can be repeated in every row, which no size in the
    # metadata reveals.
    batches, size = [], 0
    for batch in file.iter_batches(_BATCH, columns=columns):
        size += batch.nbytes
        _refuse_bytes(size, path)
        batches.append(batch)
    schema = file.schema_arrow
    selected = schema if columns is None else pa.schema([schema.field(name) for name in columns])
    return pa.Table.from_batches(batches, batches[0].schema if batches else selected)


def _unfit(path: Path, why: str) -> StoreError:
    return StoreError(f"{path}: not used: {why}; run its command again with --rerun")

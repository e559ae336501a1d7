"""A run's predictions, read with bounds: a file of a few kilobytes can unfold to any size."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from bench.errors import StoreError
from bench.guards.guarded import Odd, opened
from bench.store.atomic import Refused, readable
from bench.store.run_folder import FILE_LIMIT

MEMORY_LIMIT = 2 << 30
"""Bytes of a file's columns, unfolded, at most."""
_BATCH = 4096


def read_predictions(
    path: Path, rows: int | None, columns: Sequence[str] | None = None
) -> pa.Table:
    """A file of predictions, or of answers to texts without gold.

    Args:
        path: the file.
        rows: how many its record says there are; None: it does not say.
        columns: those to read; None: all.

    Raises:
        StoreError: it is no such file, or has other rows, or more than `MEMORY_LIMIT`.
    """
    with _parquet(path) as file:
        _refuse_size(file.metadata, rows, path)
        missing = sorted(set(columns or ()) - {*file.schema_arrow.names})
        if missing:
            raise _unfit(path, f"it has no column {', '.join(missing)}")
        return _read(file, columns, path)


def columns_of(path: Path) -> frozenset[str]:
    """The names of a file's columns.

    Raises:
        StoreError: it is no file of predictions.
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
        raise _unfit(path, f"it has {facts.num_rows:,} rows, its record {rows:,}")
    groups = (facts.row_group(number) for number in range(facts.num_row_groups))
    _refuse_bytes(sum(group.total_byte_size for group in groups), path)


def _refuse_bytes(size: int, path: Path) -> None:
    if size > MEMORY_LIMIT:
        raise _unfit(path, f"it unfolds to {size:,} bytes; at most {MEMORY_LIMIT:,} are read")


def _read(file: pq.ParquetFile, columns: Sequence[str] | None, path: Path) -> pa.Table:
    # In batches: a dictionary's long text can stand in every row, which no size in the file tells.
    batches, size = [], 0
    for batch in file.iter_batches(_BATCH, columns=columns):
        size += batch.nbytes
        _refuse_bytes(size, path)
        batches.append(batch)
    schema = file.schema_arrow
    wanted = schema if columns is None else pa.schema([schema.field(name) for name in columns])
    return pa.Table.from_batches(batches, batches[0].schema if batches else wanted)


def _unfit(path: Path, why: str) -> StoreError:
    return StoreError(f"{path}: not used: {why}; run its command again with --rerun")

"""Parquet and Arrow files, and tables as they are used: class numbers as names, objects flat."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bench.errors import DataError
from bench.files.reading.material import Material, whole

if TYPE_CHECKING:
    import pyarrow as pa

_BATCH = 65_536


def read_parquet(content: "Path | bytes", source: str) -> Material:
    """Read a Parquet file.

    Raises:
        DataError: it is damaged, or has no rows.
    """
    import pyarrow as pa
    from pyarrow import parquet

    try:
        file = parquet.ParquetFile(_opened(content))
        # In batches on one thread: whole columns at a time take half as much memory again.
        batches = file.iter_batches(_BATCH, use_threads=False)
        table = pa.Table.from_batches(batches, file.schema_arrow)
    except (pa.ArrowException, OSError) as error:
        raise DataError(f"{source}: damaged Parquet: {_first(error)}") from None
    return from_table(table, source, "Parquet")


def read_arrow(content: "Path | bytes", source: str) -> Material:
    """Read an Arrow file, or an Arrow stream as `datasets` keeps it.

    Raises:
        DataError: it is damaged, or has no rows.
    """
    import pyarrow as pa

    for reader in (pa.ipc.open_file, pa.ipc.open_stream):
        try:
            return from_table(reader(_opened(content)).read_all(), source, "Arrow")
        except (pa.ArrowException, OSError) as error:
            reason = _first(error)
    raise DataError(f"{source}: damaged Arrow data: {reason}")


def _opened(content: "Path | bytes") -> Any:
    import pyarrow as pa

    return pa.memory_map(str(content)) if isinstance(content, Path) else pa.BufferReader(content)


def _first(error: Exception) -> str:
    return (str(error).splitlines() or ["?"])[0]


def from_table(table: "pa.Table", source: str, form: str) -> Material:
    """Return a table as material: class numbers as their names, objects as columns `a.b`.

    Raises:
        DataError: it has no rows.
    """
    if not table.num_rows:
        raise DataError(f"{source}: no rows")
    table = flat(named_classes(table, _features(table)).replace_schema_metadata(None))
    return Material(table, source, form, lambda row: f"{source}, row {row + 1}", whole(table))


def flat(table: "pa.Table") -> "pa.Table":
    """Return the table with every column of objects as columns `a.b`."""
    import pyarrow as pa

    while any(pa.types.is_struct(column.type) for column in table.columns):
        table = table.flatten()
    return table


def _features(table: "pa.Table") -> Mapping[str, Any]:
    """Return what `datasets` wrote about the columns into the file; {} if nothing."""
    about = (table.schema.metadata or {}).get(b"huggingface", b"{}")
    try:
        features = json.loads(about)["info"]["features"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return {}
    return features if isinstance(features, dict) else {}


def named_classes(table: "pa.Table", features: Mapping[str, Any]) -> "pa.Table":
    """Return the table with class numbers, alone or in lists, replaced by the classes' names.

    Args:
        table: the table.
        features: the columns' features, as `datasets` writes them into files.
    """
    for place, name in enumerate(table.column_names):
        feature = features.get(name)
        inner = feature.get("feature", feature) if isinstance(feature, dict) else None
        names = inner.get("names") if isinstance(inner, dict) else None
        if isinstance(names, list) and all(isinstance(label, str) for label in names):
            chunks = [_named(chunk, names) for chunk in table.column(place).chunks]
            import pyarrow as pa

            table = table.set_column(place, name, pa.chunked_array(chunks))
    return table


def _named(chunk: "pa.Array", names: Sequence[str]) -> "pa.Array":
    import pyarrow as pa
    import pyarrow.compute as pc

    if pa.types.is_list(chunk.type):
        inner = _named(chunk.values, names)
        return pa.ListArray.from_arrays(chunk.offsets, inner, mask=chunk.is_null())
    if not pa.types.is_integer(chunk.type):
        return chunk
    known = pc.and_(pc.greater_equal(chunk, 0), pc.less(chunk, len(names)))
    return pa.array(names, pa.string()).take(pc.if_else(known, chunk, None))

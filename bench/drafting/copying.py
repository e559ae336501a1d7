"""Data brought along with a task: the columns that it reads, as one Parquet file."""

import hashlib
import io
from dataclasses import dataclass, replace
from pathlib import Path

from bench.drafting.draft import Draft
from bench.drafting.place import write
from bench.files.reading.parts import split_name

SPLIT = "split"


@dataclass(frozen=True)
class Copied:
    """A copy of a task's data.

    Args:
        path: the file.
        sha256: its hash.
    """

    path: Path
    sha256: str


def copied(made: Draft, folder: Path) -> tuple[Draft, Copied]:
    """Write the rows that a task reads as FOLDER/data/NAME.parquet.

    Args:
        made: the draft.
        folder: the plugin folder.

    Returns:
        the draft, which has a column of splits now where its sources had parts, and the copy.

    Raises:
        UserError: the file exists, or the operating system refuses.
    """
    import pyarrow as pa
    from pyarrow import parquet

    material, columns = made.material, made.columns
    table = material.table.select([*columns.used])
    parts = {split_name(name) or name: rows for name, rows in material.parts.items()}
    if "train" in parts and not columns.split:
        names = [""] * table.num_rows
        for name, rows in parts.items():
            names[rows.start : rows.stop] = [name] * len(rows)
        kept = [split_name(name) != "" for name in names]
        column = SPLIT if SPLIT not in table.column_names else f"{SPLIT}_of_task"
        table = table.append_column(column, pa.array(names)).filter(pa.array(kept))
        columns = replace(columns, split=column)
    buffer = io.BytesIO()
    parquet.write_table(table.replace_schema_metadata(None), buffer, compression="zstd")
    path = folder / "data" / f"{made.request.name}.parquet"
    write(path, buffer.getvalue())
    material = replace(material, commit="")
    return (
        replace(made, columns=columns, material=material),
        Copied(path, hashlib.sha256(buffer.getvalue()).hexdigest()),
    )

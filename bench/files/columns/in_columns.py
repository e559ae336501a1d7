"""Examples of a table that stay columns: a million of them take the memory of their texts."""

from collections.abc import Mapping
from functools import reduce
from typing import TYPE_CHECKING, Any

from bench.example import SPLITS, Split
from bench.files.column_examples import ColumnExamples, as_answer, repeated_id
from bench.files.columns.answers import ABSENT, Count, Number, OneLabel, absent, number
from bench.files.columns.columns import Columns
from bench.files.reading import Material
from bench.files.reading.material import written
from bench.files.reading.parts import split_name

if TYPE_CHECKING:
    import pyarrow as pa

_BATCH = 65_536


def column_splits(
    material: Material, columns: Columns, count: Count
) -> dict[Split, ColumnExamples] | None:
    """Return the examples of each split, the same as `splits_of` makes of `cells_of`; None where
    they cannot stay columns: answers of other kinds than a label or a number, or something missing
    or odd, which is to be counted, or refused by its place.

    Args:
        material: the table.
        columns: what its columns are.
        count: counts rows that are repaired or dropped.
    """
    import pyarrow as pa

    if columns.people or columns.person or not isinstance(columns.answer, OneLabel | Number):
        return None
    if any(name not in material.columns for name in columns.used):
        return None
    text, parts = material.table[columns.text], _parts(material, columns)
    if parts is None or not _is_text(text) or _lacks(text):
        return None
    found = _target(material.table[columns.answer.columns[0]], columns.answer)
    ids = _ids(material, columns, parts)
    if found is None or ids is None:
        return None
    named: dict[str, Any] = {"id": ids, "text": text, "target": found[0]}
    for part, name in (("pair", columns.pair), ("group", columns.group)):
        if name and not _is_text(material.table[name]):
            return None
        if name:
            column = material.table[name]
            named[part] = _without_absent(column) if part == "group" else column
    tables = _by_split(pa.table(named), material, columns, parts)
    if not tables:
        return None
    made = {name: ColumnExamples(table, found[1]) for name, table in tables.items()}
    if isinstance(columns.answer, OneLabel):
        _count_merged(made, columns.answer, count)
    return made


def _parts(material: Material, columns: Columns) -> dict[Split, range] | None:
    """Return the rows of each split of the source; none if it has no splits. None if only a look
    at each row can tell."""
    rows = material.table.num_rows
    named = [(split_name(name), part) for name, part in material.parts.items() if part]
    parts: dict[Split, range] = {name: part for name, part in named if name in SPLITS}
    if columns.split or "train" not in parts:
        return {}
    whole = sum(len(part) for _, part in named) == rows
    alone = len(parts) == len([name for name, _ in named if name])
    return parts if whole and alone and not columns.only else None


def _by_split(
    table: "pa.Table", material: Material, columns: Columns, parts: Mapping[Split, range]
) -> "dict[Split, pa.Table] | None":
    """Return the rows of each split with unique ids; None if that needs a closer look."""
    import pyarrow.compute as pc

    masks = [(material.table[name], value) for name, value in columns.only.items()]
    if columns.split:
        column = material.table[columns.split]
        names = column.unique().to_pylist()
        if not _is_text(column) or not all(split_name(name or "") for name in names):
            return None
        table = table.append_column("split", column)
    if not all(_is_text(column) for column, _ in masks):
        return None
    if masks:
        kept = [pc.fill_null(pc.equal(column, value), False) for column, value in masks]
        table = table.filter(reduce(pc.and_, kept))
    tables: dict[Split, pa.Table] = {"train": table}
    if columns.split:
        tables = {name: _of_split(table, name) for name in SPLITS}
    elif parts:
        tables = {
            name: table.slice(parts[name].start, len(parts[name]))
            for name in SPLITS
            if name in parts
        }
    return _apart({name: part for name, part in tables.items() if part.num_rows}, columns)


def _of_split(table: "pa.Table", split: str) -> "pa.Table":
    import pyarrow as pa
    import pyarrow.compute as pc

    names = [n for n in table["split"].unique().to_pylist() if split_name(n) == split]
    mask = pc.is_in(table["split"], value_set=pa.array(names, table["split"].type))
    return table.filter(mask).drop_columns(["split"])


def _apart(tables: "dict[Split, pa.Table]", columns: Columns) -> "dict[Split, pa.Table] | None":
    """Return the tables with ids that differ between splits; None if a split repeats one."""
    import pyarrow.compute as pc

    clash = len(tables) > 1 and not columns.split
    if columns.id:
        rows = [ColumnExamples(part) for part in tables.values()]
        clash = repeated_id(rows) is not None
        if clash and any(repeated_id([part]) for part in rows):
            return None
    if not clash:
        return tables
    return {
        name: part.set_column(0, "id", pc.binary_join_element_wise(name, part["id"], "/"))
        for name, part in tables.items()
    }


def _is_text(column: "pa.ChunkedArray") -> bool:
    import pyarrow as pa

    return bool(pa.types.is_string(column.type) or pa.types.is_large_string(column.type))


def _lacks(column: "pa.ChunkedArray") -> bool:
    """Return whether a text is missing."""
    import pyarrow as pa
    import pyarrow.compute as pc

    words = pa.array(["", *ABSENT], column.type)
    # Batch by batch, as a copy of all texts would take as much as the texts.
    return bool(column.null_count) or any(
        pc.any(pc.is_in(pc.utf8_lower(pc.utf8_trim_whitespace(part)), value_set=words)).as_py()
        for chunk in column.chunks
        for part in (chunk.slice(k, _BATCH) for k in range(0, len(chunk), _BATCH))
    )


def _without_absent(column: "pa.ChunkedArray") -> "pa.ChunkedArray":
    """Return a column of groups in which absent ones are null."""
    import pyarrow as pa
    import pyarrow.compute as pc

    void = [value for value in column.unique().to_pylist() if value is not None and absent(value)]
    is_void = pc.is_in(column, value_set=pa.array(void, column.type))
    return pc.if_else(is_void, None, column) if void else column


def _target(
    column: "pa.ChunkedArray", answer: OneLabel | Number
) -> "tuple[pa.ChunkedArray, Any] | None":
    """Return the answers, and what a value stands for; None if one is missing or odd."""
    import pyarrow as pa

    plain = _is_text(column) or pa.types.is_integer(column.type)
    if column.null_count or not (plain or pa.types.is_floating(column.type)):
        return None
    if isinstance(answer, Number):
        numbers = [number(value) for part in column.chunks for value in part.to_pylist()]
        if None in numbers:
            return None
        return pa.chunked_array([pa.array(numbers, pa.float64())]), as_answer
    values = column.unique().to_pylist()
    if any(map(absent, values)):
        return None
    known = {*answer.known}
    meant = {v: v if isinstance(v, str) else written(v) for v in values}
    if answer.other:
        meant = {v: label if label in known else answer.other for v, label in meant.items()}
    return column, meant.__getitem__


def _count_merged(made: Mapping[Split, ColumnExamples], answer: OneLabel, count: Count) -> None:
    if not answer.other:
        return
    known = {*answer.known}
    merged = 0
    for rows in made.values():
        for pair in rows.table["target"].value_counts().to_pylist():
            value = pair["values"]
            label = value if isinstance(value, str) else written(value)
            merged += pair["counts"] * (label not in known)
    if merged:
        count("merged_rare_labels", merged)


def _ids(
    material: Material, columns: Columns, parts: Mapping[Split, range]
) -> "pa.ChunkedArray | None":
    """Return the column of ids, or row numbers, counted from 1 in each split of the source."""
    import pyarrow as pa

    if columns.id:
        column = material.table[columns.id]
        if pa.types.is_integer(column.type) and not column.null_count:
            column = column.cast(pa.string())
        return None if not _is_text(column) or _lacks(column) else column
    pieces = [range(material.table.num_rows)]
    if len(parts) > 1:
        pieces = sorted(material.parts.values(), key=lambda part: part.start)
    kind = pa.string()
    return pa.chunked_array(
        [pa.array(range(1, len(part) + 1), pa.int64()).cast(kind) for part in pieces], kind
    )

"""The rows of a table that have text and answer, with ids and splits."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from bench.errors import DataError, UserError
from bench.example import SPLITS
from bench.files.columns.answers import Count, absent
from bench.files.columns.columns import Columns
from bench.files.columns.span_cells import tokens_of
from bench.files.columns.votes import vote
from bench.files.reading import Material
from bench.files.reading.parts import split_name
from bench.outputs import Answer

NAMED = 5
"""Largest number of places that a message names."""


@dataclass(frozen=True)
class Cells:
    """The rows of a table that have text and answer, column by column.

    Args:
        rows: their positions in the table.
        ids, texts, answers, pairs, groups: their values.
        splits: the split of each.
        said: each person's answers, where the table has a column a person.
        who: who gave the answer, where it has a row an answer.
        left_out: the positions of rows without text or answer.
    """

    rows: Sequence[int]
    ids: Sequence[str]
    texts: Sequence[str]
    answers: Sequence[Answer | None]
    pairs: Sequence[str | None]
    groups: Sequence[str | None]
    splits: Sequence[str]
    said: Sequence[Sequence[Answer | None]] = ()
    who: Sequence[str] = ()
    left_out: Sequence[int] = ()


def cells_of(material: Material, columns: Columns, count: Count) -> Cells:
    """Return the rows that have text and answer.

    Args:
        material: the table.
        columns: what its columns are.
        count: counts rows that are repaired or dropped.

    Raises:
        UserError: there is no such column.
        DataError: a text or an answer is missing, or cannot be read.
    """
    texts = _texts(material, columns)
    # Read before missing answers are refused, so that a wrong kind of answer is said first.
    answers = columns.answer.read(material, count) if columns.answer else []
    said = [reader.read(material, count) for reader in columns.people]
    answers = answers or [vote(list(row)) for row in zip(*said, strict=True)]
    splits = _splits(material, columns)
    kept = [row for row in _wanted(material, columns) if splits[row]]
    _refuse_none(material, columns, kept)
    bare = [row for row in kept if absent(texts[row])]
    _leave_out(material, columns.text, bare, columns, count)
    bare_set = set(bare)
    name = columns.answer.columns[0] if columns.answer else "the annotators' columns"
    ties = [r for r in kept if answers[r] is None and any(s[r] is not None for s in said)]
    if columns.answer is None and ties:
        count("ties_of_annotators", len(ties))
        bare_set |= {*ties}
    void = [row for row in kept if answers[row] is None and row not in bare_set]
    _leave_out(material, name, void, columns, count)
    bare_set |= {*void}
    kept = [row for row in kept if row not in bare_set] if bare_set else kept
    pairs = material.optional_strings(columns.pair) if columns.pair else []
    groups = material.optional_strings(columns.group) if columns.group else []
    who = material.optional_strings(columns.person) if columns.person else []
    return Cells(
        kept,
        _ids(material, columns, kept, splits),
        [texts[row] for row in kept],
        [answers[row] for row in kept],
        [pairs[row] for row in kept] if pairs else [None] * len(kept),
        [None if absent(groups[r]) else groups[r] for r in kept] if groups else [None] * len(kept),
        [splits[row] for row in kept],
        [[one[row] for one in said] for row in kept] if said else (),
        [who[row] or "" for row in kept] if who else (),
        sorted(bare_set),
    )


def _texts(material: Material, columns: Columns) -> list[str]:
    import pyarrow as pa

    kind = material.column(columns.text).type
    if pa.types.is_list(kind) or pa.types.is_large_list(kind):
        cells = material.column(columns.text).to_pylist()
        return [columns.between.join(tokens_of(cell)) for cell in cells]
    return [value or "" for value in material.optional_strings(columns.text)]


def _wanted(material: Material, columns: Columns) -> Sequence[int]:
    rows: Sequence[int] = range(material.table.num_rows)
    for name, value in columns.only.items():
        cells = material.optional_strings(name)
        rows = [row for row in rows if cells[row] == value]
    return rows


def _refuse_none(material: Material, columns: Columns, kept: Sequence[int]) -> None:
    if not kept:
        only = ", ".join(f"{name}={value}" for name, value in columns.only.items())
        raise UserError(f"{material.source}: no row has {only or 'a split that is used'}")


def _splits(material: Material, columns: Columns) -> list[str]:
    """Return the split of each row; "" for a row of a part that is no split."""
    count = material.table.num_rows
    if columns.split:
        named = material.optional_strings(columns.split)
        meant = {value: split_name(value or "") for value in set(named)}
        for value, split in meant.items():
            if not split:
                raise DataError(
                    f"{material.where(named.index(value))}: column '{columns.split}' holds "
                    f"{value!r}; write train, validation or test"
                )
        return [meant[value] for value in named]
    parts = {split_name(name) or name: rows for name, rows in material.parts.items()}
    if "train" not in parts:
        # All that there is can be learnt from, and a test is cut off it.
        return ["train"] * count
    splits = [""] * count
    for name, rows in parts.items():
        if name in SPLITS:
            splits[rows.start : rows.stop] = [name] * len(rows)
    return splits


def _leave_out(
    material: Material, name: str, rows: Sequence[int], columns: Columns, count: Count
) -> None:
    if not rows:
        return
    kind = "rows_without_text" if name == columns.text else "rows_without_answer"
    if columns.drop_empty:
        count(kind, len(rows))
        return
    places = [material.where(row) for row in rows[:NAMED]]
    short = [place.removeprefix(f"{material.source}, ") for place in places[1:]]
    more = ", …" if len(rows) > NAMED else ""
    also = f" (also {', '.join(short)}{more}: {len(rows):,} rows)" if short else ""
    raise DataError(
        f"{places[0]}: column '{name}' is empty{also}; fill in or delete such rows, or leave them "
        "out with --drop-empty (in a task's file: drop_empty=True)"
    )


def _ids(
    material: Material, columns: Columns, rows: Sequence[int], splits: Sequence[str]
) -> list[str]:
    """Return unique ids: those of the column, or row numbers; the split's name stands before them
    where two splits would share some."""
    if not columns.id:
        many = len({splits[row] for row in rows}) > 1 and not columns.split
        starts = {name: part.start for name, part in material.parts.items()} if many else {}
        first = {split_name(name) or name: start for name, start in starts.items()}
        if many:
            return [f"{splits[row]}/{row - first[splits[row]] + 1}" for row in rows]
        return [str(row + 1) for row in rows]
    values = material.optional_strings(columns.id)
    _refuse_bad_ids(material, columns, rows, values)
    ids = [str(values[row]) for row in rows]
    by_split: dict[str, set[str]] = defaultdict(set)
    for row, id_ in zip(rows, ids, strict=True):
        by_split[splits[row]].add(id_)
    if sum(map(len, by_split.values())) == len(set(ids)):
        return ids
    return [f"{splits[row]}/{id_}" for row, id_ in zip(rows, ids, strict=True)]


def _refuse_bad_ids(
    material: Material, columns: Columns, rows: Sequence[int], values: Sequence[str | None]
) -> None:
    splits, seen = _splits(material, columns), dict[tuple[str, str | None], int]()
    for row in rows:
        if absent(values[row]):
            raise DataError(f"{material.where(row)}: column '{columns.id}' holds no id")
        key = (splits[row], values[row])
        if key in seen and not columns.person:
            raise DataError(
                f"{material.where(row)}: id {values[row]!r} again, as in "
                f"{material.where(seen[key])}; ids must differ (leave out --id to number the rows)"
            )
        seen.setdefault(key, row)

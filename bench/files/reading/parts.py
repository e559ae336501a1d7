"""Splits of a source: their names, and several tables joined as the splits of one."""

from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from bench.errors import DataError
from bench.files.reading.material import Material

SPLITS = ("train", "validation", "test")
_SPLITS = {
    "train": "train",
    "training": "train",
    "trn": "train",
    "dev": "validation",
    "devel": "validation",
    "development": "validation",
    "val": "validation",
    "valid": "validation",
    "validation": "validation",
    "test": "test",
    "testing": "test",
    "tst": "test",
}


def split_name(name: str) -> str:
    """Return the split that a name stands for, as `validation` for `dev`; "" if none."""
    return _SPLITS.get(name.strip().lower(), "")


def _rank(name: str) -> tuple[int, str]:
    return (SPLITS.index(name) if name in SPLITS else len(SPLITS), name)


def joined(source: str, form: str, materials: Sequence[tuple[str, Material]]) -> Material:
    """Return several materials as one, each with the name of its part; equal names are one part.

    Raises:
        DataError: a column holds different kinds of values in two of them.
    """
    import pyarrow as pa

    order = sorted({name for name, _ in materials}, key=_rank)
    sorted_ = [(name, m) for part in order for name, m in materials if name == part]
    try:
        table = pa.concat_tables([m.table for _, m in sorted_], promote_options="permissive")
    except pa.ArrowException as error:
        reason = str(error).splitlines()[0]
        raise DataError(f"{source}: its files have different columns ({reason})") from None
    starts, parts = list[int](), dict[str, range]()
    end = 0
    for name, material in sorted_:
        starts.append(end)
        begin = parts[name].start if name in parts else end
        end += material.table.num_rows
        parts[name] = range(begin, end)
    faults = [replace(fault, file=fault.file or m.source) for _, m in sorted_ for fault in m.faults]
    notes = dict.fromkeys(note for _, m in sorted_ for note in m.notes)
    place = _place(starts, [m for _, m in sorted_])
    suggested: Mapping[str, str] = sorted_[0][1].suggested
    return Material(
        table, source, form, place, parts, tuple(notes), tuple(faults), suggested=suggested
    )


def _place(starts: Sequence[int], materials: Sequence[Material]) -> Callable[[int], str]:
    def place(row: int) -> str:
        k = bisect_right(starts, row) - 1
        return materials[k].where(row - starts[k])

    return place

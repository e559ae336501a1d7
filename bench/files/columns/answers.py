"""Answers in the columns of a table: one label, several, a number or words."""

import ast
import json
import math
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Protocol

from bench.errors import DataError, quoted
from bench.files.reading import Material
from bench.outputs import Answer

Count = Callable[[str, int], None]
"""Counts rows that were repaired or dropped, by kind."""
YES = frozenset(["1", "true", "yes", "y", "t", "x"])
NO = frozenset(["0", "false", "no", "n", "f"])
ABSENT = frozenset(["nan", "<na>", "#n/a"])
"""What programs write for a missing value, in lower case; `NA` and `none` can be labels."""
_LONGEST = max(map(len, ABSENT))


class Reader(Protocol):
    """The way from columns to answers."""

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that are read."""

    def read(self, material: Material, count: Count) -> list[Answer | None]:
        """Return the answer of each row of the table; None where there is none.

        Raises:
            UserError: there is no such column.
            DataError: a cell cannot be read; the message says where.
        """


def absent(value: object) -> bool:
    """Return whether a cell holds no value."""
    if isinstance(value, str):
        word = value.strip()
        return not word or (len(word) <= _LONGEST and word.lower() in ABSENT)
    return value is None or (isinstance(value, float) and math.isnan(value))


@dataclass(frozen=True)
class OneLabel:
    """One label a cell, as written.

    Args:
        column: the column.
        known: the labels; None: all.
        other: what stands for a label that is not known.
    """

    column: str
    known: tuple[str, ...] = ()
    other: str = ""

    @property
    def columns(self) -> tuple[str, ...]:
        return (self.column,)

    def read(self, material: Material, count: Count) -> list[Answer | None]:
        values = material.optional_strings(self.column)
        # One string for all equal ones: a million small ones would take 50 MB.
        meant = {value: None if absent(value) else value for value in set(values)}
        labels = [meant[value] for value in values]
        if not self.other:
            return list(labels)
        known = {*self.known, None}
        if merged := sum(label not in known for label in labels):
            count("merged_rare_labels", merged)
        return [label if label in known else self.other for label in labels]


@dataclass(frozen=True)
class LabelColumns:
    """A column a label, each with 1 or 0, true or false, yes or no.

    Args:
        columns: the columns, named as the labels.
    """

    columns: tuple[str, ...]

    def read(self, material: Material, count: Count) -> list[Answer | None]:
        marks = [self._marks(material, name) for name in self.columns]
        return [
            None
            if None in row
            else frozenset(n for n, m in zip(self.columns, row, strict=True) if m)
            for row in zip(*marks, strict=True)
        ]

    def _marks(self, material: Material, name: str) -> list[bool | None]:
        values = material.optional_strings(name)
        meant: dict[str | None, bool | None] = {value: mark(value) for value in set(values)}
        for value, found in meant.items():
            if found is None and not absent(value):
                place = material.where(values.index(value))
                raise DataError(f"{place}: column '{name}' holds {quoted(value)}, not 0 or 1")
        return [meant[value] for value in values]


def mark(value: object) -> bool | None:
    """Return whether a cell says yes or no; None if neither."""
    word = str(value).strip().lower()
    return True if word in YES else False if word in NO else None


@dataclass(frozen=True)
class LabelList:
    """Several labels a cell: a list, or with something between; an empty cell is no label.

    Args:
        column: the column.
        between: what stands between the labels of a cell.
    """

    column: str
    between: str = ","

    @property
    def columns(self) -> tuple[str, ...]:
        return (self.column,)

    def read(self, material: Material, count: Count) -> list[Answer | None]:
        values = material.column(self.column).to_pylist()
        if empty := sum(map(absent, values)):
            count("cells_without_a_label", empty)
        return [self._labels(material, row, value) for row, value in enumerate(values)]

    def _labels(self, material: Material, row: int, value: object) -> frozenset[str]:
        items = value if isinstance(value, list) else ()
        if odd := next((item for item in items if isinstance(item, list | dict)), None):
            what = f"column '{self.column}' holds {quoted(odd)}, not a label"
            raise DataError(f"{material.where(row)}: {what}; are these spans (--spans)?")
        return frozenset(listed(value, self.between))


def listed(value: object, between: str = ",") -> list[str]:
    """Return the items of a cell: a list, a list in JSON's or Python's words, or items with
    something between."""
    if absent(value):
        return []
    parsed = from_words(value)
    if isinstance(parsed, list | tuple | set | frozenset):
        return [str(item).strip() for item in parsed if not absent(item)]
    return [item.strip() for item in str(value).split(between) if item.strip()]


def from_words(value: object) -> object:
    """Return a value that is written as a list or an object in JSON's or Python's words; anything
    else as it is."""
    text = value.strip() if isinstance(value, str) else ""
    if text[:1] not in ("[", "{", "("):
        return value
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        pass
    try:
        return ast.literal_eval(text)
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        return value


@dataclass(frozen=True)
class Number:
    """A number a cell.

    Args:
        column: the column.
    """

    column: str

    @property
    def columns(self) -> tuple[str, ...]:
        return (self.column,)

    def read(self, material: Material, count: Count) -> list[Answer | None]:
        values = material.optional_strings(self.column)
        numbers = [None if absent(value) else number(value) for value in values]
        for row, found in enumerate(numbers):
            if found is None and not absent(values[row]):
                what = f"column '{self.column}' holds {quoted(values[row])}, not a number"
                raise DataError(f"{material.where(row)}: {what}")
        return list(numbers)


_DECIMAL_COMMA = re.compile(r"[+-]?\d+,\d+")


def number(value: object) -> float | None:
    """Return a finite number, with a point or one comma before its decimals; None if it is none."""
    text = str(value).strip()
    try:
        found = float(text.replace(",", ".") if _DECIMAL_COMMA.fullmatch(text) else text)
    except ValueError:
        return None
    return found if math.isfinite(found) else None


@dataclass(frozen=True)
class Words:
    """Free text: one reference a column, or a list of them.

    Args:
        columns: the columns.
    """

    columns: tuple[str, ...]

    def read(self, material: Material, count: Count) -> list[Answer | None]:
        cells = [material.column(name).to_pylist() for name in self.columns]
        return [_references(row) for row in zip(*cells, strict=True)]


def _references(cells: Iterable[Any]) -> Answer | None:
    items = [i for cell in cells for i in (cell if isinstance(cell, list) else [cell])]
    texts = [str(item) for item in items if not absent(item)]
    if not texts:
        return None
    return texts[0] if len(texts) == 1 else tuple(texts)

"""What was read from a user's source: one table, the place of each row, and the faults."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from bench.errors import DataError, UserError, did_you_mean, quoted

if TYPE_CHECKING:
    import pyarrow as pa

MOST_PLACES = 5
"""Largest number of lines that a message lists."""


@dataclass(frozen=True)
class Fault:
    """Rows that were repaired or dropped for one reason.

    Args:
        kind: the reason, as `blank_rows`; the page shows it as `reader_blank_rows`.
        lines: the line (or row) numbers, ascending.
        file: the file, where a source has several.
    """

    kind: str
    lines: tuple[int, ...]
    file: str = ""

    @property
    def told(self) -> str:
        """The fault in words, as `2 blank rows (lines 7, 9)`."""
        count, name = len(self.lines), self.kind.replace("_", " ")
        shown = ", ".join(f"{line:,}" for line in self.lines[:MOST_PLACES])
        more = ", …" if count > MOST_PLACES else ""
        inside = f"{self.file}, " if self.file else ""
        return (
            f"{count:,} {name.removesuffix('s') if count == 1 else name} "
            f"({inside}line{'s' * (count != 1)} {shown}{more})"
        )


@dataclass(frozen=True)
class Material:
    """A source's rows in one table.

    Args:
        table: the rows; columns hold strings (every cell of CSV, TSV and Excel is one), numbers,
            booleans, lists or nulls, as the form has them.
        source: the file, folder or data set, as the user gave it.
        form: the form's name, as `CSV`.
        place: what `where` calls a row of this form, from its position in the table.
        parts: split name -> positions of its rows, where the source has splits; else `{"": all}`.
        notes: sentences on how it was read, as `separated by semicolons`.
        faults: rows that were repaired or dropped.
        commit: the commit of a data set of the Hub, or "".
        suggested: what the source itself says of its columns: `text`, `label`, `pair` or `id` ->
            column, and `split` -> the split to test on.
    """

    table: "pa.Table"
    source: str
    form: str
    place: Callable[[int], str]
    parts: Mapping[str, range]
    notes: tuple[str, ...] = ()
    faults: tuple[Fault, ...] = ()
    commit: str = ""
    suggested: Mapping[str, str] = field(default_factory=dict)

    @property
    def columns(self) -> tuple[str, ...]:
        """The names of the columns."""
        return tuple(self.table.column_names)

    def where(self, row: int) -> str:
        """Return the place of a row of the table, as `tickets.csv, line 17`."""
        return self.place(row)

    def column(self, name: str) -> "pa.ChunkedArray":
        """Return one column.

        Raises:
            UserError: there is no column of that name.
        """
        if name not in self.columns:
            hint = did_you_mean(name, self.columns)
            raise UserError(f"{self.source}: no column '{name}'; {hint}")
        return self.table[name]

    def strings(self, name: str) -> list[str]:
        """Return a column's values as strings: whole numbers without a decimal point.

        Raises:
            UserError: there is no column of that name.
            DataError: a value is missing, or is a list or an object; the message says where.
        """
        values = self.optional_strings(name)
        for row, value in enumerate(values):
            if value is None:
                raise DataError(
                    f"{self.where(row)}: column '{name}' has no value; fill it in or delete the row"
                )
        return values  # type: ignore[return-value]  # no None is left

    def optional_strings(self, name: str) -> list[str | None]:
        """Return a column's values as strings, missing ones as None.

        Raises:
            UserError: there is no column of that name.
            DataError: a value is a list or an object; the message says where.
        """
        values = self.column(name).to_pylist()
        return [
            value if value is None or isinstance(value, str) else self._written(name, row, value)
            for row, value in enumerate(values)
        ]

    def _written(self, name: str, row: int, value: Any) -> str | None:
        if value != value:  # NaN, which pandas writes for a missing value
            return None
        if isinstance(value, list | dict | bytes):
            raise DataError(
                f"{self.where(row)}: column '{name}' holds {quoted(value)}, not a single value"
            )
        return written(value)

    def missing(self, name: str) -> list[int]:
        """Return the positions of the rows whose value in a column is null, NaN or blank text.

        Raises:
            UserError: there is no column of that name.
        """
        import pyarrow as pa
        import pyarrow.compute as pc

        column = self.column(name)
        if pa.types.is_string(column.type) or pa.types.is_large_string(column.type):
            trimmed = pc.utf8_trim_whitespace(column)
            empty = pc.fill_null(pc.equal(trimmed, ""), True)
        else:
            empty = pc.is_null(column, nan_is_null=True)
        found: list[int] = pc.indices_nonzero(empty).to_pylist()
        return found

    def rows(self) -> Iterator[dict[str, Any]]:
        """Yield each row as a mapping from column to value."""
        for batch in self.table.to_batches():
            yield from batch.to_pylist()

    def told(self) -> str:
        """Return in words what was repaired or dropped; "" if nothing was."""
        return "; ".join(fault.told for fault in self.faults)


def written(value: object) -> str:
    """Return a number or truth value as text: whole floats as `7`, since spreadsheets and pandas
    turn ids and labels into floats."""
    if isinstance(value, float) and value.is_integer() and abs(value) < 2**53:
        return str(int(value))
    return str(value)


def whole(table: "pa.Table") -> Mapping[str, range]:
    """Return the parts of a source without splits."""
    return {"": range(table.num_rows)}


def numbered(source: str, lines: Sequence[int], word: str = "line") -> Callable[[int], str]:
    """Return a `place` for rows whose line numbers are known."""
    return lambda row: f"{source}, {word} {lines[row]}"

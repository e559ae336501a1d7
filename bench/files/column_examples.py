"""Examples that are kept as columns and made one by one when somebody looks: a million of them take
the memory of their texts, not several times as much."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, overload

from bench.example import Example
from bench.outputs import Answer

if TYPE_CHECKING:
    import pyarrow as pa

_BATCH = 8192
"""Number of examples that are made at a time while iterating."""


def as_answer(value: Any) -> Answer:
    """Return a cell's value as the answer that it is."""
    answer: Answer = value
    return answer


@dataclass(frozen=True, eq=False)
class ColumnExamples(Sequence[Example]):
    """Examples as columns of a table.

    Args:
        table: the columns `id`, `text` and `target`, and where there are any `pair` and `group`;
            all but `target` hold strings, the first two without nulls.
        answer: the answer that a value of `target` stands for.
    """

    table: "pa.Table"
    answer: Callable[[Any], Answer] = as_answer

    def __len__(self) -> int:
        return int(self.table.num_rows)

    @overload
    def __getitem__(self, index: int) -> Example: ...
    @overload
    def __getitem__(self, index: slice) -> "Sequence[Example]": ...
    def __getitem__(self, index: int | slice) -> "Example | Sequence[Example]":
        if isinstance(index, slice):
            return self.take(range(len(self))[index])
        place = range(len(self))[index]
        return next(iter(replace(self, table=self.table.slice(place, 1))))

    def __iter__(self) -> Iterator[Example]:
        for batch in self.table.to_batches(_BATCH):
            columns = {name: batch[name].to_pylist() for name in batch.schema.names}
            absent = [None] * batch.num_rows
            targets = map(self.answer, columns["target"])
            pairs, groups = columns.get("pair", absent), columns.get("group", absent)
            yield from map(Example, columns["id"], columns["text"], targets, pairs, groups)

    def take(self, places: Sequence[int]) -> "ColumnExamples":
        """Return the examples at these positions, in their order."""
        if isinstance(places, range) and places.step == 1:
            return replace(self, table=self.table.slice(places.start, len(places)))
        import pyarrow as pa

        return replace(self, table=self.table.take(pa.array(places, pa.int64())))

    def where(self, column: "pa.ChunkedArray", value: str) -> "ColumnExamples":
        """Return the examples for which a column of equal length holds this value."""
        import pyarrow.compute as pc

        return replace(self, table=self.table.filter(pc.equal(column, value)))


def repeated_id(splits: Sequence[Sequence[Example]]) -> tuple[str, int] | None:
    """Return an id that several examples share, and their number; None if there is none."""
    import numpy as np

    # Hashes take a tenth of the memory of the ids, and equal ids have equal ones.
    hashes = np.fromiter(map(hash, ids_of(splits)), np.int64, sum(map(len, splits)))
    hashes.sort()
    if not (hashes[1:] == hashes[:-1]).any():
        return None
    id_, count = Counter(ids_of(splits)).most_common(1)[0]
    return (id_, count) if count > 1 else None


def ids_of(splits: Sequence[Sequence[Example]]) -> Iterator[str]:
    """Yield the ids of the examples of some splits."""
    for rows in splits:
        if isinstance(rows, ColumnExamples):
            for batch in rows.table.select(["id"]).to_batches(_BATCH):
                yield from batch["id"].to_pylist()
        else:
            yield from (row.id for row in rows)

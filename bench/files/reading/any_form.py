"""One reader for all forms: what a source is, is found by its content."""

from collections.abc import Sequence
from pathlib import Path

from bench.errors import DataError
from bench.files.reading.decoding import decoded, unpacked
from bench.files.reading.delimited import read_delimited
from bench.files.reading.material import Material


def read(
    source: str | Path,
    *,
    names: Sequence[str] = (),
    strict: bool = False,
    offline: bool = False,
    revision: str = "",
) -> Material:
    """Read a file, a folder or a data set of the Hub into one table.

    Args:
        source: a path; for a part of a file, a path with `#`, as `book.xlsx#Sheet2`; or a data set
            of the Hub, `owner/name` or `owner/name:configuration`.
        names: the columns' names, for a delimited file without a header.
        strict: refuse what would be repaired or dropped.
        offline: never use the network.
        revision: the commit of a data set of the Hub; by default the newest.

    Raises:
        UserError: there is no such source.
        DataError: it cannot be read; the message says where and what to do.
        Unavailable: a data set of the Hub cannot be downloaded.
    """
    material = _read(str(source), names)
    if strict and material.faults:
        raise DataError(
            f"{material.source}: {material.told()}; mend the file, or read it without --strict"
        )
    return material


def _read(source: str, names: Sequence[str]) -> Material:
    path = Path(source)
    raw, _ = unpacked(path)
    return read_delimited(decoded(raw, source), source, suffix=path.suffix.lower(), names=names)

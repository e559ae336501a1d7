"""One reader for all forms: what a source is, is found by its content."""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

from bench.errors import DataError, UserError
from bench.files.reading import forms
from bench.files.reading.arrow_tables import flat, read_arrow, read_parquet
from bench.files.reading.conll import read_conll
from bench.files.reading.decoding import beginning, decoded, unpacked
from bench.files.reading.delimited import read_delimited
from bench.files.reading.excel import read_excel
from bench.files.reading.folders import read_folder
from bench.files.reading.json_rows import read_json, read_json_lines, stream_json_lines
from bench.files.reading.material import Material
from bench.files.reading.text_to_text import read_text_to_text


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
        source: a path; for a part of a file, a path with `#`, as `book.xlsx#Sheet2` or
            `data.json#rows`; or a data set of the Hub, `owner/name` or `owner/name:configuration`.
        names: the columns' names, for a delimited file or a sheet without a header.
        strict: refuse what would be repaired or dropped.
        offline: never use the network.
        revision: the commit of a data set of the Hub; by default the newest.

    Raises:
        UserError: there is no such source.
        DataError: it cannot be read; the message says where and what to do.
        Unavailable: a data set of the Hub cannot be downloaded.
    """
    material = _read(str(source), names, offline, revision)
    if strict and material.faults:
        raise DataError(
            f"{material.source}: {material.told()}; mend the file, or read it without --strict"
        )
    return replace(material, table=flat(material.table))


def _read(source: str, names: Sequence[str], offline: bool, revision: str) -> Material:
    path, part = place_of(source)
    if path.is_dir():
        return _folder(path, source, part, names)
    if path.exists():
        return _file(path, source, part, names)
    # Imported on first use: most sources are files.
    from bench.files.reading.hub_source import HUB_ID, read_hub

    if HUB_ID.fullmatch(source) and not path.suffix:
        return read_hub(source, revision=revision, offline=offline)
    if HUB_ID.fullmatch(source) and not path.parent.exists():
        return read_hub(source, revision=revision, offline=offline)
    raise UserError(f"{source}: No such file or directory")


def place_of(source: str) -> tuple[Path, str]:
    """Return the path and what stands behind its `#` (for folders, `:`), if anything."""
    path = Path(source)
    for mark in "#:":
        before, found, part = source.rpartition(mark)
        if found and not path.exists() and Path(before).exists():
            return Path(before), part
    return path, ""


def _folder(path: Path, source: str, part: str, names: Sequence[str]) -> Material:
    from bench.files.reading import hub_source

    if hub_source.is_saved(path):
        return hub_source.read_saved(path, source)
    if hub_source.is_hub_folder(path):
        return hub_source.read_hub_folder(path, source, part)
    return read_folder(path, source, partial(_member, names=names))


def _member(source: str, *, names: Sequence[str]) -> Material:
    return _file(Path(source), source, "", names)


def _file(path: Path, source: str, part: str, names: Sequence[str]) -> Material:
    shown = str(path)
    if material := _streamed(path, shown):
        note = forms.misnamed(path, material.form)
        return replace(material, notes=(note,) if note else ())
    raw, codec = unpacked(path)
    form = forms.binary_form(raw, shown)
    material = _binary(form, raw, shown, part, names) if form else _text(raw, path, part, names)
    notes = [forms.misnamed(path, material.form), *material.notes]
    if codec and not path.suffix.lower().startswith((".gz", ".zst", ".bz")):
        notes.insert(0, f"compressed with {codec}, although its name does not say so")
    return replace(material, notes=tuple(note for note in notes if note))


def _streamed(path: Path, source: str) -> Material | None:
    """Read Parquet and plain JSON Lines without a copy of the file in memory; None for others."""
    head = beginning(path)
    if head.startswith(b"PAR1"):
        return read_parquet(path, source)
    text = forms.opening(head)
    if text.lstrip().startswith("{") and forms.text_form(text, source) == forms.JSON_LINES:
        return stream_json_lines(path, source, head)
    return None


def _binary(form: str, raw: bytes, source: str, part: str, names: Sequence[str]) -> Material:
    if form == forms.EXCEL:
        return read_excel(raw, source, part, names=names)
    return read_parquet(raw, source) if form == forms.PARQUET else read_arrow(raw, source)


def _text(raw: bytes, path: Path, part: str, names: Sequence[str]) -> Material:
    source = str(path)
    if not raw.strip():
        raise DataError(f"{source} is empty")
    head = forms.opening(raw)
    if head and forms.text_form(head, source) == forms.JSON_LINES:
        return read_json_lines(raw, source)
    text = decoded(raw, source)
    form = forms.DELIMITED if names else forms.text_form(text.text, source)
    if form == forms.JSON_LINES:
        return read_json_lines(raw, source)
    if form == forms.JSON:
        return read_json(text, source, part)
    if form == forms.CONLL:
        return read_conll(text, source)
    if form == forms.TEXT_TO_TEXT:
        return read_text_to_text(text, source)
    suffixes = [suffix.lower() for suffix in path.suffixes]
    suffix = ".tsv" if {".tsv", ".tab"} & set(suffixes) else ".csv"
    return read_delimited(text, source, suffix=suffix, names=names)

"""Folders: texts in a folder a class, texts in a file a class, or a table a split."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from bench.errors import DataError
from bench.files.reading.decoding import Text, decoded, unpacked
from bench.files.reading.material import Fault, Material, whole
from bench.files.reading.parts import joined, split_name

TABLES = (
    *(".csv", ".tsv", ".tab", ".jsonl", ".ndjson", ".json", ".parquet", ".arrow", ".xlsx"),
    *(".conll", ".bio", ".iob"),
)
_PACKED = (".gz", ".zst", ".bz2")


def read_folder(folder: Path, source: str, read_file: Callable[[str], Material]) -> Material:
    """Read a folder that is no data set in the Hub's form.

    Args:
        folder: the folder.
        source: its name as the user gave it.
        read_file: the reader of a single file.

    Raises:
        DataError: what it holds is none of the forms; the message says what was found.
    """
    files = [path for path in _inside(folder) if path.is_file()]
    tables = [path for path in files if _kind(path) in TABLES]
    if tables:
        return _tables(tables, source, read_file)
    folders = [path for path in _inside(folder) if path.is_dir()]
    if folders and all(split_name(path.name) for path in folders):
        return joined(source, "folder", [(split_name(p.name), _texts(p, str(p))) for p in folders])
    return _texts(folder, source)


def _inside(folder: Path) -> list[Path]:
    return sorted(path for path in folder.iterdir() if not path.name.startswith((".", "_")))


def _kind(path: Path) -> str:
    """Return a file's suffix without that of a compression."""
    suffixes = [suffix.lower() for suffix in path.suffixes]
    return next((suffix for suffix in reversed(suffixes) if suffix not in _PACKED), "")


def _tables(paths: Sequence[Path], source: str, read_file: Callable[[str], Material]) -> Material:
    """Read the tables of a folder: a split each, as their names say, or parts of one table."""
    splits = [split_of_file(path) for path in paths]
    if any(splits) and not all(splits):
        other = paths[splits.index("")].name
        raise DataError(
            f"{source}: '{other}' names no split, but other files do (train, validation, test); "
            "give the files one by one"
        )
    if len(paths) > 1 and not any(splits) and len(set(map(_kind, paths))) > 1:
        raise DataError(
            f"{source}: holds {', '.join(path.name for path in paths[:8])}; give the file to read"
        )
    parts = [(split, read_file(str(path))) for path, split in zip(paths, splits, strict=True)]
    return joined(source, parts[0][1].form, parts)


def split_of_file(path: Path) -> str:
    """Return the split that a file's name begins or ends with, as `train-00000-of-00002`."""
    stem = path.name.split(".")[0].replace("_", "-")
    words = stem.split("-")
    return split_name(words[0]) or split_name(words[-1])


def _texts(folder: Path, source: str) -> Material:
    classes = [path for path in _inside(folder) if path.is_dir()]
    if classes:
        return _folder_a_class(folder, classes, source)
    files = [path for path in _inside(folder) if path.is_file() and _is_text(path)]
    if len(files) < 2:
        raise DataError(
            f"{source}: no tables, no class folders with .txt files and no .txt file a class"
        )
    splits = {split_name(path.stem) for path in files}
    if "" not in splits:
        raise DataError(
            f"{source}: {', '.join(path.name for path in files)} are splits; give the files "
            "one by one"
        )
    return _file_a_class(files, source)


def _is_text(path: Path) -> bool:
    return path.suffix.lower() in (".txt", "") and not path.stem.upper().startswith("README")


def _folder_a_class(folder: Path, classes: Sequence[Path], source: str) -> Material:
    paths = [p for path in classes for p in sorted(path.rglob("*")) if p.is_file() and _is_text(p)]
    if not paths:
        raise DataError(f"{source}: its folders hold no .txt files")
    read = [
        (str(path.relative_to(folder)), decoded(unpacked(path)[0], str(path))) for path in paths
    ]
    odd = tuple(number for number, (_, text) in enumerate(read, 1) if text.faults)
    empty = tuple(number for number, (_, text) in enumerate(read, 1) if not text.text.strip())
    rows = [
        {"id": name, "text": text.text.strip(), "label": Path(name).parts[0]}
        for name, text in read
        if text.text.strip()
    ]
    places = [f"{source}, file {row['id']}" for row in rows]
    return _material(rows, source, places, [Fault("decoding", odd), Fault("empty_files", empty)])


def _file_a_class(files: Sequence[Path], source: str) -> Material:
    rows, places, faults = list[Mapping[str, str]](), list[str](), list[Fault]()
    for path in files:
        text: Text = decoded(unpacked(path)[0], str(path))
        faults += [replace(fault, file=path.name) for fault in text.faults]
        for number, line in enumerate(text.text.split("\n"), 1):
            if line.strip():
                row = {"id": f"{path.stem}/{number}", "text": line.strip(), "label": path.stem}
                rows.append(row)
                places.append(f"{path}, line {number}")
    return _material(rows, source, places, faults)


def _material(
    rows: Sequence[Mapping[str, str]],
    source: str,
    places: Sequence[str],
    faults: Sequence[Fault],
) -> Material:
    import pyarrow as pa

    if not rows:
        raise DataError(f"{source}: its files are empty")
    table = pa.table({name: [row[name] for row in rows] for name in ("id", "text", "label")})
    return Material(
        table,
        source,
        "folder",
        places.__getitem__,
        whole(table),
        faults=tuple(fault for fault in faults if fault.lines),
        suggested={"id": "id", "text": "text", "label": "label"},
    )

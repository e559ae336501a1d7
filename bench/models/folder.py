"""A folder of weights held against what may be loaded: safetensors, whole, no code of its own."""

import hashlib
import json
import os
import re
from collections.abc import Collection, Iterable, Mapping
from functools import lru_cache
from pathlib import Path

from bench.errors import DataError, quoted
from bench.guards.guarded import odd, odd_target

LARGEST_SETTINGS = 64 * 2**20
"""Bytes of a file of settings."""
_SHA256 = re.compile(r"[0-9a-f]{64}")
_UNREAD = ("special_tokens_map_file",)
"""Settings that name files which no library reads; old ones hold paths of other machines."""
PICKLES = (".bin", ".pt", ".pth", ".ckpt", ".pkl", ".pickle")


def checked(folder: Path) -> Mapping[str, str]:
    """The sha256 of each safetensors file, by its name.

    Raises:
        DataError: it is no such folder, or holds what is refused.
    """
    files = {path.name: path for path in sorted(folder.glob("*.safetensors"))}
    if not files:
        refuse_pickles(folder, [path.name for path in folder.iterdir()])
        raise DataError(f"model folder {folder} holds no .safetensors file")
    refuse_odd(folder)
    if not (folder / "config.json").is_file():
        raise DataError(f"model folder {folder} holds no config.json")
    if (folder / "adapter_config.json").exists():
        raise DataError(f"model folder {folder} holds an adapter to other weights: merge it first")
    for path in sorted(folder.glob("*.json")):
        _refuse_settings(path, files)
    for path in (*folder.glob("*.txt"), *folder.glob("*.jinja"), *folder.glob("*.model")):
        _refuse_large(path)
    for path in files.values():
        _refuse_broken(path)
    return {name: _sha256(files[name]) for name in files}


def refuse_pickles(where: object, names: Iterable[str]) -> None:
    """Refuse a folder or repository by the names of its files.

    Raises:
        DataError: one of them is a pickle.
    """
    if found := sorted(name for name in names if name.endswith(PICKLES)):
        raise DataError(
            f"model folder {where} holds {found[0]}, a pickle, which can run code when it is "
            "read: refused; convert it to safetensors"
        )


def refuse_odd(folder: Path) -> None:
    """Refuse a folder with anything in it that is no file or folder of the user's own; nothing is
    opened, and no link followed, but for those that the Hub's cache is made of.

    Raises:
        DataError: there is such a thing; the message names it.
    """
    if why := odd_target(folder):
        raise DataError(f"model folder {folder}: {why}; not used")
    for place, folders, names in os.walk(folder):
        for name in (*folders, *names):
            path = Path(place, name)
            blob = _blob(path, folder)
            if why := odd(_stored(blob) if blob else path):
                raise DataError(f"model folder {folder}: {path} cannot be used: {why}; remove it")


def _blob(path: Path, folder: Path) -> Path | None:
    """What a link of the Hub's cache leads to: a snapshot's files are links to its `blobs`."""
    home = folder.parent.parent
    if folder.parent.name != "snapshots" or not home.name.startswith("models--"):
        return None
    target = _target(path)
    return target if target and target.parent == home / "blobs" and target.exists() else None


def _stored(blob: Path) -> Path:
    """Its bytes' own place: a blob may be a link in its turn, to those that all models share."""
    target = _target(blob)
    shared = blob.parent.parent.parent / "blobs"
    return target if target and target.parent.parent == shared else blob


def _target(path: Path) -> Path | None:
    return Path(os.path.normpath(path.parent / path.readlink())) if path.is_symlink() else None


def refuse_other_content(folder: Path) -> None:
    """Refuse files of the Hub's cache that are not what the Hub named: the name of a large one is
    its sha256.

    Raises:
        DataError: a file has another.
    """
    for path in sorted(folder.iterdir()):
        blob = _blob(path, folder)
        if blob and _SHA256.fullmatch(blob.name) and (found := _sha256(path)) != blob.name:
            raise DataError(
                f"{path} has sha256 {found}, not {blob.name} as the Hub named it; not used. "
                f"Delete {folder.parent.parent} and fetch it again"
            )


def contents(folder: Path) -> str:
    """One sha256 over all files of a model: weights, settings and tokenizer.

    Raises:
        DataError: it holds what must not be opened.
    """
    refuse_odd(folder)
    kinds = (".safetensors", ".json", ".txt", ".model", ".jinja")
    files = sorted(path for path in folder.iterdir() if path.suffix in kinds and path.is_file())
    for path in files:
        # A file may claim any length without having the bytes, and all of them would be hashed.
        (_refuse_padded if path.suffix == ".safetensors" else _refuse_large)(path)
    listed = "\n".join(f"{path.name} {_sha256(path)}" for path in files)
    return hashlib.sha256(os.fsencode(listed)).hexdigest()


def _refuse_settings(path: Path, files: Collection[str]) -> None:
    _refuse_large(path)
    try:
        found = json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError) as error:
        raise DataError(f"{path} cannot be read as JSON: {error}") from None
    if path.name == "config.json" and not isinstance(found, dict):
        raise DataError(f"{path} is not a table of settings")
    found = found if isinstance(found, dict) else {}
    # A number is the place of a word in a vocabulary.
    if not isinstance(found.get("auto_map", 0), int):
        raise DataError(
            f"{path} wants to run code of its own (auto_map), which is refused; choose a model "
            "that the installed transformers knows"
        )
    for key, value in found.items():
        if key.endswith("_file") and key not in _UNREAD and isinstance(value, str):
            _refuse_outside(path, key, value)
    parts = found.get("weight_map") if path.name == "model.safetensors.index.json" else None
    if isinstance(parts, dict) and (missing := sorted({*map(str, parts.values())} - {*files})):
        raise DataError(f"{path} names {missing[0]}, which is not beside it: fetch it again")


def _refuse_large(path: Path) -> None:
    if (size := path.stat().st_size) > LARGEST_SETTINGS:
        raise DataError(f"{path} has {size:,} bytes; at most {LARGEST_SETTINGS:,} are read")


def _refuse_outside(path: Path, key: str, name: str) -> None:
    # The library opens it where the folder has no file of the usual name.
    if {"/", "\\", "\0"} & {*name} or name in ("", "..") or not (path.parent / name).is_file():
        raise DataError(
            f"{path} names a file that is not beside it, {quoted(name)} ({key}); refused: take "
            "the entry out, or put the file there"
        )


def _refuse_broken(path: Path) -> None:
    from safetensors import SafetensorError, safe_open

    try:
        # Its header is held against the file's length.
        with safe_open(path, framework="np"):
            pass
    except (SafetensorError, OSError) as error:
        raise DataError(f"{path} is cut short or damaged: {error}") from None


def _refuse_padded(path: Path) -> None:
    """Refuse weights that are far longer than their header tells; without their library, which
    takes long to import."""
    try:
        with path.open("rb") as file:
            length = int.from_bytes(file.read(8), "little")
            header = json.loads(file.read(min(length, 2 * LARGEST_SETTINGS)))
        ends = [facts["data_offsets"][1] for name, facts in header.items() if name[:2] != "__"]
        told = 8 + length + max(ends, default=0)
    except (OSError, ValueError, KeyError, IndexError, TypeError, AttributeError, RecursionError):
        told = 0
    if (size := path.stat().st_size) > told + LARGEST_SETTINGS:
        raise DataError(f"{path} is damaged: it has {size:,} bytes, but tells of {told:,}")


def _sha256(path: Path) -> str:
    seen = path.stat()
    return _hashed(path, seen.st_size, seen.st_mtime_ns)


@lru_cache(maxsize=64)
def _hashed(path: Path, size: int, changed: int) -> str:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise DataError(f"{path} cannot be read: {error.strerror}") from None

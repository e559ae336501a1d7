"""Checks of a model folder before it is loaded: intact safetensors, no pickles, no custom code."""

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
"""Largest size of a settings file in bytes."""
_SHA256 = re.compile(r"[0-9a-f]{64}")
_UNREAD = ("special_tokens_map_file",)
"""Settings that name files which no library reads; in old models they are paths on other
machines."""
PICKLES = (".bin", ".pt", ".pth", ".ckpt", ".pkl", ".pickle")


def checked(folder: Path) -> Mapping[str, str]:
    """Check a model folder; return the sha256 of each safetensors file by its name.

    Raises:
        DataError: it is not a folder of safetensors, or contains something that is refused.
    """
    files = {path.name: path for path in sorted(folder.glob("*.safetensors"))}
    if not files:
        refuse_pickles(folder, [path.name for path in folder.iterdir()])
        raise DataError(f"model folder {folder} contains no .safetensors file")
    refuse_odd(folder)
    if not (folder / "config.json").is_file():
        raise DataError(f"model folder {folder} contains no config.json")
    if (folder / "adapter_config.json").exists():
        raise DataError(
            f"model folder {folder} contains an adapter: merge it into its base model first"
        )
    for path in sorted(folder.glob("*.json")):
        _refuse_settings(path, files)
    for path in (*folder.glob("*.txt"), *folder.glob("*.jinja"), *folder.glob("*.model")):
        _refuse_large(path)
    for path in files.values():
        _refuse_broken(path)
    return {name: _sha256(files[name]) for name in files}


def refuse_pickles(source: object, names: Iterable[str]) -> None:
    """Refuse a folder or repository that contains pickles, by the names of its files.

    Raises:
        DataError: one of the files is a pickle.
    """
    if pickles := sorted(name for name in names if name.endswith(PICKLES)):
        raise DataError(
            f"model folder {source} contains {pickles[0]}, a pickle, which can run code when it is "
            "loaded: refused; convert it to safetensors"
        )


def refuse_odd(folder: Path) -> None:
    """Refuse a folder with anything in it that is not a regular file or folder of the user's own.
    Nothing is opened, and no links are followed except those of the Hub's cache.

    Raises:
        DataError: there is such an entry; the message names it.
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
    """Return the target of a link in the Hub's cache, where a snapshot's files are links to
    `blobs`; None for anything else."""
    home = folder.parent.parent
    if folder.parent.name != "snapshots" or not home.name.startswith("models--"):
        return None
    target = _target(path)
    return target if target and target.parent == home / "blobs" and target.exists() else None


def _stored(blob: Path) -> Path:
    """Return the file behind a blob, which may itself be a link to blobs shared by all models."""
    target = _target(blob)
    shared = blob.parent.parent.parent / "blobs"
    return target if target and target.parent.parent == shared else blob


def _target(path: Path) -> Path | None:
    return Path(os.path.normpath(path.parent / path.readlink())) if path.is_symlink() else None


def refuse_other_content(folder: Path) -> None:
    """Refuse files of the Hub's cache whose content is not the one the Hub announced: a large
    file's blob is named by its sha256.

    Raises:
        DataError: a file has another sha256.
    """
    for path in sorted(folder.iterdir()):
        blob = _blob(path, folder)
        if blob and _SHA256.fullmatch(blob.name) and (digest := _sha256(path)) != blob.name:
            raise DataError(
                f"{path} has sha256 {digest}, but the Hub announced {blob.name}; not used. "
                f"Delete {folder.parent.parent} and fetch it again"
            )


def contents(folder: Path) -> str:
    """Return one sha256 over all files of a model: weights, settings and tokenizer.

    Raises:
        DataError: the folder contains something that must not be opened.
    """
    refuse_odd(folder)
    kinds = (".safetensors", ".json", ".txt", ".model", ".jinja")
    files = sorted(path for path in folder.iterdir() if path.suffix in kinds and path.is_file())
    for path in files:
        # A sparse file can have any length, and all of it would be hashed.
        (_refuse_padded if path.suffix == ".safetensors" else _refuse_large)(path)
    listing = "\n".join(f"{path.name} {_sha256(path)}" for path in files)
    return hashlib.sha256(os.fsencode(listing)).hexdigest()


def _refuse_settings(path: Path, files: Collection[str]) -> None:
    _refuse_large(path)
    try:
        settings = json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError) as error:
        raise DataError(f"{path} cannot be read as JSON: {error}") from None
    if path.name == "config.json" and not isinstance(settings, dict):
        raise DataError(f"{path} is not a JSON object")
    settings = settings if isinstance(settings, dict) else {}
    # In a vocabulary, `auto_map` can be a word with its number.
    if not isinstance(settings.get("auto_map", 0), int):
        raise DataError(
            f"{path} asks for custom code (auto_map), which is refused; choose a model that the "
            "installed transformers supports"
        )
    for key, value in settings.items():
        if key.endswith("_file") and key not in _UNREAD and isinstance(value, str):
            _refuse_outside(path, key, value)
    parts = settings.get("weight_map") if path.name == "model.safetensors.index.json" else None
    if isinstance(parts, dict) and (missing := sorted({*map(str, parts.values())} - {*files})):
        raise DataError(
            f"{path} names {missing[0]}, which is not in its folder; fetch the model again"
        )


def _refuse_large(path: Path) -> None:
    if (size := path.stat().st_size) > LARGEST_SETTINGS:
        raise DataError(f"{path} has {size:,} bytes; at most {LARGEST_SETTINGS:,} are read")


def _refuse_outside(path: Path, key: str, name: str) -> None:
    # The library would open this file if the folder has none of the usual name.
    if {"/", "\\", "\0"} & {*name} or name in ("", "..") or not (path.parent / name).is_file():
        raise DataError(
            f"{path} names a file that is not in its folder, {quoted(name)} ({key}); refused: "
            "remove the entry, or put the file there"
        )


def _refuse_broken(path: Path) -> None:
    from safetensors import SafetensorError, safe_open

    try:
        # Opening checks the header against the file's length.
        with safe_open(path, framework="np"):
            pass
    except (SafetensorError, OSError) as error:
        raise DataError(f"{path} is truncated or damaged: {error}") from None


def _refuse_padded(path: Path) -> None:
    """Refuse weights that are far longer than their header declares. The header is parsed here, as
    the safetensors library is slow to import."""
    try:
        with path.open("rb") as file:
            length = int.from_bytes(file.read(8), "little")
            header = json.loads(file.read(min(length, 2 * LARGEST_SETTINGS)))
        ends = [facts["data_offsets"][1] for name, facts in header.items() if name[:2] != "__"]
        declared = 8 + length + max(ends, default=0)
    except (OSError, ValueError, KeyError, IndexError, TypeError, AttributeError, RecursionError):
        declared = 0
    if (size := path.stat().st_size) > declared + LARGEST_SETTINGS:
        raise DataError(
            f"{path} is damaged: it has {size:,} bytes, but its header declares {declared:,}"
        )


def _sha256(path: Path) -> str:
    status = path.stat()
    return _hashed(path, status.st_size, status.st_mtime_ns)


@lru_cache(maxsize=64)
def _hashed(path: Path, size: int, changed: int) -> str:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise DataError(f"{path} cannot be read: {error.strerror}") from None

"""A folder of weights held against what may be loaded: safetensors, whole, no code of its own."""

import hashlib
import json
from collections.abc import Collection, Iterable, Mapping
from functools import lru_cache
from pathlib import Path

from bench.errors import DataError

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
    if not (folder / "config.json").is_file():
        raise DataError(f"model folder {folder} holds no config.json")
    if (folder / "adapter_config.json").exists():
        raise DataError(f"model folder {folder} holds an adapter to other weights: merge it first")
    for path in sorted(folder.glob("*.json")):
        _refuse_settings(path, files)
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


def contents(folder: Path) -> str:
    """One sha256 over all files of a model: weights, settings and tokenizer."""
    kinds = (".safetensors", ".json", ".txt", ".model", ".jinja")
    files = sorted(path for path in folder.iterdir() if path.suffix in kinds and path.is_file())
    listed = "\n".join(f"{path.name} {_sha256(path)}" for path in files)
    return hashlib.sha256(listed.encode()).hexdigest()


def _refuse_settings(path: Path, files: Collection[str]) -> None:
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
    parts = found.get("weight_map") if path.name == "model.safetensors.index.json" else None
    if isinstance(parts, dict) and (missing := sorted({*map(str, parts.values())} - {*files})):
        raise DataError(f"{path} names {missing[0]}, which is not beside it: fetch it again")


def _refuse_broken(path: Path) -> None:
    from safetensors import SafetensorError, safe_open

    try:
        # Its header is held against the file's length.
        with safe_open(path, framework="np"):
            pass
    except (SafetensorError, OSError) as error:
        raise DataError(f"{path} is cut short or damaged: {error}") from None


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

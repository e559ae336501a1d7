"""Folders sealed by a file with the hashes of the others: whole, or not to be used."""

import hashlib
import json
from pathlib import Path


def hash_of(path: Path) -> str:
    """Return a file's sha256."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def hashes_of(folder: Path) -> dict[str, str]:
    """Return the sha256 of each file directly in a folder, by name."""
    return {path.name: hash_of(path) for path in sorted(folder.iterdir()) if path.is_file()}


def is_intact(folder: Path, seal: str) -> bool:
    """Return True if every file that the folder's seal names still has its hash.

    Args:
        folder: it need not exist.
        seal: name of the JSON file with the hashes.
    """
    try:
        hashes = json.loads((folder / seal).read_bytes())
        return all(hash_of(folder / name) == known for name, known in hashes.items())
    except (OSError, ValueError, AttributeError):
        return False

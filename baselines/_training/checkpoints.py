"""Atomic checkpoints: a checkpoint is valid only once a file with its hashes has been written."""

import hashlib
import json
import os
import shutil
from pathlib import Path

SEAL = "whole.json"


def seal(folder: Path) -> None:
    """Mark a checkpoint as complete, then delete the others in the same folder."""
    names = sorted(path.name for path in folder.iterdir() if path.is_file())
    hashes = {name: _sha256(folder / name) for name in names}
    part = folder / (SEAL + ".part")
    with part.open("w", encoding="utf-8") as file:
        json.dump(hashes, file)
        file.flush()
        os.fsync(file.fileno())
    part.rename(folder / SEAL)
    for checkpoint in folder.parent.glob("checkpoint-*"):
        if checkpoint != folder:
            shutil.rmtree(checkpoint, ignore_errors=True)


def newest(parent: Path) -> Path | None:
    """Return the latest complete checkpoint, if any, and delete all others.

    An incomplete one is left when the process is killed while saving.
    """
    checkpoints = sorted(parent.glob("checkpoint-*"), key=_step, reverse=True)
    complete = next((folder for folder in checkpoints if _is_complete(folder)), None)
    for folder in checkpoints:
        if folder != complete:
            shutil.rmtree(folder, ignore_errors=True)
    return complete


def _step(folder: Path) -> int:
    number = folder.name.rpartition("-")[2]
    return int(number) if number.isdigit() else -1


def _is_complete(folder: Path) -> bool:
    try:
        hashes = json.loads((folder / SEAL).read_text(encoding="utf-8"))
        return all(_sha256(folder / name) == known for name, known in hashes.items())
    except (OSError, ValueError, AttributeError):
        return False


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()

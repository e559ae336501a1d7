"""Atomic checkpoints: a checkpoint is valid only once a file with its hashes has been written."""

import json
import os
import shutil
from pathlib import Path

from bench.files.sealed_folder import hashes_of, is_intact

SEAL = "whole.json"


def seal(folder: Path) -> None:
    """Mark a checkpoint as complete, then delete the others in the same folder."""
    hashes = hashes_of(folder)
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
    found = sorted(parent.glob("checkpoint-*"), key=_step, reverse=True)
    whole = next((folder for folder in found if is_intact(folder, SEAL)), None)
    for folder in found:
        if folder != whole:
            shutil.rmtree(folder, ignore_errors=True)
    return whole


def _step(folder: Path) -> int:
    number = folder.name.rpartition("-")[2]
    return int(number) if number.isdigit() else -1

"""Measure a folder that another process may be writing to."""

import os
from contextlib import suppress
from pathlib import Path


def folder_size(folder: Path) -> int:
    """Return the size in bytes of the regular files in a folder at any depth; links count nothing.

    A file or folder that vanishes meanwhile counts nothing: `Path.rglob` would raise.
    """
    size = 0
    for place, _, files in os.walk(folder):
        for name in files:
            with suppress(OSError):
                path = Path(place, name)
                if not path.is_symlink():
                    size += path.stat().st_size
    return size

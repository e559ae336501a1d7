"""A small disk that can be filled: a tmpfs."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def disk(folder: Path, options: str) -> Iterator[Path]:
    """Mount a tmpfs.

    Raises:
        subprocess.CalledProcessError: this user may not mount one.
    """
    folder.mkdir()
    mount("-t", "tmpfs", "-o", options, "none", str(folder))
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


def mount(*words: str) -> None:
    """Call the system's `mount`."""
    subprocess.run(["mount", *words], check=True, capture_output=True)

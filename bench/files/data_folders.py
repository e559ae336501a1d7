"""The user's data folders."""

import os
from collections.abc import Sequence
from pathlib import Path

from bench.errors import UserError


def data_folders(folders: Sequence[Path]) -> tuple[Path, ...]:
    """Return the `--data` folders, then those of BENCH_DATA.

    Raises:
        UserError: one of them does not exist.
    """
    from_environment = [Path(p) for p in os.environ.get("BENCH_DATA", "").split(os.pathsep) if p]
    for folder in (*folders, *from_environment):
        if not folder.is_dir():
            raise UserError(f"data folder {folder} does not exist")
    return (*folders, *from_environment)

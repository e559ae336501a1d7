"""The user's plugin and data folders, and a single task prepared from them."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.data.prepare import PreparedTask, prepare
from bench.errors import UserError
from bench.registry import Registry


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


@dataclass(frozen=True)
class Source:
    """The folders that tasks are loaded from, and network access."""

    plugins: Sequence[Path]
    data: Sequence[Path]
    offline: bool


def prepared_task(task: str, source: Source, *, needed_for: str = "") -> PreparedTask:
    """Return a task with its examples.

    Args:
        task: its name.
        source: where its examples come from.
        needed_for: what cannot be done without its data, for the message.

    Raises:
        UserError: there is no such task, or its data is unavailable or invalid.
    """
    registry, folders = Registry("tasks", source.plugins), data_folders(source.data)
    material = prepare([task], registry, folders, offline=source.offline)
    why = f" ({needed_for} its data)" if needed_for else ""
    for name, reason in (*material.missing.items(), *material.broken.items()):
        what = reason.removeprefix(f"task {name}").lstrip(",: ")
        raise UserError(f"task {name}{why}: {what}")
    return material.tasks[task]

"""A single task, prepared from the user's plugin and data folders."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.data.prepare import PreparedTask, prepare
from bench.errors import UserError
from bench.files.data_folders import data_folders as data_folders
from bench.registry import Registry


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

"""Files in published forms for tests: made-up rows that a test writes, and the real ones where
BENCH_REAL_DATA names the folder that holds them."""

import os
from pathlib import Path

import pytest

from bench.conformance import check_task
from bench.data.load import load_task
from bench.data.loaded import Loaded
from bench.files import Files
from bench.registry import Registry
from bench.registry import load_task as load_plugin
from bench.task import Task

REAL = os.environ.get("BENCH_REAL_DATA", "")
needs_real_rows = pytest.mark.skipif(
    not Path(REAL).is_dir() or not REAL, reason="BENCH_REAL_DATA names no folder of real rows"
)


def shipped(name: str) -> Task:
    """A shipped task."""
    return load_plugin(Registry("tasks")[name])


def files_of(name: str, folder: Path | str) -> Files:
    """The files at hand for a shipped task, in one data folder."""
    return Files(name, Registry("tasks")[name].suite, [Path(folder)])


def loaded(name: str, folder: Path | str = REAL) -> Loaded:
    """A shipped task's rows."""
    return load_task(shipped(name), files_of(name, folder))


def broken_facts(name: str, folder: Path) -> list[str]:
    """What of the conformance suite does not hold for a shipped task."""
    found = check_task(shipped(name), files_of(name, folder))
    return [f"{f.name}: {f.detail}" for f in found if not f.passed]


def write(folder: Path, name: str, text: str | bytes) -> Path:
    """A file below a folder, its own folders made."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path

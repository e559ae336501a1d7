"""The origin of a result: versions, device, cores and commit."""

import importlib.metadata
import os
import platform
import subprocess
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import Any

import psutil

import bench
from bench.hardware import device_name
from bench.runs.cores import available

STACK = (
    "numpy",
    "scikit-learn",
    "scipy",
    "pandas",
    "torch",
    "transformers",
    "peft",
    "trl",
    "bitsandbytes",
    "datasets",
)


@lru_cache(maxsize=256)
def version_of(distribution: str) -> str:
    """Return the installed version, or "" where there is none."""
    try:
        return importlib.metadata.version(distribution)
    except importlib.metadata.PackageNotFoundError:
        return ""


def major_versions(distributions: Iterable[str]) -> str:
    """Return `name major` of each distribution, in the form used in a run's key."""
    return ", ".join(f"{d} {version_of(d).partition('.')[0]}" for d in sorted(distributions))


def free_cores() -> int:
    """Return the number of cores that this process may use: the old name of
    `bench.runs.cores.available`, for scripts."""
    return available().count


@lru_cache(maxsize=1)
def commit() -> str:
    """Return the checkout's commit, with `+` where files differ from it; "" for an installed
    package."""
    root = Path(bench.__file__).parent.parent
    if not (root / ".git").exists():
        return ""
    try:
        head = _git(root, "rev-parse", "HEAD")
        return head[:12] + ("+" if _git(root, "status", "--porcelain") else "")
    except (OSError, subprocess.SubprocessError):
        return ""


def _git(root: Path, *words: str) -> str:
    # Without optional locks: a status killed here would leave its lock in the repository.
    command = ["git", "--no-optional-locks", "-C", str(root), *words]
    done = subprocess.run(command, capture_output=True, text=True, timeout=10, check=True)
    return done.stdout.strip()


def provenance() -> dict[str, Any]:
    """Return the facts about machine and software for a result's record."""
    return {
        "bench": bench.__version__,
        "commit": commit(),
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.machine()}",
        "device": device_name(),
        "cores": os.cpu_count() or 1,
        "memory_bytes": psutil.virtual_memory().total,
        "versions": {name: version_of(name) for name in STACK if version_of(name)},
    }

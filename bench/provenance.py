"""Where a result comes from: versions, device, cores, commit and source."""

import ast
import hashlib
import importlib.machinery
import importlib.metadata
import importlib.util
import os
import platform
import subprocess
import sys
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import Any

import psutil

import bench

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
    """The installed version, or "" where there is none."""
    try:
        return importlib.metadata.version(distribution)
    except importlib.metadata.PackageNotFoundError:
        return ""


def major_versions(distributions: Iterable[str]) -> str:
    """`name major` of each, as a run's key takes them."""
    return ", ".join(f"{d} {version_of(d).partition('.')[0]}" for d in sorted(distributions))


def has_gpu() -> bool:
    """Whether a CUDA device can be used. The driver's device files answer first: importing torch
    takes seconds."""
    if not (Path("/dev/nvidiactl").exists() or sys.platform == "win32"):
        return False
    import torch

    return torch.cuda.is_available()


@lru_cache(maxsize=1)
def device_name() -> str:
    """The GPU's name, or the processor's."""
    if has_gpu():
        import torch

        return str(torch.cuda.get_device_name(0))
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.is_file():
        for line in cpuinfo.read_text(errors="replace").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def free_cores() -> int:
    """Cores of this process that others leave free, at least 1. Threads beyond them spin: measured
    several times slower on a busy machine."""
    every = range(os.cpu_count() or 1)
    mine = os.sched_getaffinity(0) if hasattr(os, "sched_getaffinity") else every
    used = psutil.cpu_percent(interval=0.2, percpu=True)
    busy = sum(used[core] for core in mine if core < len(used)) / 100
    return max(1, round(len(mine) - busy))


@lru_cache(maxsize=1)
def commit() -> str:
    """The checkout's commit, with `+` when files differ from it; "" for an installed package."""
    root = Path(bench.__file__).parent.parent
    if not (root / ".git").exists():
        return ""
    try:
        head = _git(root, "rev-parse", "HEAD")
        return head[:12] + ("+" if _git(root, "status", "--porcelain") else "")
    except (OSError, subprocess.SubprocessError):
        return ""


def _git(root: Path, *words: str) -> str:
    # Without optional locks: a status that is killed here would leave its lock in the repository.
    command = ["git", "--no-optional-locks", "-C", str(root), *words]
    done = subprocess.run(command, capture_output=True, text=True, timeout=10, check=True)
    return done.stdout.strip()


def provenance() -> dict[str, Any]:
    """What a result's record says about the machine and the software."""
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


_PROMPTING = {"bench.prompt", "bench.refusals", "bench.templates", "bench.tokens"}
"""What turns a text into tokens and words into an answer, for the families that use it."""


@lru_cache(maxsize=256)
def source_hash(path: Path) -> str:
    """sha256 over a baseline's file, every `bench.baselines` helper that it imports, and what puts
    its prompts together, so that a change of code is a change of key."""
    # Where the files lie must not matter, only what they say.
    parts = sorted(hashlib.sha256(text).hexdigest() for text in sources(path).values())
    return hashlib.sha256("".join(parts).encode()).hexdigest()


def sources(path: Path) -> dict[Path, bytes]:
    """The files that a baseline's source is made of, as `source_hash` takes them: where each lies,
    and what it says."""
    seen: dict[Path, bytes] = {}
    waiting = [path]
    while waiting:
        file = waiting.pop()
        if file in seen or not file.is_file():
            continue
        seen[file] = file.read_bytes()
        waiting += _helpers(seen[file])
    return seen


def _helpers(source: bytes) -> list[Path]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
        elif isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
    # A module's own spec: to ask for that of a name inside it would import it, and torch with it.
    wanted = {
        ".".join(name.split(".")[:3]) for name in names if name.startswith("bench.baselines.")
    }
    wanted |= names & _PROMPTING
    specs = [importlib.util.find_spec(name) for name in sorted(wanted)]
    return [Path(spec.origin) for spec in specs if spec is not None and spec.origin]

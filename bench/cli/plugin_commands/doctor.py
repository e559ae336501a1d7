"""The findings of `bench doctor`: hardware, versions, network access, caches, threads."""

import os
import platform
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil

import bench
from bench.files.assets import cache_root
from bench.guards.folder_size import folder_size
from bench.hardware import device_name, has_gpu
from bench.runs import gpus as devices
from bench.runs.cores import available
from bench.runs.provenance import STACK, commit, version_of
from bench.runs.threads import share

WAIT = 8.0
"""Seconds to wait for an answer from the network."""


@dataclass(frozen=True)
class Fact:
    """One line of the report."""

    name: str
    value: str


def facts() -> Iterator[Fact]:
    """Yield each fact as it is established."""
    yield Fact("textbench", f"{bench.__version__} {commit()}".strip())
    yield Fact("python", f"{platform.python_version()} ({sys.executable})")
    yield Fact("system", f"{platform.system()} {platform.release()} {platform.machine()}")
    yield Fact("device", device_name() + (" (CUDA)" if has_gpu() else " (no CUDA device)"))
    yield Fact("GPU", _gpus())
    memory = psutil.virtual_memory()
    yield Fact("memory", f"{_size(memory.available)} free of {_size(memory.total)}")
    yield Fact("cores", f"{os.cpu_count()}; this process may use {available()}")
    yield Fact("threads", _threads())
    for name in STACK:
        yield Fact(name, version_of(name) or "not installed")
    yield Fact("package index", _index())
    yield Fact("Hugging Face Hub", _hub())
    yield Fact("cache", f"{cache_root()} ({_size(folder_size(cache_root()))})")
    yield Fact("Hub cache", _hub_cache())
    yield Fact("BENCH_DATA", os.environ.get("BENCH_DATA", "not set"))


def _threads() -> str:
    """Return the number of threads for the first run in a new results folder, unless specified."""
    return str(share(available(), max(1, len(devices.visible()))))


def _gpus() -> str:
    count = len(devices.visible())
    if not count:
        return "none"
    measured = devices.driver.energy()
    needs = "needs nvidia-ml-py, a Volta or later, and no other user"
    counter = "is measured" if measured else f"is not measured ({needs})"
    return f"{count}, one worker on each; energy {counter}"


def _size(count: float) -> str:
    for unit in ("B", "KiB", "MiB", "GiB"):
        if count < 1024 or unit == "GiB":
            return f"{count:.0f} {unit}" if unit == "B" else f"{count:.1f} {unit}"
        count /= 1024
    return ""


def _index() -> str:
    # Through pip: only it knows the user's index, proxy and certificates.
    command = [sys.executable, "-m", "pip", "index", "versions", "pip", "-q", "--no-input"]
    try:
        done = subprocess.run(command, capture_output=True, timeout=4 * WAIT, check=False)
    except subprocess.TimeoutExpired:
        return "no answer"
    return (
        "reachable"
        if done.returncode == 0
        else "cannot be reached (the starter tasks need it once)"
    )


def _hub() -> str:
    address = os.environ.get("HF_ENDPOINT", "https://huggingface.co")
    try:
        with urllib.request.urlopen(address, timeout=WAIT):
            return "reachable"
    except (urllib.error.URLError, OSError, ValueError):
        return "cannot be reached (the starter tasks and local files work without it)"


def _hub_cache() -> str:
    home = Path(os.environ.get("HF_HOME", Path.home() / ".cache" / "huggingface"))
    place = Path(os.environ.get("HF_HUB_CACHE", home / "hub"))
    return f"{place} ({_size(folder_size(place))})" if place.is_dir() else f"{place} (empty)"

"""The GPUs that workers compute on: which there are, which worker has which."""

import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import takewhile
from pathlib import Path
from typing import Any, Protocol

VARIABLE = "CUDA_VISIBLE_DEVICES"


class Driver(Protocol):
    """What is asked of the driver; all that needs a GPU is behind it."""

    def count(self) -> int:
        """GPUs that a process of this machine, or container, sees; asked without torch."""


class Nvidia:
    """NVIDIA's, by its device files, or by NVML."""

    def count(self) -> int:
        """See `Driver`."""
        if sys.platform == "win32":  # without device files
            nvml = _nvml()
            return int(nvml.nvmlDeviceGetCount()) if nvml else 0
        names = (path.name.removeprefix("nvidia") for path in Path("/dev").glob("nvidia*"))
        return sum(name.isdecimal() for name in names)


@lru_cache(maxsize=1)
def _nvml() -> Any:
    """NVML, ready to be asked; None without the package, its library or a driver."""
    try:
        import pynvml
    except ImportError:
        return None
    try:
        pynvml.nvmlInit()
    except pynvml.NVMLError:
        return None
    return pynvml


driver: Driver = Nvidia()
"""The one that is asked."""


def visible() -> tuple[str, ...]:
    """What a process may compute on, each as CUDA_VISIBLE_DEVICES takes it: what the user names
    there, else all GPUs."""
    count, given = driver.count(), os.environ.get(VARIABLE)
    every = tuple(map(str, range(count)))
    return every if given is None or not count else _named(given, every)


def _named(given: str, every: Sequence[str]) -> tuple[str, ...]:
    """As CUDA reads it: up to the first word that names no GPU, and none if one comes twice."""
    words = [word.strip() for word in given.split(",")]
    kind = next((start for start in ("GPU-", "MIG-") if words[0].startswith(start)), "")
    found = list(takewhile(lambda word: word.startswith(kind) if kind else word in every, words))
    return tuple(found) if len(set(found)) == len(found) else ()


@dataclass(frozen=True)
class Seat:
    """Where a worker computes.

    Args:
        device: its GPU, as CUDA_VISIBLE_DEVICES takes it; "": as this process does.
        own: whether no other worker has that GPU.
    """

    device: str = ""
    own: bool = False


def seats(devices: Sequence[str], jobs: int) -> tuple[Seat, ...]:
    """One a worker: the devices in turn."""
    taken = [devices[i % len(devices)] if devices else "" for i in range(jobs)]
    return tuple(Seat(device, device != "" and taken.count(device) == 1) for device in taken)

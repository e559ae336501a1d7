"""The GPUs that workers compute on: discovery, assignment to workers, energy use."""

import os
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import takewhile
from pathlib import Path
from types import TracebackType
from typing import Any, Protocol

VARIABLE = "CUDA_VISIBLE_DEVICES"


class Driver(Protocol):
    """Queries to the driver; all code that needs a GPU is behind this interface."""

    def count(self) -> int:
        """Return the number of GPUs visible to a process of this machine, or container, without
        using torch."""

    def current(self) -> str:
        """Return the UUID of the GPU that this process computes on; "" without one."""

    def energy(self) -> Mapping[str, int]:
        """Return the energy that each GPU has drawn since the driver was loaded, in millijoules, by
        UUID. GPUs that do not report it, are partitioned, or are used by other processes are left
        out."""


class Nvidia:
    """NVIDIA's driver, queried through its device files, through torch once a worker has loaded it,
    and through NVML."""

    def count(self) -> int:
        """See `Driver`."""
        if sys.platform == "win32":  # has no device files
            nvml = _nvml()
            return int(nvml.nvmlDeviceGetCount()) if nvml else 0
        names = (path.name.removeprefix("nvidia") for path in Path("/dev").glob("nvidia*"))
        return sum(name.isdecimal() for name in names)

    def current(self) -> str:
        """See `Driver`."""
        from bench.hardware import has_gpu

        if not has_gpu():
            return ""
        import torch

        return f"GPU-{torch.cuda.get_device_properties(0).uuid}"

    def energy(self) -> Mapping[str, int]:
        """See `Driver`."""
        nvml = _nvml()
        if nvml is None:
            return {}
        try:
            handles = [nvml.nvmlDeviceGetHandleByIndex(i) for i in range(nvml.nvmlDeviceGetCount())]
        except nvml.NVMLError:
            return {}
        return dict(pair for handle in handles for pair in _drawn(nvml, handle))


def _drawn(nvml: Any, handle: Any) -> list[tuple[str, int]]:
    try:
        energy = int(nvml.nvmlDeviceGetTotalEnergyConsumption(handle))
        alone = not (_is_split(nvml, handle) or _has_others(nvml, handle))
        readings = [(str(nvml.nvmlDeviceGetUUID(handle)), energy)] if alone else []
    except nvml.NVMLError:  # older than Volta, for example
        return []
    return readings


def _is_split(nvml: Any, handle: Any) -> bool:
    """Return whether the GPU is partitioned (MIG), so that others may compute on it."""
    try:
        return bool(nvml.nvmlDeviceGetMigMode(handle)[0])
    except nvml.NVMLError:  # does not support partitioning
        return False


def _has_others(nvml: Any, handle: Any) -> bool:
    """Return whether other processes compute on the GPU; by count, because inside a container
    process ids differ."""
    torch = sys.modules.get("torch")
    own_context = torch is not None and torch.cuda.is_initialized()
    try:
        return len(nvml.nvmlDeviceGetComputeRunningProcesses(handle)) > int(own_context)
    except nvml.NVMLError:  # not supported
        return False


@lru_cache(maxsize=1)
def _nvml() -> Any:
    """Return an initialised NVML; None without the package, its library or a driver."""
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
"""The driver in use."""


def visible() -> tuple[str, ...]:
    """Return the devices that a process may compute on, each in the form of CUDA_VISIBLE_DEVICES:
    those that the user names there, else all GPUs."""
    count, value = driver.count(), os.environ.get(VARIABLE)
    every = tuple(map(str, range(count)))
    return every if value is None or not count else _named(value, every)


def _named(value: str, every: Sequence[str]) -> tuple[str, ...]:
    """Parse the variable as CUDA does: up to the first word that names no GPU, and none if one is
    repeated."""
    words = [word.strip() for word in value.split(",")]
    kind = next((start for start in ("GPU-", "MIG-") if words[0].startswith(start)), "")
    names = list(takewhile(lambda word: word.startswith(kind) if kind else word in every, words))
    return tuple(names) if len(set(names)) == len(names) else ()


@dataclass(frozen=True)
class WorkerDevice:
    """The device that a worker computes on.

    Args:
        device: its GPU, in the form of CUDA_VISIBLE_DEVICES; "": the device of this process.
        own: whether no other worker uses that GPU.
    """

    device: str = ""
    own: bool = False


def seats(devices: Sequence[str], jobs: int) -> tuple[WorkerDevice, ...]:
    """Assign the devices to the workers in turn."""
    assigned = [devices[i % len(devices)] if devices else "" for i in range(jobs)]
    return tuple(
        WorkerDevice(device, device != "" and assigned.count(device) == 1) for device in assigned
    )


@dataclass(frozen=True)
class _Span:
    """What each GPU drew while the context was entered, and whether a fit ended meanwhile."""

    drawn: Mapping[str, int]
    of_fit: bool


class EnergyMeter:
    """Measure the energy of this process's GPU inside a context, which may be entered several
    times.

    Args:
        own: whether the GPU is used by this process alone; the counter covers the whole device.
    """

    def __init__(self, *, own: bool = False) -> None:
        self.own = own
        self.before: Mapping[str, int] = {}
        self.spans: list[_Span] = []
        self.fits: Callable[[], int] = lambda: 0
        """Returns the number of fits that have ended so far."""
        self._fits_before = 0

    def __enter__(self) -> "EnergyMeter":
        self.before, self._fits_before = driver.energy() if self.own else {}, self.fits()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        after = driver.energy() if self.own else {}
        drawn = {k: after[k] - was for k, was in self.before.items() if k in after}
        self.spans.append(_Span(drawn, self.fits() > self._fits_before))

    @property
    def joules(self) -> float | None:
        """Energy of all spans so far; None where it cannot be measured."""
        return _joules(self.spans)

    @property
    def fit_joules(self) -> float | None:
        """The part of it that fits drew."""
        return _joules([span for span in self.spans if span.of_fit])


def _joules(spans: Sequence[_Span]) -> float | None:
    # Queried late: torch would be imported, and the GPU initialised, for a family that uses
    # neither.
    device = driver.current() if any(span.drawn for span in spans) else ""
    measured = [span.drawn[device] for span in spans if device in span.drawn]
    return sum(measured) / 1000 if measured and len(measured) == len(spans) else None

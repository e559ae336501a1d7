"""Peak memory and time of a stretch of work in this process."""

import ctypes
import gc
import os
import sys
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any

import psutil


def processor_seconds() -> float:
    """Processor time of this process so far: all its threads, and its children that have ended."""
    times = os.times()
    return time.process_time() + times.children_user + times.children_system


@dataclass
class Stopwatch:
    """Time that passes while it is entered, which can be several times.

    Args:
        wall: seconds on the clock.
        cpu: seconds of processors; None: not known.
    """

    wall: float = 0.0
    cpu: float | None = 0.0
    _begun: tuple[float, float] = field(default=(0.0, 0.0), repr=False)

    def __enter__(self) -> "Stopwatch":
        self._begun = (time.perf_counter(), processor_seconds())
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.wall += time.perf_counter() - self._begun[0]
        if self.cpu is not None:
            self.cpu += processor_seconds() - self._begun[1]

    def add_shared(self, seconds: float) -> None:
        """Add an earlier run's work that is reused: nobody knows what of it was processor time."""
        if seconds:
            self.wall, self.cpu = self.wall + seconds, None


class PeakMemory:
    """The largest resident memory since the object was made.

    On Linux the kernel's own high-water mark is reset and read (proc(5), clear_refs); elsewhere a
    thread looks every 50 ms.
    """

    def __init__(self) -> None:
        _give_back()
        self._stop = threading.Event()
        self._seen = psutil.Process().memory_info().rss
        self._kernel = _reset_mark()
        if cuda := _cuda():
            cuda.empty_cache()
            cuda.reset_peak_memory_stats()
        self._allocations = _allocations()
        if not self._kernel:
            threading.Thread(target=self._watch, daemon=True).start()

    def _watch(self) -> None:
        process = psutil.Process()
        while not self._stop.wait(0.05):
            self._seen = max(self._seen, process.memory_info().rss)

    def peak_bytes(self) -> int:
        """The peak so far, in bytes; ends the watching."""
        self._stop.set()
        return _read_mark() if self._kernel else self._seen

    def device_bytes(self) -> int:
        """The peak so far of what torch took from the GPU, in bytes: also what it only holds for
        steps that come again. 0 without a GPU, and where only earlier work has something on it."""
        cuda = _cuda()
        used = cuda is not None and _allocations() > self._allocations
        return int(cuda.max_memory_reserved()) if used else 0


def _give_back() -> None:
    """What earlier work freed goes back to the system, or it would count as this work's."""
    gc.collect()
    # Of glibc alone; elsewhere the library has no such function, or cannot be opened so.
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None) if sys.platform == "linux" else None
    if trim is not None:
        trim(0)


def _cuda() -> Any:
    """`torch.cuda` once something uses it: asking must not wake it."""
    torch = sys.modules.get("torch")
    return torch.cuda if torch is not None and torch.cuda.is_initialized() else None


def _allocations() -> int:
    """How often torch has taken memory on a GPU."""
    cuda = _cuda()
    return int(cuda.memory_stats().get("allocation.all.allocated", 0)) if cuda else 0


def _reset_mark() -> bool:
    try:
        Path("/proc/self/clear_refs").write_text("5")
    except OSError:
        return False
    return _read_mark() > 0


def _read_mark() -> int:
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) * 1024
    return 0

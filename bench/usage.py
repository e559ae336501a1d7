"""Peak memory of a stretch of work in this process."""

import ctypes
import gc
import sys
import threading
from pathlib import Path
from typing import Any

import psutil


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

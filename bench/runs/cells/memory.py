"""Peak memory and elapsed time of a section of work in this process."""

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

from bench.run_context import spent_once


def processor_seconds() -> float:
    """Return the processor time of this process so far: all its threads and its finished
    children."""
    times = os.times()
    return time.process_time() + times.children_user + times.children_system


def _spent_once() -> tuple[float, float]:
    """Return the seconds of loading and of compiling in this process so far."""
    return spent_once.loading, spent_once.compiling + _compiled_by_torch()


def _compiled_by_torch() -> float:
    """Return the seconds that torch.compile has taken so far; torch keeps them for itself."""
    kept = getattr(sys.modules.get("torch._dynamo.utils"), "cumulative_time_spent_ns", {})
    frames = ("entire_frame_compile", "entire_backward_compile")
    return sum(float(kept[name]) for name in frames if name in kept) / 1e9


@dataclass
class Stopwatch:
    """Measure the time spent inside a context, which may be entered several times.

    Args:
        wall: elapsed seconds.
        cpu: processor seconds; None: unknown.
        loading: the part of the elapsed seconds that went into loading weights.
        compiling: the part that went into compiling.
        times: how often the context has been left.
    """

    wall: float = 0.0
    cpu: float | None = 0.0
    loading: float = 0.0
    compiling: float = 0.0
    times: int = 0
    _begun: tuple[float, ...] = field(default=(0.0,) * 4, repr=False)

    def __enter__(self) -> "Stopwatch":
        self._begun = (time.perf_counter(), processor_seconds(), *_spent_once())
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.times += 1
        self.wall += time.perf_counter() - self._begun[0]
        loading, compiling = _spent_once()
        self.loading += loading - self._begun[2]
        self.compiling += compiling - self._begun[3]
        if self.cpu is not None:
            self.cpu += processor_seconds() - self._begun[1]

    def add_shared(self, seconds: float) -> None:
        """Add the time of an earlier run's work that is reused; its processor time is unknown."""
        if seconds:
            self.wall, self.cpu = self.wall + seconds, None


class PeakMemory:
    """Measure the largest resident memory since the object was created.

    On Linux the kernel's own high-water mark is reset and read (proc(5), clear_refs); elsewhere a
    thread samples every 50 ms.
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
        """Return the peak so far, in bytes, and stop measuring."""
        self._stop.set()
        return _read_mark() if self._kernel else self._seen

    def device_bytes(self) -> int:
        """Return the peak of the GPU memory that torch reserved, in bytes, including memory held
        for CUDA graphs. 0 without a GPU, and where only earlier work occupies it."""
        cuda = _cuda()
        used = cuda is not None and _allocations() > self._allocations
        return int(cuda.max_memory_reserved()) if used else 0


def _give_back() -> None:
    """Return memory freed by earlier work to the system, where it would count as this work's."""
    gc.collect()
    # Only glibc has this function; elsewhere the lookup fails.
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None) if sys.platform == "linux" else None
    if trim is not None:
        trim(0)


def _cuda() -> Any:
    """Return `torch.cuda` if it is in use already, without initialising it."""
    torch = sys.modules.get("torch")
    return torch.cuda if torch is not None and torch.cuda.is_initialized() else None


def _allocations() -> int:
    """Return the number of GPU allocations that torch has made."""
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

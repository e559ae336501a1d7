"""Times and memory of one side: medians over steps, with the GPU synchronised at each clock
reading."""

import gc
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from time import perf_counter
from typing import Any

import numpy as np
import torch


@dataclass
class Measured:
    """Measurements of one side.

    Args:
        examples: examples per step.
        seconds: seconds of each measured step.
        tokens: real tokens processed by the network per step, shared ones counted once; 0: unknown.
        processed: tokens processed per step, including padding.
        losses: mean loss of each step.
        peak: peak GiB of GPU memory held by tensors, weights included.
        reserved: GiB of GPU memory reserved for that.
    """

    examples: int
    seconds: list[float] = field(default_factory=list)
    tokens: float = 0.0
    processed: float = 0.0
    losses: list[float] = field(default_factory=list)
    peak: float = 0.0
    reserved: float = 0.0

    @property
    def speed(self) -> float:
        """Examples per second in the median step."""
        return self.examples / float(np.median(self.seconds))

    @property
    def token_speed(self) -> float:
        """Real tokens per second in the median step."""
        return self.speed * self.tokens / self.examples

    def mark(self, clocks: Sequence[float], *, skip: int) -> None:
        """Record the steps between clock readings, without the first ones."""
        self.seconds = np.diff(clocks)[skip:].tolist()

    @property
    def plain(self) -> dict[str, Any]:
        """Return plain data for JSON."""
        return {**vars(self), "speed": self.speed if self.seconds else None}


def clock() -> float:
    """Return the time after all GPU work has finished."""
    if torch.cuda.is_available():
        torch.cuda.synchronize()
    return perf_counter()


class Stretch:
    """Clock readings at steps; the GPU is synchronised only where the measured steps begin and end,
    so that work may overlap in between.

    Args:
        warm: number of warm-up steps.
    """

    def __init__(self, warm: int) -> None:
        self.warm, self.clocks = warm, list[float]()

    def step(self) -> None:
        """Mark the beginning of a step."""
        self.clocks.append(clock() if len(self.clocks) == self.warm else perf_counter())

    def over(self, measured: "Measured") -> None:
        """Mark the end of the last step: steps differ in length, so their mean counts."""
        self.clocks.append(clock())
        measured.seconds = [float(np.mean(np.diff(self.clocks)[self.warm :]))]


def clean() -> None:
    """Free all unused memory."""
    gc.collect()
    if torch.cuda.is_available():
        torch.cuda.empty_cache()
    reset_peaks()


def reset_peaks() -> None:
    """Reset the memory peaks to current usage."""
    if torch.cuda.is_available():
        torch.cuda.reset_peak_memory_stats()


@contextmanager
def memory_of(measured: Measured) -> Iterator[None]:
    """Record the memory peaks of the body."""
    clean()
    yield
    if torch.cuda.is_available():
        measured.peak = torch.cuda.max_memory_allocated() / 2**30
        measured.reserved = torch.cuda.max_memory_reserved() / 2**30


def matmul_rate(size: int = 8192, times: int = 30) -> float:
    """Return FLOP per second of a large bfloat16 product of random matrices, median of many."""
    where = "cuda" if torch.cuda.is_available() else "cpu"
    a, b = (torch.randn(size, size, device=where, dtype=torch.bfloat16) for _ in range(2))
    found = []
    for _ in range(times + 5):
        began = clock()
        a @ b
        found.append(clock() - began)
    return 2 * size**3 / float(np.median(found[5:]))


def lasting_rate(size: int = 8192, seconds: float = 2.0) -> float:
    """Return the rate without pauses in between: a GPU at its power limit becomes slower."""
    where = "cuda" if torch.cuda.is_available() else "cpu"
    a, b = (torch.randn(size, size, device=where, dtype=torch.bfloat16) for _ in range(2))
    began, times = clock(), 0
    while clock() - began < seconds:
        for _ in range(10):
            a @ b
        times += 10
    return 2 * size**3 * times / (clock() - began)

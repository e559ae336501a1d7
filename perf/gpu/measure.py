"""Times and memory of one side: medians over steps, the GPU waited for at each clock reading."""

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
    """What one side did.

    Args:
        examples: of a step.
        seconds: of each measured step.
        tokens: real ones that went through the network in a step, what is shared counted once;
            0: not known.
        processed: tokens that went through it in a step, with what it was filled up by.
        losses: mean loss of each step.
        peak: GiB of the GPU's memory that held tensors at most, weights included.
        reserved: GiB that were taken from the GPU for that.
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
        """Examples a second of the median step."""
        return self.examples / float(np.median(self.seconds))

    @property
    def token_speed(self) -> float:
        """Real tokens a second of the median step."""
        return self.speed * self.tokens / self.examples

    def mark(self, clocks: Sequence[float], *, skip: int) -> None:
        """Take the steps between clock readings, the first ones left out."""
        self.seconds = np.diff(clocks)[skip:].tolist()

    @property
    def plain(self) -> dict[str, Any]:
        """For JSON."""
        return {**vars(self), "speed": self.speed if self.seconds else None}


def clock() -> float:
    """The time once the GPU has done all it was given."""
    if torch.cuda.is_available():
        torch.cuda.synchronize()
    return perf_counter()


class Stretch:
    """The clock at each step, which waits for the GPU only where the measured steps begin and end:
    what goes on beside it may.

    Args:
        warm: steps that do not count.
    """

    def __init__(self, warm: int) -> None:
        self.warm, self.clocks = warm, list[float]()

    def step(self) -> None:
        """A step begins."""
        self.clocks.append(clock() if len(self.clocks) == self.warm else perf_counter())

    def over(self, measured: "Measured") -> None:
        """The last step is over: steps differ in length, so their mean counts."""
        self.clocks.append(clock())
        measured.seconds = [float(np.mean(np.diff(self.clocks)[self.warm :]))]


def clean() -> None:
    """Give back all memory that nothing holds."""
    gc.collect()
    if torch.cuda.is_available():
        torch.cuda.empty_cache()
    reset_peaks()


def reset_peaks() -> None:
    """Let the peaks of memory begin at what is held now."""
    if torch.cuda.is_available():
        torch.cuda.reset_peak_memory_stats()


@contextmanager
def memory_of(measured: Measured) -> Iterator[None]:
    """Note the peaks of what is done within."""
    clean()
    yield
    if torch.cuda.is_available():
        measured.peak = torch.cuda.max_memory_allocated() / 2**30
        measured.reserved = torch.cuda.max_memory_reserved() / 2**30


def matmul_rate(size: int = 8192, times: int = 30) -> float:
    """FLOP a second of a large bfloat16 product of random numbers, the median of many."""
    where = "cuda" if torch.cuda.is_available() else "cpu"
    a, b = (torch.randn(size, size, device=where, dtype=torch.bfloat16) for _ in range(2))
    found = []
    for _ in range(times + 5):
        began = clock()
        a @ b
        found.append(clock() - began)
    return 2 * size**3 / float(np.median(found[5:]))


def lasting_rate(size: int = 8192, seconds: float = 2.0) -> float:
    """The same without a pause in between: a GPU that reaches its power limit becomes slower."""
    where = "cuda" if torch.cuda.is_available() else "cpu"
    a, b = (torch.randn(size, size, device=where, dtype=torch.bfloat16) for _ in range(2))
    began, times = clock(), 0
    while clock() - began < seconds:
        for _ in range(10):
            a @ b
        times += 10
    return 2 * size**3 * times / (clock() - began)

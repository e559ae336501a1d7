"""Token budget of a forward pass, halved when any device runs out of memory."""

import gc
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

import torch

T = TypeVar("T")
LEAST = 16
"""Smallest token budget; when memory runs out even then, halving stops."""
_WORDS = (
    "out of memory",
    "can't allocate memory",
    "not enough memory",
    "CUBLAS_STATUS_ALLOC_FAILED",
    "CUBLAS_STATUS_NOT_INITIALIZED",
    "CUDNN_STATUS_ALLOC_FAILED",
)
"""Out-of-memory messages of CUDA, the CPU allocator, cuBLAS and cuDNN; without memory for its
workspace, cuBLAS reports that it is not initialised."""


def is_out_of_memory(error: BaseException) -> bool:
    """Return true if an error means that memory ran out."""
    if isinstance(error, torch.OutOfMemoryError | MemoryError):
        return True
    if isinstance(error, RuntimeError) and any(words in str(error) for words in _WORDS):
        return True
    # If capturing a CUDA graph runs out of memory, the last error says only that capturing failed.
    return error.__context__ is not None and is_out_of_memory(error.__context__)


@dataclass
class Budget:
    """Token budget: maximum number of tokens per forward pass, halved when memory runs out."""

    tokens: int

    def spend(self, work: Callable[[int], T], undo: Callable[[], None] = lambda: None) -> T:
        """Return the result of `work`, retrying with half the budget while memory runs out.

        Args:
            work: does the whole work with at most the given number of tokens per forward pass.
            undo: called before each retry.

        Raises:
            MemoryError: memory runs out even at the smallest budget.
        """
        while True:
            try:
                return work(self.tokens)
            except (RuntimeError, MemoryError) as error:
                if not is_out_of_memory(error):
                    raise
                reason = str(error)
            # Outside the handler, whose traceback keeps the failed attempt's tensors alive.
            if self.tokens // 2 < LEAST:
                raise MemoryError(f"{reason} (even with {self.tokens} tokens at a time)")
            self.tokens //= 2
            undo()
            gc.collect()
            if torch.cuda.is_available():
                torch.cuda.empty_cache()

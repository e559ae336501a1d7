"""Running out of memory, on any device: what it looks like, and half as much as the answer."""

import gc
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

import torch

T = TypeVar("T")
LEAST = 16
"""Tokens of a batch, below which halving is given up."""
_WORDS = (
    "out of memory",
    "can't allocate memory",
    "not enough memory",
    "CUBLAS_STATUS_ALLOC_FAILED",
    "CUBLAS_STATUS_NOT_INITIALIZED",
    "CUDNN_STATUS_ALLOC_FAILED",
)
"""What CUDA, the CPU allocator, cuBLAS and cuDNN say; cuBLAS without room for its own workspace
says that it is not initialised."""


def is_out_of_memory(error: BaseException) -> bool:
    """Whether an error means that memory ran out."""
    if isinstance(error, torch.OutOfMemoryError | MemoryError):
        return True
    if isinstance(error, RuntimeError) and any(words in str(error) for words in _WORDS):
        return True
    # A recording that ran out of memory says only that it failed.
    return error.__context__ is not None and is_out_of_memory(error.__context__)


@dataclass
class Budget:
    """How many tokens go through a network at once; halved whenever memory runs out."""

    tokens: int

    def spend(self, work: Callable[[int], T], undo: Callable[[], None] = lambda: None) -> T:
        """The result of `work`, which is called again with half the tokens as long as memory
        runs out.

        Args:
            work: does all of it, with at most that many tokens at once.
            undo: called before each new attempt.

        Raises:
            MemoryError: also one short row at a time is too much.
        """
        while True:
            try:
                return work(self.tokens)
            except (RuntimeError, MemoryError) as error:
                if not is_out_of_memory(error):
                    raise
                reason = str(error)
            # Outside of the handler: its traceback keeps the failed attempt's tensors alive.
            if self.tokens // 2 < LEAST:
                raise MemoryError(f"{reason} (also with {self.tokens} tokens at once)")
            self.tokens //= 2
            undo()
            gc.collect()
            if torch.cuda.is_available():
                torch.cuda.empty_cache()

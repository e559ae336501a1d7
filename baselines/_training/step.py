"""An optimiser step in flight, and the RNG state to retry it."""

from collections.abc import Callable
from typing import Any, NamedTuple

import torch


class Step(NamedTuple):
    """An optimiser step that the device may not have finished yet.

    Args:
        number: step number, from 1.
        loss: mean loss, on the device.
        total: waits for the summed loss and returns it.
        weight: divisor that turns the sum into the mean.
        rows: number of examples.
        counts: number of tokens, and of tokens that passed through the network.
    """

    number: int
    loss: torch.Tensor
    total: Callable[[], Any]
    weight: float
    rows: int
    counts: tuple[int, ...]


class RngState:
    """Snapshot of the CPU and CUDA RNG state, restored before a step is retried."""

    def __init__(self) -> None:
        self.cpu = torch.get_rng_state()
        self.cuda = torch.cuda.get_rng_state_all() if torch.cuda.is_available() else []

    def restore(self) -> None:
        torch.set_rng_state(self.cpu)
        if self.cuda:
            torch.cuda.set_rng_state_all(self.cuda)

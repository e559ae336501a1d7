"""An optimiser step while it is under way, and what undoes one."""

from collections.abc import Callable
from typing import Any, NamedTuple

import torch


class Step(NamedTuple):
    """An optimiser step that a device may still be busy with.

    Args:
        number: of the step, from 1.
        loss: its mean, on the device.
        total: its sum, when it is there.
        weight: what the sum is divided by.
        rows: in it.
        counts: tokens, and those that went through the network.
    """

    number: int
    loss: torch.Tensor
    total: Callable[[], Any]
    weight: float
    rows: int
    counts: tuple[int, ...]


class Dice:
    """The state of the random numbers, to throw them again."""

    def __init__(self) -> None:
        self.cpu = torch.get_rng_state()
        self.cuda = torch.cuda.get_rng_state_all() if torch.cuda.is_available() else []

    def restore(self) -> None:
        torch.set_rng_state(self.cpu)
        if self.cuda:
            torch.cuda.set_rng_state_all(self.cuda)

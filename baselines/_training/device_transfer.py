"""Numbers on their way to the device and back, without making it wait."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray


def sent(device: torch.device, *arrays: NDArray[Any]) -> tuple[torch.Tensor, ...]:
    """Arrays as tensors on a device. A GPU does not wait for them, nor does who sends them: they go
    together, from memory that the system does not move."""
    if device.type != "cuda":
        return tuple(torch.from_numpy(array).to(device) for array in arrays)
    together = torch.from_numpy(np.concatenate(arrays)).pin_memory()
    there = together.to(device, non_blocking=True)
    return parted(there, [len(array) for array in arrays])


def parted(values: torch.Tensor, sizes: Sequence[int]) -> tuple[torch.Tensor, ...]:
    """A vector's parts, one behind the other."""
    found: tuple[torch.Tensor, ...] = values.split(list(sizes))  # type: ignore[no-untyped-call]
    return found


def fetched(values: torch.Tensor) -> Callable[[], NDArray[Any]]:
    """Values of a device, when they are asked for: they are on their way meanwhile, and only work
    that was given to the device before this call is waited for."""
    if values.device.type != "cuda":
        return values.numpy
    host = torch.empty(values.shape, dtype=values.dtype, pin_memory=True)
    host.copy_(values, non_blocking=True)
    event: Any = torch.cuda.Event()  # type: ignore[no-untyped-call]
    event.record()

    def wait() -> NDArray[Any]:
        event.synchronize()
        found: NDArray[Any] = host.numpy()
        return found

    return wait

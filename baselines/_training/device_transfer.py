"""Asynchronous copies between host and device through pinned memory."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray


def sent(device: torch.device, *arrays: NDArray[Any]) -> tuple[torch.Tensor, ...]:
    """Copy one-dimensional arrays of one data type to a device.

    For a GPU they are copied together and asynchronously, from pinned memory.
    """
    if device.type != "cuda":
        return tuple(torch.from_numpy(array).to(device) for array in arrays)
    together = torch.from_numpy(np.concatenate(arrays)).pin_memory()
    copied = together.to(device, non_blocking=True)
    return parted(copied, [len(array) for array in arrays])


def parted(values: torch.Tensor, sizes: Sequence[int]) -> tuple[torch.Tensor, ...]:
    """Split a tensor along its first dimension into views of consecutive parts."""
    parts: tuple[torch.Tensor, ...] = values.split(list(sizes))  # type: ignore[no-untyped-call]
    return parts


def fetched(values: torch.Tensor) -> Callable[[], NDArray[Any]]:
    """Start an asynchronous copy to the host, and return a function that waits for its result.

    It waits only for work that was queued on the device before this call.
    """
    if values.device.type != "cuda":
        return values.numpy
    host = torch.empty(values.shape, dtype=values.dtype, pin_memory=True)
    host.copy_(values, non_blocking=True)
    event: Any = torch.cuda.Event()  # type: ignore[no-untyped-call]
    event.record()

    def wait() -> NDArray[Any]:
        event.synchronize()
        array: NDArray[Any] = host.numpy()
        return array

    return wait

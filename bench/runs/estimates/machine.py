"""The machine that runs are estimated for: this one, or one that somebody does not have."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

import psutil

from bench.errors import UserError, did_you_mean
from bench.hardware import device_name, has_gpu

REFERENCE = 1.8e11
"""Operations a second of products in the networks here, on the machine whose figures stand in
`bench.runs.estimates.work.families`: two cores with AVX-512."""
SIZE, MEASURED = 384, 0.06
"""Rows of the matrices, and processor seconds, for measuring how fast this machine multiplies."""


@dataclass(frozen=True)
class Machine:
    """A machine.

    Args:
        name: the processor or GPU.
        products_per_second: floating-point operations a second in products of large matrices.
        step_seconds: seconds of a small step of a network beside its products.
        memory_bytes: memory of the GPU, or of the machine where there is none, of which a part is
            always taken.
        threads: threads of a worker.
        gpu: whether networks compute on a GPU.
        here: whether it is this one.
    """

    name: str
    products_per_second: float
    step_seconds: float
    memory_bytes: int
    threads: int
    gpu: bool
    here: bool = True


GIB = 1 << 30
USABLE = 0.92
"""Share of a GPU's memory that its driver leaves."""
# Operations a second are those that training reaches, a third to a half of what the makers name.
DEVICES: Mapping[str, tuple[str, float, int]] = {
    "t4": ("NVIDIA T4", 2.0e13, 16),
    "l4": ("NVIDIA L4", 4.5e13, 24),
    "a10": ("NVIDIA A10", 4.5e13, 24),
    "rtx3090": ("NVIDIA RTX 3090", 4.5e13, 24),
    "rtx4090": ("NVIDIA RTX 4090", 8.0e13, 24),
    "v100": ("NVIDIA V100", 4.5e13, 16),
    "a100": ("NVIDIA A100", 1.4e14, 80),
    "h100": ("NVIDIA H100", 3.5e14, 80),
    "h200": ("NVIDIA H200", 3.5e14, 141),
    "cpu": ("two cores", REFERENCE, 16),
}
"""Machines to plan for: name, operations a second, memory in GiB."""
GPU_STEP, CPU_STEP = 0.012, 0.006
REACHED = 0.5
"""Share of a processor's speed in large products that networks reach."""


def this_machine(threads: int) -> Machine:
    """Return this machine.

    Args:
        threads: threads of a worker.
    """
    if has_gpu():
        import torch

        memory = int(torch.cuda.get_device_properties(0).total_memory)
        speed = _like(device_name())
        return Machine(device_name(), speed, GPU_STEP, memory, threads, gpu=True)
    memory = int(psutil.virtual_memory().total)
    return Machine(
        device_name(), REACHED * threads * _multiplied(), CPU_STEP, memory, threads, gpu=False
    )


def _like(name: str) -> float:
    """Return the operations a second of a GPU of this name, or of one that many have."""
    words = name.lower().replace(" ", "")
    speeds = [speed for key, (_, speed, _) in DEVICES.items() if key in words]
    return max(speeds, default=DEVICES["a10"][1])


@lru_cache(maxsize=1)
def _multiplied() -> float:
    """Return the operations a second of one thread, by processor time: other processes slow the
    clock, not this."""
    import numpy as np
    from threadpoolctl import threadpool_limits

    square, times = np.full((SIZE, SIZE), 0.5, np.float32), 0
    with threadpool_limits(1):
        square @ square  # the first product loads code
        start = time.thread_time()
        while (spent := time.thread_time() - start) < MEASURED:
            square @ square
            times += 1
    return 2 * SIZE**3 * times / spent


def elsewhere(device: str, vram: float | None, threads: int) -> Machine:
    """Return a machine that somebody does not have.

    Args:
        device: a name in `DEVICES`; "" for any GPU with this memory.
        vram: its memory in GiB; None: as the device is sold.
        threads: threads of a worker.

    Raises:
        UserError: no such device, or a memory of nothing.
    """
    if vram is not None and not 0 < vram < 10_000:
        raise UserError(f"--vram {vram:g}: give the GPU's memory in GiB, such as 16")
    key = device.lower().replace(" ", "").replace("-", "") or _with(vram or 0)
    if key == "cpu" and vram is not None:
        raise UserError("--vram is a GPU's memory: leave it out, or name a GPU with --device")
    if key not in DEVICES:
        raise UserError(f"--device {device}: {did_you_mean(device, DEVICES)}")
    name, speed, memory = DEVICES[key]
    size = round((memory if vram is None else vram) * GIB * (1 if key == "cpu" else USABLE))
    step = CPU_STEP if key == "cpu" else GPU_STEP
    return Machine(name, speed, step, size, threads, gpu=key != "cpu", here=False)


def _with(vram: float) -> str:
    """Return the slowest GPU with this memory, so that no plan promises too much."""
    large = [key for key, (_, _, memory) in DEVICES.items() if key != "cpu" and memory >= vram]
    return min(large, key=lambda key: DEVICES[key][1], default="h200")

"""Compute precision on this machine, and whether it runs Triton kernels."""

from importlib.util import find_spec
from typing import Any, Literal

from bench.hardware import has_gpu

Dtype = Literal["float32", "float16", "bfloat16"]


def computes_in() -> Dtype:
    """Return the compute data type: bfloat16 on a GPU that supports it, float16 on other GPUs,
    float32 on a CPU.

    Scores depend on it, so it is part of a run's key.
    """
    if not has_gpu():
        return "float32"
    import torch  # only here: the key is computed before torch is loaded

    known = torch.cuda.is_bf16_supported(including_emulation=False)
    return "bfloat16" if known else "float16"


def takes_kernels(device: Any) -> bool:
    """Return true if a `torch.device` runs Triton kernels and flex_attention.

    They need a GPU of at least the Ampere generation, and Triton, which not every platform has.
    """
    if device.type != "cuda" or find_spec("triton") is None:
        return False
    import torch

    return bool(torch.cuda.get_device_capability(device)[0] >= 8)

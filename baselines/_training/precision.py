"""The number format that products are computed in on this machine, and with which kernels."""

from importlib.util import find_spec
from typing import Any, Literal

from bench.hardware import has_gpu

Dtype = Literal["float32", "float16", "bfloat16"]


def computes_in() -> Dtype:
    """bfloat16 on a GPU that knows it, else float16 on a GPU; float32 on a CPU. Scores move with
    it, so it is part of a run's key."""
    if not has_gpu():
        return "float32"
    import torch  # only here: the key is made where torch is not loaded yet

    known = torch.cuda.is_bf16_supported(including_emulation=False)
    return "bfloat16" if known else "float16"


def takes_kernels(device: Any) -> bool:
    """Whether a `torch.device` is a GPU from Ampere on: older ones have none of what Triton's
    kernels and flex_attention are made for; nor does each system have Triton."""
    if device.type != "cuda" or find_spec("triton") is None:
        return False
    import torch

    return bool(torch.cuda.get_device_capability(device)[0] >= 8)

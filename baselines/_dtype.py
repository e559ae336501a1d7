"""The number format that products are computed in on this machine."""

from typing import Literal

from bench.provenance import has_gpu

Dtype = Literal["float32", "float16", "bfloat16"]


def computes_in() -> Dtype:
    """bfloat16 on a GPU that knows it, else float16 on a GPU; float32 on a CPU. Scores move with
    it, so it is part of a run's key."""
    if not has_gpu():
        return "float32"
    import torch  # only here: the key is made where torch is not loaded yet

    known = torch.cuda.is_bf16_supported(including_emulation=False)
    return "bfloat16" if known else "float16"

"""The processor and GPU that this process computes on."""

import platform
import sys
from functools import lru_cache
from pathlib import Path


def has_gpu() -> bool:
    """Return True if a CUDA device can be used. The driver's device files are checked first, as
    importing torch takes seconds."""
    if not (Path("/dev/nvidiactl").exists() or sys.platform == "win32"):
        return False
    import torch

    return torch.cuda.is_available()


@lru_cache(maxsize=1)
def device_name() -> str:
    """Return the name of the GPU, or of the processor where there is none."""
    if has_gpu():
        import torch

        return str(torch.cuda.get_device_name(0))
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.is_file():
        for line in cpuinfo.read_text(errors="replace").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()

"""Device, seeds and threads of a fit."""

import torch
import transformers

from bench.run_context import current


def device() -> torch.device:
    """The GPU, where there is one."""
    return torch.device("cuda" if torch.cuda.is_available() else "cpu")


def begin(seed: int) -> None:
    """Set all random numbers, and compute with the cores that the harness gives."""
    if (threads := current().threads) is not None:
        torch.set_num_threads(threads)
    transformers.set_seed(seed)

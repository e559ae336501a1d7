"""Device, seeds and threads of a training run."""

import torch
import transformers

from bench.run_context import current


def device() -> torch.device:
    """Return the GPU if there is one, else the CPU."""
    return torch.device("cuda" if torch.cuda.is_available() else "cpu")


def begin(seed: int) -> None:
    """Seed all random number generators, and use the number of threads set by the harness."""
    if (threads := current().threads) is not None:
        torch.set_num_threads(threads)
    transformers.set_seed(seed)

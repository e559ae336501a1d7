"""Merge an adapter into the weights of its base model."""

import warnings
from pathlib import Path

import peft
import torch

from bench.baselines._llama.engine.base_model import Precision, base_model, forget
from bench.baselines._training.transformers_loading import quiet
from bench.models import Weights


def write_merged(base_weights: Weights, adapter: Path, to: Path, *, precision: Precision) -> None:
    """Save a model with an adapter merged into it, in bfloat16, as safetensors.

    The adapter is added to the values that it was trained on: the dequantised weights of the
    quantised model.

    Args:
        base_weights: the base model's weights.
        adapter: folder with the adapter.
        to: folder to write to.
        precision: precision of the base model when the adapter was trained.

    Raises:
        Unavailable: the model does not fit into memory.
        DataError: the library cannot load it as a causal language model.
    """
    # A separate copy of the model: merging changes the weights, and another may be in use.
    forget()
    base = base_model(base_weights, precision=precision, resident="dequantized")
    forget()
    with quiet(adapter), warnings.catch_warnings():
        # PEFT reads a property by its deprecated name.
        warnings.filterwarnings("ignore", "`is_gradient_checkpointing`", FutureWarning)
        network = peft.PeftModel.from_pretrained(base.network, adapter).merge_and_unload()
        network = network.to(torch.bfloat16)
        # Otherwise it would be saved as if it were still quantised.
        if hasattr(network.config, "quantization_config"):
            del network.config.quantization_config
        network.save_pretrained(to)

"""An adapter as a part of its base model's weights."""

import warnings
from pathlib import Path

import peft
import torch

from bench.baselines._llama.engine.base_model import Precision, base_model, forget
from bench.baselines._training.transformers_loading import quiet
from bench.models import Weights


def write_merged(found: Weights, adapter: Path, to: Path, *, precision: Precision) -> None:
    """Save a model with an adapter merged into it, in bfloat16, as safetensors.

    The adapter is added to the values that it was trained on: those of the quantised model,
    dequantised.

    Args:
        found: the base model's weights.
        adapter: a folder with the adapter.
        to: where to write.
        precision: that the adapter was trained on.

    Raises:
        Unavailable: there is not the memory for it.
        DataError: the library cannot make a causal language model of it.
    """
    # A model of its own: merging changes the weights, and who has one in use must not see it.
    forget()
    base = base_model(found, precision=precision, resident="dequantized")
    forget()
    with quiet(adapter), warnings.catch_warnings():
        # The one library asks the other for something by its old name.
        warnings.filterwarnings("ignore", "`is_gradient_checkpointing`", FutureWarning)
        network = peft.PeftModel.from_pretrained(base.network, adapter).merge_and_unload()
        network = network.to(torch.bfloat16)
        # Or it would be saved as if it still were quantised.
        if hasattr(network.config, "quantization_config"):
            del network.config.quantization_config
        network.save_pretrained(to)

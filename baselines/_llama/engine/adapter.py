"""Attach LoRA adapters to a base model, and detach them without changing it."""

import warnings
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

import peft
import torch
from peft.utils import get_peft_model_state_dict, set_peft_model_state_dict

from bench.baselines._llama.engine.base_model import BaseModel
from bench.baselines._llama.kernels.decoder import forget
from bench.baselines._llama.kernels.lora import fuse

Targets = Literal["all", "attention", "query_value"]
LAYERS: Mapping[Targets, str | list[str]] = {
    "all": "all-linear",
    "attention": ["q_proj", "k_proj", "v_proj", "o_proj"],
    "query_value": ["q_proj", "v_proj"],
}


@dataclass(frozen=True, kw_only=True)
class Shape:
    """Hyperparameters of an adapter.

    Args:
        rank: rank of the two matrices added to a layer.
        alpha: scaling factor of the adapter's output, which is divided by the rank.
        dropout: dropout of the adapter's input.
        targets: layers that get an adapter: `all` linear layers except the output head, those of
            `attention`, or its `query_value` projections.
    """

    rank: int
    alpha: float
    dropout: float
    targets: Targets


@dataclass(eq=False)
class Adapter:
    """An adapter, attached or not.

    Args:
        shape: its hyperparameters.
        weights: its matrices as of the last time it was detached; empty until then.
    """

    shape: Shape
    weights: dict[str, torch.Tensor] = field(default_factory=dict)

    @property
    def config(self) -> peft.LoraConfig:
        """The adapter's configuration for PEFT."""
        shape = self.shape
        return peft.LoraConfig(
            r=shape.rank,
            lora_alpha=shape.alpha,  # type: ignore[arg-type]  # any number will do
            lora_dropout=shape.dropout,
            target_modules=LAYERS[shape.targets],
            task_type="CAUSAL_LM",
        )


@dataclass(frozen=True)
class _Worn:
    adapter: Adapter
    network: peft.PeftModel


def wear(base: BaseModel, adapter: Adapter) -> peft.PeftModel:
    """Attach an adapter, replacing any other.

    A new adapter is initialised from torch's RNG, and does not change the model's output yet.
    """
    on: list[_Worn] = base.worn
    if on and on[0].adapter is adapter:
        return on[0].network
    bare(base)
    with warnings.catch_warnings():
        # PEFT reads a property by its deprecated name.
        warnings.filterwarnings("ignore", "`is_gradient_checkpointing`", FutureWarning)
        network = peft.get_peft_model(base.network, adapter.config)
    fuse(network)
    if adapter.weights:
        set_peft_model_state_dict(network, adapter.weights)
    base.worn.append(_Worn(adapter, network))
    return network


def bare(base: BaseModel) -> None:
    """Detach the adapter, if there is one, and keep its matrices in it."""
    if base.worn:
        worn = base.worn.pop()
        worn.adapter.weights = matrices(worn.network)
        worn.network.unload()
        base.network.requires_grad_(False).eval()
        forget(base.network)


def matrices(network: peft.PeftModel) -> dict[str, torch.Tensor]:
    """Return an adapter's matrices, by PEFT's names."""
    return dict(get_peft_model_state_dict(network))

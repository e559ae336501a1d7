"""LoRA adapters: put on a base model, and taken off without a trace."""

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
    """What an adapter looks like.

    Args:
        rank: of the two matrices that are added to a layer.
        alpha: what they are added with, divided by the rank.
        dropout: of what goes into them.
        targets: the layers that get one: `all` linear ones but the output head, those of
            `attention`, or `query_value`.
    """

    rank: int
    alpha: float
    dropout: float
    targets: Targets


@dataclass(eq=False)
class Adapter:
    """An adapter, whether it is on or off.

    Args:
        shape: see `Shape`.
        weights: its matrices; none before it is put on for the first time.
    """

    shape: Shape
    weights: dict[str, torch.Tensor] = field(default_factory=dict)

    @property
    def config(self) -> peft.LoraConfig:
        """In the library's words."""
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
    """Put an adapter on, whatever was on before; new matrices are drawn from torch's random
    numbers, and add nothing as yet."""
    on: list[_Worn] = base.worn
    if on and on[0].adapter is adapter:
        return on[0].network
    bare(base)
    with warnings.catch_warnings():
        # peft asks for a property by its old name.
        warnings.filterwarnings("ignore", "`is_gradient_checkpointing`", FutureWarning)
        network = peft.get_peft_model(base.network, adapter.config)
    fuse(network)
    if adapter.weights:
        set_peft_model_state_dict(network, adapter.weights)
    base.worn.append(_Worn(adapter, network))
    return network


def bare(base: BaseModel) -> None:
    """Take off what is on, if anything is."""
    if base.worn:
        worn = base.worn.pop()
        worn.adapter.weights = matrices(worn.network)
        worn.network.unload()
        base.network.requires_grad_(False).eval()
        forget(base.network)


def matrices(network: peft.PeftModel) -> dict[str, torch.Tensor]:
    """An adapter's matrices, by the library's names."""
    return dict(get_peft_model_state_dict(network))

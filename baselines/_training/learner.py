"""Interface between the trainer and a trainable network: order, batches and loss of examples."""

from collections.abc import Mapping, Sequence
from typing import Any, Literal, NamedTuple, Protocol

import torch
from torch import nn

from bench.baselines._training.recipe import Recipe
from bench.baselines._training.token_budget import Budget

Mixed = Literal["", "bf16", "fp16"]
"""Mixed-precision data type; "" for float32 throughout."""


class Loss(NamedTuple):
    """Summed loss of a batch.

    `real` counts its tokens; `processed` counts those that passed through the network, padding
    included and shared prefixes once.
    """

    total: torch.Tensor
    real: int
    processed: int


class Learner(Protocol):
    """A trainable network over encoded examples, whose type is up to the implementation."""

    @property
    def network(self) -> nn.Module:
        """The module to train; parameters that require no gradient stay fixed."""

    @property
    def mixed(self) -> Mixed:
        """Mixed precision that the trainer has to set up."""

    @property
    def budget(self) -> Budget:
        """Token budget of a forward pass."""

    def steps(self, rows: Sequence[Any], recipe: Recipe, *, epoch: int) -> list[list[int]]:
        """Return the optimiser steps of an epoch, as example indices."""

    def weight(self, rows: Sequence[Any]) -> float:
        """Return the divisor that turns the summed loss of these examples into a mean."""

    def parts(self, rows: Sequence[Any], tokens: int) -> Sequence[Sequence[Any]]:
        """Split the examples of a step into batches within the token budget."""

    def loss(self, rows: Sequence[Any]) -> Loss:
        """Compute the summed loss of one such batch."""

    def trained(self) -> dict[str, torch.Tensor]:
        """Return the weights that a checkpoint must contain."""

    def take(self, weights: Mapping[str, torch.Tensor]) -> None:
        """Load such weights."""

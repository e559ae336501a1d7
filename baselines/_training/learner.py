"""What the trainer needs of a network that learns: how its rows are ordered, cut and judged."""

from collections.abc import Mapping, Sequence
from typing import Any, Literal, NamedTuple, Protocol

import torch
from torch import nn

from bench.baselines._training.recipe import Recipe
from bench.baselines._training.token_budget import Budget

Mixed = Literal["", "bf16", "fp16"]
"""What products are computed in besides float32."""


class Loss(NamedTuple):
    """The sum of some rows' losses, their tokens, and those that went through the network."""

    total: torch.Tensor
    real: int
    processed: int


class Learner(Protocol):
    """A network with its rows, of whatever kind these are."""

    @property
    def network(self) -> nn.Module:
        """What is trained; what needs no gradient stays as it is."""

    @property
    def mixed(self) -> Mixed:
        """What products are computed in."""

    @property
    def budget(self) -> Budget:
        """Tokens that go through the network at once."""

    def steps(self, rows: Sequence[Any], recipe: Recipe, *, epoch: int) -> list[list[int]]:
        """The optimiser steps of an epoch, as row numbers."""

    def weight(self, rows: Sequence[Any]) -> float:
        """What the sum of these rows' losses is divided by for a mean."""

    def parts(self, rows: Sequence[Any], tokens: int) -> Sequence[Sequence[Any]]:
        """The rows of a step in parts that go through the network at once."""

    def loss(self, rows: Sequence[Any]) -> Loss:
        """Of one such part."""

    def trained(self) -> dict[str, torch.Tensor]:
        """The weights that a checkpoint must hold."""

    def take(self, weights: Mapping[str, torch.Tensor]) -> None:
        """Set them."""

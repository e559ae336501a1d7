"""What learns as few vectors instead of many matrices: an optimiser's step is then few steps, too,
and nobody goes through hundreds or thousands of modules for it."""

from collections.abc import Sequence
from typing import Self

import torch
from torch import nn

from bench.baselines._training.device_transfer import parted


class Whole(nn.Module):
    """A module of nothing but the vectors.

    Args:
        of: the network whose weights they are.
        vectors: by name; weight decay leaves out what is called `bias`.
    """

    def __init__(self, of: nn.Module, **vectors: nn.Parameter) -> None:
        super().__init__()
        for name, values in vectors.items():
            self.register_parameter(name, values)
        vars(self)["of"] = of  # no part of this module

    def train(self, mode: bool = True) -> Self:
        """Learn, or not: what is dropped in the network depends on it."""
        vars(self)["of"].train(mode)
        return super().train(mode)


class Vectors:
    """A network's weights as two vectors: those that decay, and biases and norms, which do not.
    The network's own weights become views of them.

    Args:
        network: on the device where it will learn.
    """

    def __init__(self, network: nn.Module) -> None:
        learnt = {name: p for name, p in network.named_parameters() if p.requires_grad}
        wide = {name for name in learnt if learnt[name].ndim > 1 and "bias" not in name}
        self.names = [[n for n in learnt if (n in wide) == decays] for decays in (True, False)]
        self.shapes = {name: values.shape for name, values in learnt.items()}
        kinds = [[learnt[name].detach().flatten() for name in names] for names in self.names]
        self.decaying, self.bias = (nn.Parameter(torch.cat(values)) for values in kinds)
        self.module = Whole(network, decaying=self.decaying, bias=self.bias)
        for name, view in self.views([self.decaying.detach(), self.bias.detach()]).items():
            learnt[name].data = view

    def views(self, vectors: Sequence[torch.Tensor]) -> dict[str, torch.Tensor]:
        """The weights by name, as views of vectors such as these."""
        found: dict[str, torch.Tensor] = {}
        for vector, names in zip(vectors, self.names, strict=True):
            parts = parted(vector, [self.shapes[name].numel() for name in names])
            found |= {n: part.view(self.shapes[n]) for n, part in zip(names, parts, strict=True)}
        return found

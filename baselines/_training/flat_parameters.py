"""Flatten all trainable parameters into a few contiguous vectors.

An optimiser step then launches a few kernels, and does not iterate over hundreds of modules.
"""

from collections.abc import Sequence
from typing import Self

import torch
from torch import nn

from bench.baselines._training.device_transfer import parted


class FlatParameters(nn.Module):
    """A module whose only parameters are the flat vectors.

    Args:
        of: the network whose parameters they hold.
        vectors: the vectors by name; weight decay skips the one named `bias`.
    """

    def __init__(self, of: nn.Module, **vectors: nn.Parameter) -> None:
        super().__init__()
        for name, values in vectors.items():
            self.register_parameter(name, values)
        vars(self)["of"] = of  # not registered as a submodule

    def train(self, mode: bool = True) -> Self:
        """Set the training mode of the network, too, since its dropout depends on it."""
        vars(self)["of"].train(mode)
        return super().train(mode)


class Vectors:
    """A network's trainable parameters as two vectors, with and without weight decay.

    Biases and norms are not decayed. The network's own parameters become views of the vectors.

    Args:
        network: the network, already on the device on which it is trained.
    """

    def __init__(self, network: nn.Module) -> None:
        learnt = {name: p for name, p in network.named_parameters() if p.requires_grad}
        wide = {name for name in learnt if learnt[name].ndim > 1 and "bias" not in name}
        self.names = [[n for n in learnt if (n in wide) == decays] for decays in (True, False)]
        self.shapes = {name: values.shape for name, values in learnt.items()}
        kinds = [[learnt[name].detach().flatten() for name in names] for names in self.names]
        self.decaying, self.bias = (nn.Parameter(torch.cat(values)) for values in kinds)
        self.module = FlatParameters(network, decaying=self.decaying, bias=self.bias)
        for name, view in self.views([self.decaying.detach(), self.bias.detach()]).items():
            learnt[name].data = view

    def views(self, vectors: Sequence[torch.Tensor]) -> dict[str, torch.Tensor]:
        """Return the parameters by name, as views of a pair of vectors laid out like these."""
        views: dict[str, torch.Tensor] = {}
        for vector, names in zip(vectors, self.names, strict=True):
            parts = parted(vector, [self.shapes[name].numel() for name in names])
            views |= {n: part.view(self.shapes[n]) for n, part in zip(names, parts, strict=True)}
        return views

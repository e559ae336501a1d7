"""Fused linear layers with LoRA adapters that read the same input, as one autograd function.

`bench.baselines._llama.kernels.lora` does this for a single layer. Here the low-rank products of
all layers are one product, and the input is saved only once.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

import torch
from peft.tuners.lora import LoraLayer
from torch import nn

from bench.baselines._llama.kernels.lora import plain, weights_of
from bench.baselines._training.device_transfer import parted


class _Part(NamedTuple):
    """One layer: its bias, its columns of the output, and its index among adapted layers."""

    bias: torch.Tensor | None
    out: slice
    adapter: int | None


class Linears:
    """Linear layers fused into one.

    Args:
        layers: plain or 4-bit linear layers, with or without an adapter, which read the same
            input. Their adapters have the same rank, scale and dropout. The weights of plain
            layers become views of one matrix.
    """

    def __init__(self, layers: Sequence[Any]) -> None:
        self.adapted: list[Any] = [layer for layer in layers if isinstance(layer, LoraLayer)]
        self.parts: list[_Part] = []
        self.width = self.numbers = 0
        bases: list[Any] = [plain(layer) for layer in layers]
        for layer, base in zip(layers, bases, strict=True):
            out = slice(self.width, self.width + base.out_features)
            place = self.adapted.index(layer) if layer in self.adapted else None
            self.parts.append(_Part(base.bias, out, place))
            self.width, self.numbers = out.stop, self.numbers + weight_size(base)
        self.adds = bool(self.adapted) or any(part.bias is not None for part in self.parts)
        self.weight = weights_of(bases)
        pairs = [_matrices(layer) for layer in self.adapted]
        self.matrices = [a for a, _ in pairs] + [b for _, b in pairs]
        self.size = sum(matrix.numel() for matrix in self.matrices)

    def bind_storage(self, values: torch.Tensor, copies: torch.Tensor) -> None:
        """Move the adapters' matrices into one vector.

        Args:
            values: (size,) becomes their storage.
            copies: (size,) the same values in the compute data type, used in the products.
        """
        shapes = [matrix.shape for matrix in self.matrices]
        for matrix, view in zip(self.matrices, _views(values, shapes), strict=True):
            view.copy_(matrix.detach())
            matrix.data = view
        count = len(self.adapted)
        self.a = copies[: sum(a.numel() for a in shapes[:count])].view(-1, shapes[0][1])
        self.b = _views(copies, shapes)[count:]
        self.shapes = shapes
        self.scale = float(next(iter(self.adapted[0].scaling.values())))

    @property
    def dropout(self) -> float:
        """Current dropout probability of the adapters' input; 0 outside training."""
        if not self.adapted or not self.adapted[0].training:
            return 0.0
        (dropout,) = self.adapted[0].lora_dropout.values()
        return float(getattr(dropout, "p", 0.0))

    def __call__(self, x: torch.Tensor, values: torch.Tensor | None) -> torch.Tensor:
        """Apply the layers; return (tokens, outputs of all layers, concatenated).

        Args:
            x: (tokens, in) the input.
            values: (size,) the adapters' flattened matrices, so that autograd computes their
                gradient; None without adapters.
        """
        outputs: torch.Tensor = _Apply.apply(x, self, values)  # type: ignore[no-untyped-call]
        return outputs


def weight_size(layer: Any) -> int:
    """Return the number of weights of a layer."""
    return int(layer.in_features * layer.out_features)


def _views(values: torch.Tensor, shapes: Sequence[torch.Size]) -> list[torch.Tensor]:
    """Return views of consecutive parts of a vector as matrices."""
    parts = parted(values, [shape.numel() for shape in shapes])
    return [part.view(shape) for part, shape in zip(parts, shapes, strict=True)]


def _matrices(layer: Any) -> tuple[nn.Parameter, nn.Parameter]:
    (name,) = layer.active_adapters
    return layer.lora_A[name].weight, layer.lora_B[name].weight


class _Apply(torch.autograd.Function):
    """Autograd function of `Linears`.

    The low-rank products come first, and the large product is accumulated onto them: adding them
    afterwards would take another pass over memory.
    """

    @staticmethod
    def forward(ctx: Any, x: torch.Tensor, group: Linears, values: Any) -> torch.Tensor:
        out = x.new_empty(len(x), group.width)
        low_rank = mask = None
        rows, p = x, group.dropout
        if group.adapted:
            if p:
                rows, mask = torch.native_dropout(x, p, True)
            low_rank = rows.new_empty(len(rows), len(group.a))
            low_rank.addmm_(rows, group.a.T, beta=0, alpha=group.scale)
        if group.adds:
            for part in group.parts:
                _begin(out[:, part.out], low_rank, group, part)
        out.addmm_(x, group.weight().T, beta=int(group.adds))
        ctx.save_for_backward(rows if group.adapted else None, low_rank, mask)
        ctx.group, ctx.p = group, p
        return out

    @staticmethod
    def backward(ctx: Any, upstream: torch.Tensor) -> Any:
        rows, low_rank, mask = ctx.saved_tensors
        group: Linears = ctx.group
        to_x = gradient = None
        if group.adapted:
            gradient = torch.empty(group.size, dtype=torch.float32, device=upstream.device)
            views = _views(gradient, group.shapes)
            inner = torch.empty_like(low_rank)
            for part in group.parts:
                if (place := part.adapter) is None:
                    continue
                part_gradient, scale = upstream[:, part.out], group.scale
                _columns(inner, group, place).addmm_(
                    part_gradient, group.b[place], beta=0, alpha=scale
                )
                _product(
                    part_gradient.T,
                    _columns(low_rank, group, place),
                    views[len(group.adapted) + place],
                )
            _product(inner.T, rows, gradient[: group.a.numel()].view_as(group.a))
            if ctx.needs_input_grad[0]:
                to_x = inner @ group.a
                if mask is not None:
                    to_x.mul_(mask).mul_(1 / (1 - ctx.p))
        if ctx.needs_input_grad[0]:
            weight = group.weight()
            to_x = upstream @ weight if to_x is None else to_x.addmm_(upstream, weight)
        return to_x, None, gradient


def _begin(out: torch.Tensor, low_rank: Any, group: Linears, part: _Part) -> None:
    """Initialise a layer's output with its low-rank product and its bias, or with zeros."""
    if part.adapter is not None:
        product, b = _columns(low_rank, group, part.adapter), group.b[part.adapter]
        if part.bias is None:
            torch.mm(product, b.T, out=out)
        else:
            torch.addmm(part.bias, product, b.T, out=out)
    elif part.bias is not None:
        out.copy_(part.bias)
    else:
        out.zero_()


def _columns(low_rank: torch.Tensor, group: Linears, place: int) -> torch.Tensor:
    """Return the columns that belong to one adapter."""
    rank = group.b[place].shape[1]
    return low_rank[:, rank * place : rank * (place + 1)]


def _product(left: torch.Tensor, right: torch.Tensor, to: torch.Tensor) -> None:
    """Write a matrix product in float32, the data type in which gradients are accumulated."""
    if left.device.type == "cuda" and left.dtype != torch.float32:
        torch.mm(left, right, out_dtype=torch.float32, out=to)
    else:
        to.copy_(left @ right)

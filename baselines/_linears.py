"""Linear layers that read the same input, with their adapters, in one step forward and one back.

`bench.baselines._lora` does this for one layer. Here the low-rank parts of all of them are one
product, and what goes in is kept once.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

import torch
from peft.tuners.lora import LoraLayer
from torch import nn

from bench.baselines._lora import Weight, plain, weight_of
from bench.baselines._sent import parted


class _Part(NamedTuple):
    """One layer: its columns of the result, and of the low-rank product if it has an adapter."""

    weight: Weight
    bias: torch.Tensor | None
    out: slice
    adapter: int | None


class Linears:
    """Some layers as one.

    Args:
        layers: linear, plain or in 4 bits, with an adapter or without; all read the same input.
            Their adapters have one rank, one scale and one dropout.
    """

    def __init__(self, layers: Sequence[Any]) -> None:
        self.adapted: list[Any] = [layer for layer in layers if isinstance(layer, LoraLayer)]
        self.parts: list[_Part] = []
        self.width = self.numbers = 0
        for layer in layers:
            base: Any = plain(layer)
            weight = weight_of(base)
            assert weight is not None
            out = slice(self.width, self.width + base.out_features)
            place = self.adapted.index(layer) if layer in self.adapted else None
            self.parts.append(_Part(weight, base.bias, out, place))
            self.width, self.numbers = out.stop, self.numbers + weight_size(base)
        pairs = [_matrices(layer) for layer in self.adapted]
        self.matrices = [a for a, _ in pairs] + [b for _, b in pairs]
        self.size = sum(matrix.numel() for matrix in self.matrices)

    def settle(self, values: torch.Tensor, copies: torch.Tensor) -> None:
        """Let the adapters' matrices lie one behind the other.

        Args:
            values: (size,) becomes their memory.
            copies: (size,) what products are computed with: the same values in their format.
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
        """Share of the adapters' input that is dropped now."""
        if not self.adapted or not self.adapted[0].training:
            return 0.0
        (found,) = self.adapted[0].lora_dropout.values()
        return float(getattr(found, "p", 0.0))

    def __call__(self, x: torch.Tensor, values: torch.Tensor | None) -> torch.Tensor:
        """(rows, in) to (rows, all their outputs, one behind the other).

        Args:
            x: what goes in.
            values: (size,) the adapters' matrices, for the sake of their gradient; None: there
                are none.
        """
        found: torch.Tensor = _Apply.apply(x, self, values)  # type: ignore[no-untyped-call]
        return found


def weight_size(layer: Any) -> int:
    """Numbers in a layer's weights."""
    return int(layer.in_features * layer.out_features)


def _views(values: torch.Tensor, shapes: Sequence[torch.Size]) -> list[torch.Tensor]:
    """A vector as matrices."""
    parts = parted(values, [shape.numel() for shape in shapes])
    return [part.view(shape) for part, shape in zip(parts, shapes, strict=True)]


def _matrices(layer: Any) -> tuple[nn.Parameter, nn.Parameter]:
    (name,) = layer.active_adapters
    return layer.lora_A[name].weight, layer.lora_B[name].weight


class _Apply(torch.autograd.Function):
    """See `Linears`."""

    @staticmethod
    def forward(ctx: Any, x: torch.Tensor, group: Linears, values: Any) -> torch.Tensor:
        out = x.new_empty(len(x), group.width)
        low = mask = None
        rows, p = x, group.dropout
        if group.adapted:
            if p:
                rows, mask = torch.native_dropout(x, p, True)
            low = rows.new_empty(len(rows), len(group.a))
            low.addmm_(rows, group.a.T, beta=0, alpha=group.scale)
        for part in group.parts:
            mine = out[:, part.out]
            if part.bias is None:
                torch.mm(x, part.weight().T, out=mine)
            else:
                torch.addmm(part.bias, x, part.weight().T, out=mine)
            if low is not None and part.adapter is not None:
                b = group.b[part.adapter]
                mine.addmm_(_columns(low, group, part.adapter), b.T)
        ctx.save_for_backward(rows if group.adapted else None, low, mask)
        ctx.group, ctx.p, ctx.width = group, p, x.shape[1]
        return out

    @staticmethod
    def backward(ctx: Any, given: torch.Tensor) -> Any:
        rows, low, mask = ctx.saved_tensors
        group: Linears = ctx.group
        to_x = None
        if ctx.needs_input_grad[0]:
            to_x = given.new_empty(len(given), ctx.width)
            for i, part in enumerate(group.parts):
                to_x.addmm_(given[:, part.out], part.weight(), beta=min(i, 1))
        if not group.adapted:
            return to_x, None, None
        gradient = torch.empty(group.size, dtype=torch.float32, device=given.device)
        views = _views(gradient, group.shapes)
        inner = torch.empty_like(low)
        for part in group.parts:
            if (place := part.adapter) is None:
                continue
            mine = given[:, part.out]
            _columns(inner, group, place).addmm_(mine, group.b[place], beta=0, alpha=group.scale)
            _product(mine.T, _columns(low, group, place), views[len(group.adapted) + place])
        _product(inner.T, rows, gradient[: group.a.numel()].view_as(group.a))
        if to_x is not None:
            if mask is None:
                to_x.addmm_(inner, group.a)
            else:
                to_x.add_((inner @ group.a).mul_(mask), alpha=1 / (1 - ctx.p))
        return to_x, None, gradient


def _columns(low: torch.Tensor, group: Linears, place: int) -> torch.Tensor:
    """Those of one adapter."""
    rank = group.b[place].shape[1]
    return low[:, rank * place : rank * (place + 1)]


def _product(one: torch.Tensor, other: torch.Tensor, to: torch.Tensor) -> None:
    """In float32, as gradients are added up."""
    if one.device.type == "cuda" and one.dtype != torch.float32:
        torch.mm(one, other, out_dtype=torch.float32, out=to)
    else:
        to.copy_(one @ other)

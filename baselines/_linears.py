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


class _Part(NamedTuple):
    """One layer: its columns of the result, and of the low-rank product if it has an adapter."""

    weight: Weight
    bias: torch.Tensor | None
    out: slice
    low: slice | None


class Linears:
    """Some layers as one.

    Args:
        layers: linear, plain or in 4 bits, with an adapter or without; all read the same input.
            Their adapters have one rank, one scale and one dropout.
        dtype: what products are computed in.
    """

    def __init__(self, layers: Sequence[Any], dtype: torch.dtype) -> None:
        self.layers = layers
        self.parts: list[_Part] = []
        self.width = 0
        adapted: list[Any] = [layer for layer in layers if isinstance(layer, LoraLayer)]
        self.pairs = [_matrices(layer) for layer in adapted]
        self.parameters = [matrix for pair in self.pairs for matrix in pair]
        rank = len(self.pairs[0][0]) if self.pairs else 0
        for layer in layers:
            low = None
            if isinstance(layer, LoraLayer):
                at = adapted.index(layer)
                low = slice(rank * at, rank * (at + 1))
            self._append(layer, low)
        if adapted:
            self.scale = float(next(iter(adapted[0].scaling.values())))
            self._shadows(rank, dtype)

    def _append(self, layer: Any, low: slice | None) -> None:
        base: Any = plain(layer)
        weight = weight_of(base)
        assert weight is not None
        out = slice(self.width, self.width + base.out_features)
        self.parts.append(_Part(weight, base.bias, out, low))
        self.width = out.stop

    def _shadows(self, rank: int, dtype: torch.dtype) -> None:
        # The adapters' matrices in the format of the products, each kind in one piece.
        first, device = self.pairs[0][0], self.pairs[0][0].device
        outs = [len(b) for _, b in self.pairs]
        self.a = torch.empty(rank * len(self.pairs), first.shape[1], dtype=dtype, device=device)
        b = torch.empty(sum(outs), rank, dtype=dtype, device=device)
        self.b = list(b.split(outs))
        self.copies = [m for pair in zip(self.a.split(rank), self.b, strict=True) for m in pair]

    @property
    def numbers(self) -> int:
        """Of the layers' weights."""
        bases: list[Any] = [plain(layer) for layer in self.layers]
        return sum(base.in_features * base.out_features for base in bases)

    @property
    def dropout(self) -> float:
        """Share of the adapters' input that is dropped now."""
        for layer in self.layers:
            if isinstance(layer, LoraLayer) and layer.training:  # type: ignore[attr-defined]
                (found,) = layer.lora_dropout.values()
                return float(getattr(found, "p", 0.0))
        return 0.0

    def __call__(self, x: torch.Tensor) -> torch.Tensor:
        """(rows, in) to (rows, all their outputs, one behind the other)."""
        found: torch.Tensor = _Apply.apply(x, self, *self.parameters)  # type: ignore[no-untyped-call]
        return found


def refresh(groups: Sequence[Linears]) -> None:
    """Take over what their adapters' matrices are now."""
    known = [group for group in groups if group.pairs]
    copies = [copy for group in known for copy in group.copies]
    values = [matrix.detach() for group in known for matrix in group.parameters]
    if copies:
        torch._foreach_copy_(copies, values)


def _matrices(layer: Any) -> tuple[nn.Parameter, nn.Parameter]:
    (name,) = layer.active_adapters
    return layer.lora_A[name].weight, layer.lora_B[name].weight


class _Apply(torch.autograd.Function):
    """See `Linears`. The matrices are given for the sake of their gradients."""

    @staticmethod
    def forward(ctx: Any, x: torch.Tensor, group: Linears, *matrices: torch.Tensor) -> torch.Tensor:
        out = x.new_empty(len(x), group.width)
        low = mask = None
        rows, p = x, 0.0
        if group.pairs:
            p = group.dropout
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
            if low is not None and part.low is not None:
                mine.addmm_(low[:, part.low], group.b[_place(group, part)].T)
        ctx.save_for_backward(rows, low, mask)
        ctx.group, ctx.p = group, p
        return out

    @staticmethod
    def backward(ctx: Any, given: torch.Tensor) -> Any:
        rows, low, mask = ctx.saved_tensors
        group: Linears = ctx.group
        to_x = None
        if ctx.needs_input_grad[0]:
            to_x = given.new_empty(len(given), rows.shape[1])
            for i, part in enumerate(group.parts):
                to_x.addmm_(given[:, part.out], part.weight(), beta=min(i, 1))
        if not group.pairs:
            return to_x, None
        inner = torch.empty_like(low)
        found: list[torch.Tensor] = []
        for part in group.parts:
            if part.low is None:
                continue
            mine = given[:, part.out]
            b = group.b[_place(group, part)]
            inner[:, part.low].addmm_(mine, b, beta=0, alpha=group.scale)
            found.append(_product(mine.T, low[:, part.low]))
        to_a = _product(inner.T, rows).chunk(len(group.pairs))
        if to_x is not None:
            if mask is None:
                to_x.addmm_(inner, group.a)
            else:
                to_x.add_((inner @ group.a).mul_(mask), alpha=1 / (1 - ctx.p))
        return to_x, None, *(m for pair in zip(to_a, found, strict=True) for m in pair)


def _place(group: Linears, part: _Part) -> int:
    """Which of the adapters a layer's is."""
    assert part.low is not None
    return part.low.start // (part.low.stop - part.low.start)


def _product(one: torch.Tensor, other: torch.Tensor) -> torch.Tensor:
    """In float32, as gradients are added up."""
    if one.device.type == "cuda" and one.dtype != torch.float32:
        return torch.mm(one, other, out_dtype=torch.float32)
    return (one @ other).float()

"""Fused LoRA layers, as one autograd function each.

PEFT's own layer computes ``W x + s B (A x)`` in five operations, each of which saves its result for
the backward pass. Here the low-rank part is accumulated within a matrix product, and only inputs
are saved; quantised weights are dequantised again in the backward pass. The result is the same.
"""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import torch
from peft import PeftModel
from peft.tuners.lora import LoraLayer
from torch import nn
from torch.nn import functional

from bench.baselines._training.device_transfer import parted
from bench.baselines._training.precision import takes_kernels

Weight = Callable[[], torch.Tensor]
"""Function that returns a frozen layer's (out, in) weights, dequantised."""


def fuse(network: PeftModel) -> None:
    """Use the fused computation in an adapter's layers with a plain or 4-bit base layer."""
    for layer in network.modules():
        if isinstance(layer, LoraLayer) and (weight := weight_of(layer.get_base_layer())):
            layer.forward = partial(_forward, layer, weight)


def unfuse(network: PeftModel) -> None:
    """Restore the library's own computation in all adapter layers."""
    for layer in network.modules():
        if isinstance(layer, LoraLayer):
            vars(layer).pop("forward", None)


def plain(layer: nn.Module) -> nn.Module:
    """Return a layer without its adapter."""
    return layer.get_base_layer() if isinstance(layer, LoraLayer) else layer


def weight_of(base: nn.Module) -> Weight | None:
    """Return access to the weights of a plain or 4-bit layer; None for other kinds of layers."""
    if type(base) is nn.Linear:
        return lambda: base.weight
    if type(base).__name__ != "Linear4bit":
        return None
    from bitsandbytes.functional import dequantize_4bit

    held: Any = base.weight
    if _has_kernel(held):
        from bench.baselines._llama.kernels.triton_launch import four_bits

        return lambda: four_bits(held.data, held.quant_state)

    def dequantised() -> torch.Tensor:
        values: torch.Tensor = dequantize_4bit(held.data, held.quant_state)
        return values

    return dequantised


def weights_of(bases: Sequence[Any]) -> Weight:
    """Return access to the concatenated weights of several layers, (all out, in).

    `weight_of` must support the layers. The weights of plain layers become views of one matrix.
    """
    accessors: list[Any] = [weight_of(base) for base in bases]
    assert None not in accessors
    if len(bases) == 1:
        accessor: Weight = accessors[0]
        return accessor
    if all(type(base) is nn.Linear for base in bases):
        known = _joined(bases)
        matrix = _join(bases) if known is None else known
        return lambda: matrix
    held: list[Any] = [base.weight for base in bases]
    if not all(map(_has_kernel, held)):
        return lambda: torch.cat([weight() for weight in accessors])
    from bench.baselines._llama.kernels.triton_launch import four_bits

    def dequantised() -> torch.Tensor:
        height, kind = sum(base.out_features for base in bases), held[0].quant_state.dtype
        out = torch.empty(height, bases[0].in_features, dtype=kind, device=held[0].device)
        parts = parted(out, [base.out_features for base in bases])
        for values, part in zip(held, parts, strict=True):
            four_bits(values.data, values.quant_state, part)
        return out

    return dequantised


def _joined(bases: Sequence[nn.Linear]) -> torch.Tensor | None:
    """Return the matrix that plain layers' weights are already views of; None if there is none.

    There is one if the layers were fused before, with another adapter.
    """
    weights = [base.weight.detach() for base in bases]
    first, known = weights[0], weights[0].untyped_storage()
    if known.nbytes() != sum(weight.nbytes for weight in weights):
        return None
    ends = [weight.data_ptr() for weight in weights[1:]] + [known.data_ptr() + known.nbytes()]
    if any(w.data_ptr() + w.nbytes != end for w, end in zip(weights, ends, strict=True)):
        return None
    return first.as_strided((sum(map(len, weights)), first.shape[1]), (first.shape[1], 1))


def _join(bases: Sequence[nn.Linear]) -> torch.Tensor:
    matrix = torch.cat([base.weight.detach() for base in bases])
    sizes = [base.out_features for base in bases]
    for base, part in zip(bases, parted(matrix, sizes), strict=True):
        base.weight.data = part
    if matrix.is_cuda:
        torch.cuda.empty_cache()  # the freed blocks are too small for the next joined matrix
    return matrix


def _has_kernel(held: Any) -> bool:
    """Return true if our own kernel can dequantise 4-bit weights."""
    state = getattr(held, "quant_state", None)
    return state is not None and takes_kernels(held.device) and state.nested


def _forward(layer: Any, weight: Weight, x: torch.Tensor) -> torch.Tensor:
    (name,) = layer.active_adapters
    base, scale = layer.get_base_layer(), layer.scaling[name]
    a, b = layer.lora_A[name].weight, layer.lora_B[name].weight
    if not torch.is_grad_enabled():
        out: torch.Tensor = base(x)
        low_rank = functional.linear(x, a.to(x.dtype))
        return (
            out.flatten(0, -2)
            .addmm_(low_rank.flatten(0, -2), b.to(out.dtype).T, alpha=scale)
            .view_as(out)
        )
    dropped = layer.lora_dropout[name](x) if layer.training else x
    result: torch.Tensor = _Lora.apply(x, dropped, a, b, base.bias, weight, scale)  # type: ignore[no-untyped-call]
    return result


class _Lora(torch.autograd.Function):
    """Frozen layer applied to ``x``, plus LoRA applied to ``dropped``; both are (..., in)."""

    @staticmethod
    def forward(
        ctx: Any,
        x: torch.Tensor,
        dropped: torch.Tensor,
        a: torch.Tensor,
        b: torch.Tensor,
        bias: torch.Tensor | None,
        weight: Weight,
        scale: float,
    ) -> torch.Tensor:
        out = functional.linear(x, weight(), bias)
        rows = dropped.flatten(0, -2)
        low_rank = rows @ a.to(rows.dtype).T
        out.flatten(0, -2).addmm_(low_rank, b.to(rows.dtype).T, alpha=scale)
        ctx.save_for_backward(rows, low_rank, a, b)
        ctx.weight, ctx.scale, ctx.same = weight, scale, dropped is x
        return out

    @staticmethod
    def backward(ctx: Any, gradient: torch.Tensor) -> Any:
        rows, low_rank, a, b = ctx.saved_tensors
        flat_gradient = gradient.flatten(0, -2)
        inner = (flat_gradient @ b.to(flat_gradient.dtype)).mul_(ctx.scale)
        to_a = (inner.T @ rows).to(a.dtype)
        to_b = (flat_gradient.T @ low_rank).mul_(ctx.scale).to(b.dtype)
        to_x = to_dropped = None
        if ctx.needs_input_grad[0]:
            to_x = flat_gradient @ ctx.weight()
            if ctx.same:
                to_x.addmm_(inner, a.to(flat_gradient.dtype))
            to_x = to_x.view(*gradient.shape[:-1], -1)
        if ctx.needs_input_grad[1] and not ctx.same:
            to_dropped = (inner @ a.to(flat_gradient.dtype)).view(*gradient.shape[:-1], -1)
        return to_x, to_dropped, to_a, to_b, None, None, None

"""Fused operations between the matrix products of a Llama block, with their gradients.

On a GPU each is one pass over memory (`bench.baselines._llama.kernels.triton_launch`); on a CPU
the same is computed in torch.
"""

from types import ModuleType
from typing import Any

import torch
from torch.nn import functional

from bench.baselines._llama.kernels.attention_blocks import Blocks

Pair = tuple[torch.Tensor, torch.Tensor]
Three = tuple[torch.Tensor, torch.Tensor, torch.Tensor]


def norm(x: torch.Tensor, delta: torch.Tensor | None, weight: torch.Tensor, eps: float) -> Pair:
    """Return `x + delta`, and its RMSNorm scaled by `weight` (Zhang and Sennrich, 2019).

    `x`, `delta` and both results are (tokens, size). The weight gets no gradient.
    """
    result: Pair = _Norm.apply(x, delta, weight, eps)  # type: ignore[no-untyped-call]
    return result


def gate(gate_up: torch.Tensor) -> torch.Tensor:
    """Return the SwiGLU `silu(a) * b` of (tokens, 2 size), `a` the first half (Shazeer, 2020)."""
    result: torch.Tensor = _Gate.apply(gate_up)  # type: ignore[no-untyped-call]
    return result


def heads(
    qkv: torch.Tensor, rotary: Pair, counts: tuple[int, int], copied: Blocks | None = None
) -> Three:
    """Split queries, keys and values, and apply rotary embeddings (Su et al., RoFormer, 2021).

    Args:
        qkv: (tokens, (query heads + 2 key heads) * size).
        rotary: cosines and sines of the rotary embedding, each (tokens, size).
        counts: number of query heads, and of key heads.
        copied: key and value blocks to append as copies; only on a GPU.

    Returns:
        Queries, keys and values, each (tokens, heads, size); copies follow the keys and values.
    """
    result: Three = _Heads.apply(qkv, *rotary, counts, copied)  # type: ignore[no-untyped-call]
    return result


def _kernels(values: torch.Tensor) -> ModuleType | None:
    if values.device.type != "cuda":
        return None
    from bench.baselines._llama.kernels import (
        triton_launch as _launches,  # Triton comes with torch for GPUs only
    )

    return _launches


class _Norm(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, x: Any, delta: Any, weight: Any, eps: float) -> Pair:
        if kernels := _kernels(x):
            total, normed, scale = kernels.norm(x, delta, weight, eps)
        else:
            total = x if delta is None else x + delta
            wide = total.float()
            scale = torch.rsqrt(wide.pow(2).mean(-1) + eps)
            normed = weight * (wide * scale[:, None]).to(x.dtype)
        ctx.save_for_backward(total, weight, scale)
        ctx.added = delta is not None
        ctx.set_materialize_grads(False)
        if delta is None:
            total = total.view_as(total)
        return total, normed

    @staticmethod
    def backward(ctx: Any, d_total: Any, d_normed: Any) -> Any:
        total, weight, scale = ctx.saved_tensors
        if d_normed is None:
            gradient = d_total
        elif kernels := _kernels(total):
            further = None if d_total is None else d_total.contiguous()
            gradient = kernels.norm_back(d_normed.contiguous(), further, total, weight, scale)
        else:
            unit = total.float() * scale[:, None]
            scaled = d_normed.float() * weight.float()
            wide = scale[:, None] * (scaled - unit * (scaled * unit).mean(-1, keepdim=True))
            gradient = (wide if d_total is None else wide + d_total.float()).to(total.dtype)
        return gradient, gradient if ctx.added else None, None, None


class _Gate(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, gate_up: torch.Tensor) -> torch.Tensor:
        ctx.save_for_backward(gate_up)
        if kernels := _kernels(gate_up):
            result: torch.Tensor = kernels.gate(gate_up)
            return result
        a, b = gate_up.chunk(2, dim=-1)
        return functional.silu(a) * b

    @staticmethod
    def backward(ctx: Any, gradient: torch.Tensor) -> Any:
        (gate_up,) = ctx.saved_tensors
        if kernels := _kernels(gate_up):
            return kernels.gate_back(gradient.contiguous(), gate_up)
        a, b = gate_up.chunk(2, dim=-1)
        sigmoid = torch.sigmoid(a)
        return torch.cat(
            [gradient * b * sigmoid * (1 + a * (1 - sigmoid)), gradient * a * sigmoid], dim=-1
        )


class _Heads(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, qkv: Any, cos: Any, sin: Any, counts: Any, copied: Any) -> Three:
        copies = None if copied is None else copied.copies
        ctx.save_for_backward(cos, sin, copies)
        ctx.counts = counts
        if kernels := _kernels(qkv):
            keys = len(qkv) if copied is None else copied.keys
            result: Three = kernels.heads(qkv, (cos, sin), counts, copies, keys)
            return result
        nq, nk = counts
        all_ = qkv.view(len(qkv), nq + 2 * nk, -1)
        rotated = _rotate(all_[:, : nq + nk], cos, sin)
        return rotated[:, :nq].clone(), rotated[:, nq:].clone(), all_[:, nq + nk :].clone()

    @staticmethod
    def backward(ctx: Any, *gradients: torch.Tensor) -> Any:
        cos, sin, copies = ctx.saved_tensors
        if kernels := _kernels(cos):
            gradient = kernels.heads_back(gradients, (cos, sin), ctx.counts, copies)
            return gradient, None, None, None, None
        dq, dk, dv = gradients
        rotated = torch.cat([dq, dk], dim=1)
        # The transpose of the rotation: the halves of the sine term swap, with opposite sign.
        back = rotated * cos[:, None] - _rotate_half(rotated * sin[:, None])
        return torch.cat([back, dv], dim=1).flatten(1), None, None, None, None


def _rotate(x: torch.Tensor, cos: torch.Tensor, sin: torch.Tensor) -> torch.Tensor:
    return x * cos[:, None] + _rotate_half(x) * sin[:, None]


def _rotate_half(x: torch.Tensor) -> torch.Tensor:
    a, b = x.chunk(2, dim=-1)
    return torch.cat([-b, a], dim=-1)

"""Launch the Triton kernels for the operations between the matrix products of a Llama block."""

from typing import Any

import torch
import triton

from bench.baselines._llama.kernels import triton_kernels as _kernels
from bench.baselines._llama.kernels.attention_blocks import SIZE

Pair = tuple[torch.Tensor, torch.Tensor]
HEADS = 8
"""Attention heads rotated (RoPE) per Triton program."""
WIDE = 2048
"""SwiGLU outputs computed per Triton program."""
BYTES = 2048
"""Bytes of 4-bit weights dequantised per Triton program."""


def norm(
    x: torch.Tensor, delta: torch.Tensor | None, weight: torch.Tensor, eps: float
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Return the sum, its RMSNorm, and the (tokens,) reciprocal root mean squares.

    See `bench.baselines._llama.kernels.pointwise.norm`.
    """
    rows, n = x.shape
    total = x if delta is None else torch.empty_like(x)
    normed = torch.empty_like(x)
    scale = torch.empty(rows, dtype=torch.float32, device=x.device)
    given = x if delta is None else delta
    _kernels.norm[(rows,)](
        x,
        given,
        weight,
        total,
        normed,
        scale,
        n,
        eps,
        ADDED=delta is not None,
        WIDE=triton.next_power_of_2(n),
        num_warps=8,
    )
    return total, normed, scale


def norm_back(
    d_normed: torch.Tensor,
    d_total: torch.Tensor | None,
    total: torch.Tensor,
    weight: torch.Tensor,
    scale: torch.Tensor,
) -> torch.Tensor:
    """Return the gradient of `norm` with respect to `x`, and equally to `delta`."""
    rows, n = total.shape
    out = torch.empty_like(total)
    other = d_normed if d_total is None else d_total
    _kernels.norm_back[(rows,)](
        d_normed,
        other,
        total,
        weight,
        scale,
        out,
        n,
        ADDED=d_total is not None,
        WIDE=triton.next_power_of_2(n),
        num_warps=8,
    )
    return out


def gate(both: torch.Tensor) -> torch.Tensor:
    """Compute SwiGLU; see `bench.baselines._llama.kernels.pointwise.gate`."""
    rows, n = both.shape[0], both.shape[1] // 2
    out = both.new_empty(rows, n)
    _kernels.gate[(rows, triton.cdiv(n, WIDE))](both, out, n, WIDE=WIDE, num_warps=8)
    return out


def gate_back(given: torch.Tensor, both: torch.Tensor) -> torch.Tensor:
    """Return the gradient of `gate`."""
    rows, n = given.shape
    out = torch.empty_like(both)
    _kernels.gate_back[(rows, triton.cdiv(n, WIDE))](given, both, out, n, WIDE=WIDE, num_warps=8)
    return out


def heads(
    qkv: torch.Tensor, turn: Pair, counts: tuple[int, int], copies: torch.Tensor | None, keys: int
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Split queries, keys and values, and apply rotary embeddings; each is (tokens, heads, size).

    Keys and values have `keys` tokens, including copies. See
    `bench.baselines._llama.kernels.pointwise.heads`.
    """
    (rows, width), (nq, nk) = qkv.shape, counts
    size = width // (nq + 2 * nk)
    q, k, v = (qkv.new_empty(r, n, size) for r, n in ((rows, nq), (keys, nk), (keys, nk)))
    _kernels.heads[_heads_grid(rows, counts)](
        qkv,
        q,
        k,
        v,
        *_turning(turn, counts, copies),
        **_steps(size, copies),
    )
    return q, k, v


def heads_back(
    gradients: Any, turn: Pair, counts: tuple[int, int], copies: torch.Tensor | None
) -> torch.Tensor:
    """Return the gradient of `heads`.

    The incoming gradients are (tokens, heads, size), with any strides of the first two dimensions.
    """
    dq, dk, dv = (g if g.stride(-1) == 1 else g.contiguous() for g in gradients)
    (rows, _, size), (nq, nk) = dq.shape, counts
    out: torch.Tensor = dq.new_empty(rows, (nq + 2 * nk) * size)
    _kernels.heads_back[_heads_grid(rows, counts)](
        dq,
        dk,
        dv,
        out,
        *_turning(turn, counts, copies),
        *(s for g in (dq, dk, dv) for s in g.stride()[:2]),
        **_steps(size, copies),
    )
    return out


def _heads_grid(rows: int, counts: tuple[int, int]) -> tuple[int, int]:
    return rows, triton.cdiv(counts[0] + 2 * counts[1], HEADS)


def _turning(turn: Pair, counts: tuple[int, int], copies: torch.Tensor | None) -> tuple[Any, ...]:
    """Return the arguments common to both kernels; without copies theirs is a dummy, not read."""
    return (*turn, turn[0] if copies is None else copies, *counts)


def _steps(size: int, copies: torch.Tensor | None) -> dict[str, int]:
    return {"HEADS": HEADS, "HALF": size // 2, "BLOCK": 0 if copies is None else SIZE}


def four_bits(packed: torch.Tensor, state: Any, out: torch.Tensor | None = None) -> torch.Tensor:
    """Dequantise 4-bit weights with double quantisation in one pass, exactly as bitsandbytes does.

    Args:
        packed: two values per byte.
        state: the nested `QuantState` of bitsandbytes.
        out: contiguous output tensor; None to allocate one.
    """
    if out is None:
        out = torch.empty(state.shape, dtype=state.dtype, device=packed.device)
    inner = state.state2
    _kernels.four_bits[(triton.cdiv(packed.numel(), BYTES),)](
        packed,
        state.absmax,
        inner.code,
        inner.absmax,
        state.offset,
        state.code,
        out,
        packed.numel(),
        PER=state.blocksize // 2,
        PER_SCALE=inner.blocksize,
        BYTES=BYTES,
        # Fused multiply-add would keep digits of a scale that the library rounds away.
        enable_fp_fusion=False,
    )
    return out

"""Starts Triton's kernels for what a Llama block does between its matrix products."""

from typing import Any

import torch
import triton

from bench.baselines._llama.kernels import triton_kernels as _kernels
from bench.baselines._llama.kernels.attention_blocks import SIZE

Pair = tuple[torch.Tensor, torch.Tensor]
HEADS = 8
"""Heads that one program turns."""
WIDE = 2048
"""Numbers that one program gates."""
BYTES = 2048
"""Of 4-bit values, that one program dequantises."""


def norm(
    x: torch.Tensor, delta: torch.Tensor | None, weight: torch.Tensor, eps: float
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """See `bench.baselines._llama.kernels.pointwise.norm`; the sum, the normed, each row's
    factor."""
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
    """Its gradient."""
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
    """See `bench.baselines._llama.kernels.pointwise.gate`."""
    rows, n = both.shape[0], both.shape[1] // 2
    out = both.new_empty(rows, n)
    _kernels.gate[(rows, triton.cdiv(n, WIDE))](both, out, n, WIDE=WIDE, num_warps=8)
    return out


def gate_back(given: torch.Tensor, both: torch.Tensor) -> torch.Tensor:
    """Its gradient."""
    rows, n = given.shape
    out = torch.empty_like(both)
    _kernels.gate_back[(rows, triton.cdiv(n, WIDE))](given, both, out, n, WIDE=WIDE, num_warps=8)
    return out


def heads(
    qkv: torch.Tensor, turn: Pair, counts: tuple[int, int], copies: torch.Tensor | None, keys: int
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """See `bench.baselines._llama.kernels.pointwise.heads`; each (rows, heads, size), keys and
    values of `keys` rows."""
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
    """Its gradient; what comes in is (rows, heads, size), with any strides but the last."""
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
    """What both ways are given; without copies the kernel looks at none."""
    return (*turn, turn[0] if copies is None else copies, *counts)


def _steps(size: int, copies: torch.Tensor | None) -> dict[str, int]:
    return {"HEADS": HEADS, "HALF": size // 2, "BLOCK": 0 if copies is None else SIZE}


def four_bits(packed: torch.Tensor, state: Any, out: torch.Tensor | None = None) -> torch.Tensor:
    """Values of 4 bits with scales that are quantised themselves, dequantised as bitsandbytes does,
    in one pass.

    Args:
        packed: two values a byte.
        state: the library's `QuantState`, nested.
        out: where to, contiguous; None: somewhere new.
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
        # Or a scale would keep digits that the library rounds away.
        enable_fp_fusion=False,
    )
    return out

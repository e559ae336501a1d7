"""Triton kernels for the operations between the matrix products of a Llama block, and for 4-bit
dequantisation, each in one pass over memory.

`bench.baselines._llama.kernels.triton_launch` launches them, and
`bench.baselines._llama.kernels.pointwise` defines the operations.
"""

import triton
import triton.language as tl


@triton.jit
def norm(x, delta, weight, total, normed, scale, n, eps, ADDED: tl.constexpr, WIDE: tl.constexpr):
    row = tl.program_id(0).to(tl.int64)
    at = tl.arange(0, WIDE)
    inside = at < n
    value = tl.load(x + row * n + at, mask=inside, other=0.0).to(tl.float32)
    if ADDED:
        value += tl.load(delta + row * n + at, mask=inside, other=0.0).to(tl.float32)
        # Rounded as stored: the norm must be that of the residual stream the next block reads.
        value = value.to(total.dtype.element_ty)
        tl.store(total + row * n + at, value, mask=inside)
        value = value.to(tl.float32)
    factor = tl.rsqrt(tl.sum(value * value) / n + eps)
    tl.store(scale + row, factor)
    found = (value * factor).to(normed.dtype.element_ty).to(tl.float32)
    found *= tl.load(weight + at, mask=inside, other=0.0).to(tl.float32)
    tl.store(normed + row * n + at, found, mask=inside)


@triton.jit
def norm_back(d_normed, d_total, x, weight, scale, out, n, ADDED: tl.constexpr, WIDE: tl.constexpr):
    row = tl.program_id(0).to(tl.int64)
    at = tl.arange(0, WIDE)
    inside = at < n
    value = tl.load(x + row * n + at, mask=inside, other=0.0).to(tl.float32)
    given = tl.load(d_normed + row * n + at, mask=inside, other=0.0).to(tl.float32)
    given *= tl.load(weight + at, mask=inside, other=0.0).to(tl.float32)
    factor = tl.load(scale + row)
    unit = value * factor
    found = factor * (given - unit * (tl.sum(given * unit) / n))
    if ADDED:
        found += tl.load(d_total + row * n + at, mask=inside, other=0.0).to(tl.float32)
    tl.store(out + row * n + at, found, mask=inside)


@triton.jit
def gate(both, out, n, WIDE: tl.constexpr):
    row = tl.program_id(0).to(tl.int64)
    at = tl.program_id(1) * WIDE + tl.arange(0, WIDE)
    inside = at < n
    gate = tl.load(both + row * 2 * n + at, mask=inside, other=0.0).to(tl.float32)
    up = tl.load(both + row * 2 * n + n + at, mask=inside, other=0.0).to(tl.float32)
    found = (gate * tl.sigmoid(gate)).to(out.dtype.element_ty).to(tl.float32) * up
    tl.store(out + row * n + at, found, mask=inside)


@triton.jit
def gate_back(given, both, out, n, WIDE: tl.constexpr):
    row = tl.program_id(0).to(tl.int64)
    at = tl.program_id(1) * WIDE + tl.arange(0, WIDE)
    inside = at < n
    d = tl.load(given + row * n + at, mask=inside, other=0.0).to(tl.float32)
    gate = tl.load(both + row * 2 * n + at, mask=inside, other=0.0).to(tl.float32)
    up = tl.load(both + row * 2 * n + n + at, mask=inside, other=0.0).to(tl.float32)
    open_ = tl.sigmoid(gate)
    tl.store(out + row * 2 * n + at, d * up * open_ * (1 + gate * (1 - open_)), mask=inside)
    tl.store(out + row * 2 * n + n + at, d * gate * open_, mask=inside)


@triton.jit
def turned(low, high, row, at, head, turns, cos, sin, SIGN: tl.constexpr, HALF: tl.constexpr):
    """Apply the rotary embedding to both halves of heads; heads from `turns` on are unchanged."""
    still = head[:, None] >= turns
    size = 2 * HALF
    c_low = tl.load(cos + row * size + at)[None, :].to(tl.float32)
    c_high = tl.load(cos + row * size + HALF + at)[None, :].to(tl.float32)
    s_low = tl.load(sin + row * size + at)[None, :].to(tl.float32)
    s_high = tl.load(sin + row * size + HALF + at)[None, :].to(tl.float32)
    if SIGN > 0:
        new_low = low * c_low - high * s_low
        new_high = high * c_high + low * s_high
    else:
        new_low = low * c_low + high * s_high
        new_high = high * c_high - low * s_low
    return tl.where(still, low, new_low), tl.where(still, high, new_high)


@triton.jit
def heads(
    qkv,
    q,
    k,
    v,
    cos,
    sin,
    copies,
    nq,
    nk,
    HEADS: tl.constexpr,
    HALF: tl.constexpr,
    BLOCK: tl.constexpr,
):
    row = tl.program_id(0).to(tl.int64)
    head = tl.program_id(1) * HEADS + tl.arange(0, HEADS)
    at = tl.arange(0, HALF)
    size = 2 * HALF
    all_ = nq + 2 * nk
    inside = (head < all_)[:, None]
    source = qkv + row * all_ * size + head[:, None] * size + at[None, :]
    low = tl.load(source, mask=inside, other=0.0).to(tl.float32)
    high = tl.load(source + HALF, mask=inside, other=0.0).to(tl.float32)
    low, high = turned(low, high, row, at, head, nq + nk, cos, sin, 1, HALF)
    is_q, is_v = (head < nq)[:, None], ((head >= nq + nk) & (head < all_))[:, None]
    is_k = ((head >= nq) & (head < nq + nk))[:, None]
    to_q = q + (row * nq + head[:, None]) * size + at[None, :]
    tl.store(to_q, low, mask=is_q)
    tl.store(to_q + HALF, high, mask=is_q)
    to_k = k + (row * nk + head[:, None] - nq) * size + at[None, :]
    tl.store(to_k, low, mask=is_k)
    tl.store(to_k + HALF, high, mask=is_k)
    to_v = v + (row * nk + head[:, None] - nq - nk) * size + at[None, :]
    tl.store(to_v, low, mask=is_v)
    tl.store(to_v + HALF, high, mask=is_v)
    if BLOCK:
        block, rows = row // BLOCK, tl.num_programs(0)
        for copy in range(tl.load(copies + block), tl.load(copies + block + 1)):
            further = (rows + copy * BLOCK - block * BLOCK).to(tl.int64) * nk * size
            tl.store(to_k + further, low, mask=is_k)
            tl.store(to_k + further + HALF, high, mask=is_k)
            tl.store(to_v + further, low, mask=is_v)
            tl.store(to_v + further + HALF, high, mask=is_v)


@triton.jit
def heads_back(
    dq,
    dk,
    dv,
    out,
    cos,
    sin,
    copies,
    nq,
    nk,
    q_row,
    q_head,
    k_row,
    k_head,
    v_row,
    v_head,
    HEADS: tl.constexpr,
    HALF: tl.constexpr,
    BLOCK: tl.constexpr,
):
    row = tl.program_id(0).to(tl.int64)
    head = tl.program_id(1) * HEADS + tl.arange(0, HEADS)
    at = tl.arange(0, HALF)
    size = 2 * HALF
    all_ = nq + 2 * nk
    is_q, is_v = (head < nq)[:, None], ((head >= nq + nk) & (head < all_))[:, None]
    is_k = ((head >= nq) & (head < nq + nk))[:, None]
    from_q = dq + row * q_row + head[:, None].to(tl.int64) * q_head + at[None, :]
    from_k = dk + row * k_row + (head[:, None] - nq).to(tl.int64) * k_head + at[None, :]
    from_v = dv + row * v_row + (head[:, None] - nq - nk).to(tl.int64) * v_head + at[None, :]
    low = tl.load(from_q, mask=is_q, other=0.0).to(tl.float32)
    low += tl.load(from_k, mask=is_k, other=0.0).to(tl.float32)
    low += tl.load(from_v, mask=is_v, other=0.0).to(tl.float32)
    high = tl.load(from_q + HALF, mask=is_q, other=0.0).to(tl.float32)
    high += tl.load(from_k + HALF, mask=is_k, other=0.0).to(tl.float32)
    high += tl.load(from_v + HALF, mask=is_v, other=0.0).to(tl.float32)
    if BLOCK:
        block, rows = row // BLOCK, tl.num_programs(0)
        for copy in range(tl.load(copies + block), tl.load(copies + block + 1)):
            further = (rows + copy * BLOCK - block * BLOCK).to(tl.int64)
            low += tl.load(from_k + further * k_row, mask=is_k, other=0.0).to(tl.float32)
            low += tl.load(from_v + further * v_row, mask=is_v, other=0.0).to(tl.float32)
            high += tl.load(from_k + further * k_row + HALF, mask=is_k, other=0.0).to(tl.float32)
            high += tl.load(from_v + further * v_row + HALF, mask=is_v, other=0.0).to(tl.float32)
    low, high = turned(low, high, row, at, head, nq + nk, cos, sin, -1, HALF)
    to = out + row * all_ * size + head[:, None] * size + at[None, :]
    inside = (head < all_)[:, None]
    tl.store(to, low, mask=inside)
    tl.store(to + HALF, high, mask=inside)


@triton.jit
def four_bits(
    packed,
    scales,
    code,
    scales_of_scales,
    offset,
    table,
    out,
    bytes_,
    PER: tl.constexpr,
    PER_SCALE: tl.constexpr,
    BYTES: tl.constexpr,
):
    at = tl.program_id(0).to(tl.int64) * BYTES + tl.arange(0, BYTES)
    inside = at < bytes_
    two = tl.load(packed + at, mask=inside, other=0).to(tl.int32)
    block = at // PER
    scale = tl.load(code + tl.load(scales + block, mask=inside, other=0).to(tl.int32))
    scale = scale * tl.load(scales_of_scales + block // PER_SCALE, mask=inside, other=0.0)
    scale += tl.load(offset)
    first = tl.load(table + (two >> 4)) * scale
    second = tl.load(table + (two & 15)) * scale
    to = tl.program_id(0).to(tl.int64) * 2 * BYTES + tl.arange(0, 2 * BYTES)
    found = tl.interleave(first, second).to(out.dtype.element_ty)
    tl.store(out + to, found, mask=to < 2 * bytes_)

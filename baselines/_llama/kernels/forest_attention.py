"""Attention over a prefix forest of token sequences.

It works for any transformers model that looks up its attention in the library's registry.
"""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
import torch
from torch.nn import functional
from transformers import AttentionInterface
from transformers.integrations.sdpa_attention import sdpa_attention_forward
from transformers.masking_utils import AttentionMaskInterface, sdpa_mask

from bench.baselines._llama.kernels.attention_blocks import (
    READERS,
    SIZE,
    Blocks,
    Mask,
    block_mask,
    block_numbers,
    blocks_of,
    mark_dynamic,
)
from bench.baselines._llama.kernels.prefix_forest import Forest, Numbers
from bench.baselines._training.device_transfer import sent
from bench.baselines._training.precision import takes_kernels

NAME = "textbench_tree"
CHUNK = 128
"""Queries per chunk: smaller chunks waste time on calls, larger ones compute more scores that the
mask then discards."""
BACKWARD: Any = {
    "bwd_BLOCK_M1": 32,
    "bwd_BLOCK_N1": 64,
    "bwd_BLOCK_M2": 64,
    "bwd_BLOCK_N2": 32,
    "bwd_num_warps": 4,
    "bwd_num_stages": 3,
}
"""Tile sizes of flex_attention's backward pass: a forest has few blocks per row, and the larger
default tiles take 4 to 7 % more time on an H200."""


class Chunk(NamedTuple):
    """Consecutive queries, from `start` to `stop`, and the keys that any of them attends to.

    `keys` are spans [start, stop); `mask` is (queries, keys).
    """

    start: int
    stop: int
    keys: Sequence[tuple[int, int]]
    mask: torch.Tensor


def chunks(forest: Forest, *, size: int = CHUNK, device: torch.device | None = None) -> list[Chunk]:
    """Split a forest's queries into chunks.

    The keys of a chunk are the ancestors of its first token, and the chunk itself.
    """
    parts = [_chunk(forest.end, start, size) for start in range(0, len(forest.ids), size)]
    return [chunk._replace(mask=chunk.mask.to(device)) for chunk in parts]


def _chunk(end: Numbers, start: int, size: int) -> Chunk:
    stop = min(len(end), start + size)
    keys = np.concatenate([np.flatnonzero(end[:start] > start), np.arange(start, stop)])
    queries = np.arange(start, stop)[:, None]
    mask = (keys <= queries) & (queries < end[keys])
    cuts = np.flatnonzero(np.diff(keys) != 1) + 1
    runs = [(int(run[0]), int(run[-1]) + 1) for run in np.split(keys, cuts)]
    return Chunk(start, stop, runs, torch.from_numpy(mask))


class _Chunked(torch.autograd.Function):
    """Attention chunk by chunk.

    The backward pass is written by hand and adds each chunk's gradient in place: autograd's own
    for slices would allocate a full tensor of zeros for each chunk.
    """

    @staticmethod
    def forward(ctx: Any, q: Any, k: Any, v: Any, plan: Sequence[Chunk], scale: float) -> Any:
        learns = any(ctx.needs_input_grad)
        out, parts = torch.empty_like(q), []
        for chunk in plan:
            taken = (q[:, :, chunk.start : chunk.stop], _take(k, chunk), _take(v, chunk))
            leaves = [part.detach().requires_grad_(learns) for part in taken]
            with torch.set_grad_enabled(learns):
                attended = _attend(leaves[0], leaves[1], leaves[2], chunk.mask, scale)
            out[:, :, chunk.start : chunk.stop] = attended.detach()
            parts.append((attended, leaves))
        ctx.shape, ctx.plan, ctx.parts = k.shape, plan, parts if learns else []
        return out

    @staticmethod
    def backward(ctx: Any, gradient: Any) -> Any:
        dq, (dk, dv) = torch.empty_like(gradient), gradient.new_zeros(2, *ctx.shape)
        for chunk, (out, leaves) in zip(ctx.plan, ctx.parts, strict=True):
            queries = slice(chunk.start, chunk.stop)
            grads = torch.autograd.grad(out, leaves, gradient[:, :, queries])
            dq[:, :, queries] = grads[0]
            _add(dk, chunk, grads[1])
            _add(dv, chunk, grads[2])
        ctx.parts = []
        return dq, dk, dv, None, None


def _attend(q: Any, k: Any, v: Any, mask: torch.Tensor, scale: float) -> torch.Tensor:
    return functional.scaled_dot_product_attention(
        q, k, v, attn_mask=mask, scale=scale, enable_gqa=q.shape[1] != k.shape[1]
    )


def _take(values: torch.Tensor, chunk: Chunk) -> torch.Tensor:
    return torch.cat([values[:, :, a:b] for a, b in chunk.keys], dim=2)


def _add(total: torch.Tensor, chunk: Chunk, part: torch.Tensor) -> None:
    start = 0
    for a, b in chunk.keys:
        total[:, :, a:b] += part[:, :, start : start + b - a]
        start += b - a


def _forward(
    module: Any, query: Any, key: Any, value: Any, attention_mask: Any, **rest: Any
) -> tuple[torch.Tensor, None]:
    tree = rest.pop("tree", None)
    if tree is None:  # an ordinary batch, as in generation
        out, _ = sdpa_attention_forward(module, query, key, value, attention_mask, **rest)
        return out, None
    scale = rest.get("scaling") or query.shape[-1] ** -0.5
    return attend(query, key, value, tree, scale), None


def attend(
    query: torch.Tensor, key: torch.Tensor, value: torch.Tensor, tree: Any, scale: float
) -> torch.Tensor:
    """Compute attention over a prefix forest.

    Args:
        query: (batch, heads, tokens, size).
        key: (batch, heads, tokens, size), followed by the copies of key blocks, if any.
        value: (batch, heads, tokens, size), like `key`.
        tree: attention structure, from `tree_of`.
        scale: factor of the scores.

    Returns:
        (batch, tokens, heads, size).
    """
    if isinstance(tree, Blocks):
        q, k, v = (mark_dynamic(_in_blocks(values), 0) for values in (query, key, value))
        out: torch.Tensor = _flex(scale)(q, k, v, tree.mask)
        return out.view(1, -1, *out.shape[2:])
    out = _Chunked.apply(query, key, value, tree, scale)  # type: ignore[no-untyped-call]
    return out.transpose(1, 2).contiguous()


def _in_blocks(values: torch.Tensor) -> torch.Tensor:
    """View (1, heads, tokens, size) as (blocks, SIZE, heads, size).

    Only views are used: the backward pass of a slice would allocate a full tensor of zeros.
    """
    return values.squeeze(0).transpose(0, 1).reshape(-1, SIZE, values.shape[1], values.shape[3])


@lru_cache(maxsize=8)
def _flex(scale: float) -> Any:
    from torch import _dynamo
    from torch.nn.attention.flex_attention import flex_attention

    def attention(q: Any, k: Any, v: Any, mask: Mask) -> Any:
        if not torch.compiler.is_compiling() and len(k) > len(q):
            raise RuntimeError("attention over copied keys is wrong unless it is compiled")
        # All sizes except the number of blocks are static when this is compiled: kernels that check
        # for the end of the sequence in each iteration take twice as long.
        query, key, value = (t.flatten(0, 1).transpose(0, 1)[None] for t in (q, k, v))
        attended: Any = flex_attention(
            query,
            key,
            value,
            block_mask=block_mask(mask),
            scale=scale,
            enable_gqa=q.shape[2] != k.shape[2],
            kernel_options=BACKWARD if q.element_size() == 2 else None,
        )
        return attended.squeeze(0).transpose(0, 1).reshape(q.shape)

    # There are variants with and without gradients, and with and without grouped heads: by default
    # the ninth would run uncompiled.
    _dynamo.config.recompile_limit = max(_dynamo.config.recompile_limit, 64)
    return torch.compile(attention)


def is_flexible(device: torch.device, head_size: int) -> bool:
    """Return true if flex_attention runs on a device, for heads of this size, at least 16."""
    return takes_kernels(device) and head_size >= 16


def tree_of(forest: Forest, device: torch.device, head_size: int, *, copies: bool = False) -> Any:
    """Return the attention structure of a forest on a device.

    It is a block mask if flex_attention runs there (`Blocks`), else a list of chunks.

    Args:
        forest: the prefix forest, padded to whole blocks for flex_attention.
        device: device of the model.
        head_size: size of an attention head.
        copies: copy key blocks that many query blocks attend to.
    """
    if not is_flexible(device, head_size):
        return chunks(forest, device=device)
    counted = block_numbers(forest.end, readers=READERS if copies else None)
    end, numbers = sent(device, forest.end, counted)
    return blocks_of(numbers.int(), end)


AttentionInterface.register(NAME, _forward)
AttentionMaskInterface.register(NAME, sdpa_mask)

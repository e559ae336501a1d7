"""Fused Llama decoder over a prefix forest.

It computes the same as the library's decoder, with fewer and larger kernels.
"""

from dataclasses import dataclass
from functools import partial
from typing import Any, NamedTuple

import torch
from torch import nn
from torch.utils.checkpoint import checkpoint
from transformers import DynamicCache

from bench.baselines._llama.kernels.attention_blocks import Blocks
from bench.baselines._llama.kernels.forest_attention import attend
from bench.baselines._llama.kernels.fused_linears import Linears
from bench.baselines._llama.kernels.lora import plain, weight_of
from bench.baselines._llama.kernels.pointwise import gate, heads, norm
from bench.baselines._training.device_transfer import parted
from bench.baselines._training.precision import takes_kernels


@dataclass(frozen=True)
class _Block:
    """A decoder block: its linear layers, and the weights of its two norms."""

    qkv: Linears
    o: Linears
    gate_up: Linears
    down: Linears
    norms: tuple[torch.Tensor, torch.Tensor]


_KEPT = "_textbench_decoder"


class _BlockInputs(NamedTuple):
    """Inputs common to all blocks; see `Decoder.__call__`.

    `rotary` is the embedding: cosines and sines.
    """

    tree: Any
    read: torch.Tensor
    cache: DynamicCache | None
    recompute: bool
    rotary: Any = ()


class Decoder:
    """Fused decoder of a network with its currently attached adapter.

    Args:
        network: a Llama model of transformers that `fits`.
    """

    def __init__(self, network: Any) -> None:
        self.model, self.modules = network.get_decoder(), _modules(network)
        config = network.config
        self.counts = config.num_attention_heads, config.num_key_value_heads
        self.eps = float(config.rms_norm_eps)
        self.blocks = [_block(layer) for layer in self.model.layers]
        self.groups = [g for b in self.blocks for g in (b.qkv, b.o, b.gate_up, b.down)]
        self.numbers = sum(group.numbers for group in self.groups)
        weight = self.model.embed_tokens.weight
        self.device, self.dtype = weight.device, weight.dtype
        self.rope_type = getattr(self.model.rotary_emb, "rope_type", "default")
        self.adapter, self.copies = self._flattened()

    def _flattened(self) -> tuple[nn.Parameter | None, torch.Tensor | None]:
        """Return the adapter's flattened parameters, and their copy in the compute data type."""
        sizes = [group.size for group in self.groups]
        if not sum(sizes):
            return None, None
        kind = next(group.matrices[0].dtype for group in self.groups if group.size)
        values = torch.empty(sum(sizes), dtype=kind, device=self.device)
        copies = values if kind == self.dtype else torch.empty_like(values, dtype=self.dtype)
        with torch.no_grad():
            pairs = zip(parted(values, sizes), parted(copies, sizes), strict=True)
            for group, (part, copy) in zip(self.groups, pairs, strict=True):
                if group.size:
                    group.bind_storage(part, copy)
        return nn.Parameter(values), copies

    def is_of(self, network: Any) -> bool:
        """Return true if the network still has the modules that this decoder was built from."""
        modules = _modules(network)
        return all(known is current for known, current in zip(self.modules, modules, strict=True))

    @property
    def drops(self) -> bool:
        """True if the adapters currently apply dropout."""
        return any(group.dropout > 0 for group in self.groups)

    def __call__(
        self,
        ids: torch.Tensor,
        positions: torch.Tensor,
        tree: Any,
        read: torch.Tensor,
        *,
        cache: DynamicCache | None = None,
        adapter: torch.Tensor | None = None,
        recompute: bool = False,
    ) -> torch.Tensor:
        """Compute the final hidden states of some tokens.

        Args:
            ids: (n,) token ids.
            positions: (n,) position of each token in its sequences.
            tree: attention structure; see `bench.baselines._llama.kernels.forest_attention`.
            read: (m,) indices of the tokens whose states are returned.
            cache: KV cache to which all keys and values are added.
            adapter: adapter parameters to differentiate with respect to, instead of `self.adapter`.
            recompute: recompute activations in the backward pass, to save memory (Chen et al.,
                2016).

        Returns:
            (m, size) normalised hidden states.
        """
        values: Any = self.adapter if adapter is None else adapter
        if self.copies is not None and self.copies.dtype != values.dtype:
            self.copies.copy_(values.detach())
        parts: Any = [None] * len(self.groups)
        if values is not None:
            parts = parted(values, [group.size for group in self.groups])
        with torch.autocast(ids.device.type, enabled=False):
            return self._run(
                ids,
                positions,
                _BlockInputs(tree, read, cache, recompute),
                [*zip(*[iter(parts)] * 4, strict=True)],
            )

    def _run(self, ids: Any, positions: Any, inputs: "_BlockInputs", adapters: Any) -> torch.Tensor:
        x = self.model.embed_tokens(ids)
        cos, sin = (t[0].contiguous() for t in self.model.rotary_emb(x[None], positions[None]))
        total, normed = norm(x, None, self.blocks[0].norms[0], self.eps)
        inputs = inputs._replace(rotary=(cos, sin))
        recompute = inputs.recompute and torch.is_grad_enabled()
        keeps_rng = recompute and self.drops
        for i, matrices in enumerate(adapters):
            work = partial(self._through, i, inputs, matrices)
            if recompute:
                total, normed = checkpoint(
                    work, total, normed, use_reentrant=False, preserve_rng_state=keeps_rng
                )
            else:
                total, normed = work(total, normed)
        return normed

    def _through(
        self,
        i: int,
        inputs: "_BlockInputs",
        matrices: Any,
        total: torch.Tensor,
        normed: torch.Tensor,
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """Apply one block; return the residual stream, and its norm as the next block's input."""
        block = self.blocks[i]
        copied = inputs.tree if isinstance(inputs.tree, Blocks) else None
        rotated = heads(block.qkv(normed, matrices[0]), inputs.rotary, self.counts, copied)
        q, k, v = (t.transpose(0, 1)[None] for t in rotated)
        if inputs.cache is not None:
            inputs.cache.update(k, v, i)
        attended = attend(q, k, v, inputs.tree, q.shape[-1] ** -0.5).squeeze(0).flatten(1)
        last = i + 1 == len(self.blocks)
        if last:  # no attention follows, so the other tokens are no longer needed
            attended, total = attended[inputs.read], total[inputs.read]
        total, normed = norm(total, block.o(attended, matrices[1]), block.norms[1], self.eps)
        down = block.down(gate(block.gate_up(normed, matrices[2])), matrices[3])
        weight = self.model.norm.weight if last else self.blocks[i + 1].norms[0]
        return norm(total, down, weight, self.eps)


def forget(network: Any) -> None:
    """Discard a network's cached decoder, because its modules have changed."""
    vars(network).pop(_KEPT, None)


def decoder_of(network: Any) -> Decoder:
    """Return a network's decoder, cached while the same adapter is attached."""
    known: Decoder | None = vars(network).get(_KEPT)
    if known is None or not known.is_of(network):
        # Inference may come first, and tensors created in inference mode cannot be trained later.
        with torch.inference_mode(mode=False):
            known = Decoder(network)
        # Stored on the network, but not as a submodule: both are freed together.
        vars(network)[_KEPT] = known
    return known


def fits(network: Any) -> bool:
    """Return true if the fused decoder supports a network.

    It must be a Llama model with plain or 4-bit linear layers, on a device that runs the kernels.
    """
    config, device = network.config, network.get_input_embeddings().weight.device
    size = getattr(config, "head_dim", None) or config.hidden_size // config.num_attention_heads
    return (
        config.model_type == "llama"
        and config.hidden_act == "silu"
        and size & (size - 1) == 0
        and (device.type == "cpu" or takes_kernels(device))
        and all(weight_of(plain(module)) is not None for module in _modules(network))
    )


def _modules(network: Any) -> list[nn.Module]:
    """Return the linear layers of the first block, since an adapter changes all blocks alike."""
    layer = network.get_decoder().layers[0]
    attention, mlp = layer.self_attn, layer.mlp
    names = (attention.q_proj, attention.k_proj, attention.v_proj, attention.o_proj)
    return [*names, mlp.gate_proj, mlp.up_proj, mlp.down_proj]


def _block(layer: Any) -> _Block:
    attention, mlp = layer.self_attn, layer.mlp
    return _Block(
        Linears([attention.q_proj, attention.k_proj, attention.v_proj]),
        Linears([attention.o_proj]),
        Linears([mlp.gate_proj, mlp.up_proj]),
        Linears([mlp.down_proj]),
        (layer.input_layernorm.weight, layer.post_attention_layernorm.weight),
    )

"""Forward passes, packed or padded: hidden states from which answer tokens are predicted."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
import torch
from numpy.typing import NDArray
from transformers import DynamicCache

from bench.baselines._llama.engine.base_model import BaseModel
from bench.baselines._llama.engine.token_rows import Row, States
from bench.baselines._llama.kernels.attention_blocks import filling
from bench.baselines._llama.kernels.decoder import decoder_of
from bench.baselines._llama.kernels.forest_attention import is_flexible, tree_of
from bench.baselines._llama.kernels.prefix_forest import Forest, build_forest
from bench.baselines._training.device_transfer import sent


@dataclass(frozen=True)
class ForwardOptions:
    """Options of a packed forward pass.

    Args:
        large: use the fused decoder (`bench.baselines._llama.kernels.decoder`) for models that it
            supports, instead of the library's layers.
        recompute: the fused decoder recomputes activations in the backward pass to save memory.
    """

    large: bool = field(default_factory=torch.cuda.is_available)
    recompute: bool = False


def padded_forest(
    base: BaseModel, rows: Sequence[Row], *, coarse: Callable[[int], bool] = lambda tokens: False
) -> Forest:
    """Build the prefix forest of sequences, padded as its attention requires.

    Args:
        base: the model.
        rows: at least one sequence.
        coarse: decides by the number of tokens whether to pad coarsely, so that lengths repeat.
    """
    forest = build_forest([row.fed for row in rows])
    if is_flexible(base.device, base.head_size):
        n = len(forest.ids)
        forest = forest.padded_by(filling(n, coarse=coarse(n)))
    return forest


def packed(
    base: BaseModel, forest: Forest, rows: Sequence[Row], *, keep: bool, options: ForwardOptions
) -> States:
    """Run the model over a prefix forest.

    Args:
        base: the model.
        forest: the prefix forest of the sequences.
        rows: the sequences.
        keep: keep the KV cache for generation.
        options: options of the forward pass.
    """
    device = base.device
    unique, nodes = np.unique(places_of(forest, rows), return_inverse=True)
    ids, depth, read = sent(device, forest.ids, forest.depth, unique)
    copies = options.large and torch.is_grad_enabled()
    tree = tree_of(forest, device, base.head_size, copies=copies)
    cache = DynamicCache(config=base.network.config) if keep else None
    if options.large:
        hidden = decoder_of(base.network)(
            ids, depth, tree, read, cache=cache, recompute=options.recompute
        )
    else:
        out = base.network.get_decoder()(
            input_ids=ids[None],
            position_ids=depth[None],
            # The library uses a four-dimensional mask as it is; the tree has the real one.
            attention_mask=torch.ones(1, 1, 1, 1, device=device),
            use_cache=keep,
            past_key_values=cache,
            tree=tree,
        )
        hidden = out.last_hidden_state[0, read]
    return States(hidden, nodes, targets_of(rows), len(forest.ids), forest.places, cache)


def padded(base: BaseModel, rows: Sequence[Row]) -> States:
    """Run the model over a batch of sequences, padded to the longest."""
    device, longest = base.device, max(len(row.ids) for row in rows) - 1
    ids, mask = (np.zeros((len(rows), longest), np.int64) for _ in range(2))
    for i, row in enumerate(rows):
        ids[i, : len(row.fed)], mask[i, : len(row.fed)] = row.fed, 1
    inputs = {
        "input_ids": torch.from_numpy(ids).to(device),
        "attention_mask": torch.from_numpy(mask).to(device),
        "use_cache": False,
    }
    if base.packable:
        out = base.network.get_decoder()(**inputs).last_hidden_state
    else:
        out = base.network(**inputs).logits
    owners = np.concatenate([np.full(len(r.ids) - r.start, i) for i, r in enumerate(rows)])
    places = np.concatenate([np.arange(r.start - 1, len(r.ids) - 1) for r in rows])
    hidden = out[torch.from_numpy(owners).to(device), torch.from_numpy(places).to(device)]
    return States(hidden, np.arange(len(places)), targets_of(rows), ids.size)


def head(base: BaseModel, hidden: torch.Tensor) -> torch.Tensor:
    """Return (positions, vocabulary) logits of hidden states; logits are returned unchanged."""
    if hidden.shape[-1] != base.network.config.hidden_size:
        return hidden
    logits: torch.Tensor = base.network.get_output_embeddings()(hidden)
    return logits


def places_of(forest: Forest, rows: Sequence[Row]) -> NDArray[np.int64]:
    """Return the position in the forest from which each answer token is predicted."""
    pairs = zip(forest.places, rows, strict=True)
    return np.concatenate([places[row.start - 1 :] for places, row in pairs])


def targets_of(rows: Sequence[Row]) -> NDArray[np.int64]:
    """Return the answer tokens, sequence by sequence."""
    return np.concatenate([np.asarray(row.ids[row.start :], np.int64) for row in rows])

"""Rows through a model, together or each by itself: its states where their answers are read."""

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
from bench.baselines._llama.kernels.prefix_forest import Forest, grow
from bench.baselines._training.device_transfer import sent


@dataclass(frozen=True)
class Way:
    """How packed rows go through a model.

    Args:
        large: in few, large steps (`bench.baselines._llama.kernels.decoder`) where the model is
            made for them, or in the library's own.
        low: large steps keep less in memory for the way back.
    """

    large: bool = field(default_factory=torch.cuda.is_available)
    low: bool = False


def grown(
    base: BaseModel, rows: Sequence[Row], *, again: Callable[[int], bool] = lambda tokens: False
) -> Forest:
    """The rows as a forest, filled up as attention over it needs it.

    Args:
        base: the model.
        rows: at least one.
        again: whether a forest of so many tokens should have the length of others.
    """
    forest = grow([row.fed for row in rows])
    if is_flexible(base.device, base.head_size):
        n = len(forest.ids)
        forest = forest.filled(filling(n, coarse=again(n)))
    return forest


def packed(base: BaseModel, forest: Forest, rows: Sequence[Row], *, keep: bool, way: Way) -> States:
    """The states of rows that were grown together.

    Args:
        base: the model.
        forest: the rows as one.
        rows: the same.
        keep: keep what is needed to write on behind them.
        way: how.
    """
    device = base.device
    unique, nodes = np.unique(places_of(forest, rows), return_inverse=True)
    ids, depth, read = sent(device, forest.ids, forest.depth, unique)
    copies = way.large and torch.is_grad_enabled()
    tree = tree_of(forest, device, base.head_size, copies=copies)
    cache = DynamicCache(config=base.network.config) if keep else None
    if way.large:
        hidden = decoder_of(base.network)(ids, depth, tree, read, cache=cache, low=way.low)
    else:
        out = base.network.get_decoder()(
            input_ids=ids[None],
            position_ids=depth[None],
            # Any of four dimensions is taken as it is: the tree says all.
            attention_mask=torch.ones(1, 1, 1, 1, device=device),
            use_cache=keep,
            past_key_values=cache,
            tree=tree,
        )
        hidden = out.last_hidden_state[0, read]
    return States(hidden, nodes, targets_of(rows), len(forest.ids), forest.places, cache)


def padded(base: BaseModel, rows: Sequence[Row]) -> States:
    """The states of rows, each filled up to the longest."""
    device, longest = base.device, max(len(row.ids) for row in rows) - 1
    ids, mask = (np.zeros((len(rows), longest), np.int64) for _ in range(2))
    for i, row in enumerate(rows):
        ids[i, : len(row.fed)], mask[i, : len(row.fed)] = row.fed, 1
    given = {
        "input_ids": torch.from_numpy(ids).to(device),
        "attention_mask": torch.from_numpy(mask).to(device),
        "use_cache": False,
    }
    if base.packable:
        out = base.network.get_decoder()(**given).last_hidden_state
    else:
        out = base.network(**given).logits
    owners = np.concatenate([np.full(len(r.ids) - r.start, i) for i, r in enumerate(rows)])
    places = np.concatenate([np.arange(r.start - 1, len(r.ids) - 1) for r in rows])
    hidden = out[torch.from_numpy(owners).to(device), torch.from_numpy(places).to(device)]
    return States(hidden, np.arange(len(places)), targets_of(rows), ids.size)


def head(base: BaseModel, hidden: torch.Tensor) -> torch.Tensor:
    """Logits, (places, vocabulary); of what are logits already, themselves."""
    if hidden.shape[-1] != base.network.config.hidden_size:
        return hidden
    logits: torch.Tensor = base.network.get_output_embeddings()(hidden)
    return logits


def places_of(forest: Forest, rows: Sequence[Row]) -> NDArray[np.int64]:
    """Where each token of the answers is read."""
    pairs = zip(forest.places, rows, strict=True)
    return np.concatenate([where[row.start - 1 :] for where, row in pairs])


def targets_of(rows: Sequence[Row]) -> NDArray[np.int64]:
    """The answers' tokens, row by row."""
    return np.concatenate([np.asarray(row.ids[row.start :], np.int64) for row in rows])

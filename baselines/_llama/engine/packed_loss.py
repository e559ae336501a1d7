"""Negative log-likelihood of packed answer tokens; repeated batch sizes are replayed as CUDA
graphs."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn import functional

from bench.baselines._llama.kernels.attention_blocks import block_numbers, blocks_of, numbers_in
from bench.baselines._llama.kernels.decoder import Decoder
from bench.baselines._llama.kernels.prefix_forest import Forest
from bench.baselines._training.cuda_graphs import Replays
from bench.baselines._training.device_transfer import parted, sent

WORTH = 1e14
"""Floating-point operations of a batch above which kernel launches no longer limit a GPU, so a CUDA
graph brings nothing."""
TARGETS = 64
"""Answer tokens are padded to a multiple of this."""


class _Size(NamedTuple):
    """Sizes of a batch: tokens, and answer tokens, both padded."""

    tokens: int
    targets: int

    @property
    def numbers(self) -> list[int]:
        """Lengths of the parts of the input vector."""
        return [self.tokens] * 3 + [self.targets] * 3 + [numbers_in(self.tokens)]


def recordable(decoder: Decoder, *, recompute: bool) -> bool:
    """Return true if the gradient of the decoder's adapter can be captured as a CUDA graph.

    Two cases cannot: dropout in recomputed activations, since a graph cannot restore the RNG state,
    and rotary embeddings that depend on the longest text, whose length the host has to wait for.
    """
    recomputes_dropout = recompute and decoder.drops
    return decoder.adapter is not None and not recomputes_dropout and decoder.rope_type != "dynamic"


class PackedLoss:
    """Loss of packed batches, captured as CUDA graphs when a size repeats.

    Args:
        decoder: the fused decoder, with an adapter.
        head: the output head, which maps hidden states to logits.
        recompute: recompute activations in the backward pass to save memory.
    """

    def __init__(self, decoder: Decoder, head: Any, *, recompute: bool = False) -> None:
        assert decoder.adapter is not None
        self.decoder, self.head, self.recompute = decoder, head, recompute
        self.replays = Replays([decoder.adapter], self._recorded)

    def is_worth(self, tokens: int) -> bool:
        """Return true if a CUDA graph pays off for batches of so many tokens."""
        return 4.0 * self.decoder.numbers * tokens < WORTH

    def total(
        self, forest: Forest, places: NDArray[np.int64], targets: NDArray[np.int64]
    ) -> torch.Tensor:
        """Return the differentiable, summed negative log-likelihood of the targets.

        Args:
            forest: the prefix forest, padded to whole blocks.
            places: (targets,) positions in the forest from which the targets are predicted.
            targets: (targets,) the next tokens there.
        """
        fill = -len(targets) % TARGETS
        size = _Size(len(forest.ids), len(targets) + fill)
        counted = np.ones(len(targets), np.int64)
        rows = (np.pad(values, (0, fill)) for values in (places, targets, counted))
        tree = [forest.ids, forest.depth, forest.end]
        numbers = [*tree, *rows, block_numbers(forest.end).astype(np.int64)]
        (inputs,) = sent(self.decoder.device, np.concatenate(numbers).astype(np.int32))
        loss = self.replays.total(inputs, size)
        if loss is None:
            # The first pass of a size saves memory, since captured graphs keep theirs allocated.
            loss = self._total(
                inputs, size, recompute=self.recompute or self.replays.seen[size] == 1
            )
        return loss

    def _recorded(
        self, inputs: torch.Tensor, size: _Size, weights: Sequence[torch.Tensor]
    ) -> torch.Tensor:
        return self._total(inputs, size, recompute=self.recompute, adapter=weights[0])

    def _total(
        self, inputs: torch.Tensor, size: _Size, *, recompute: bool, adapter: Any = None
    ) -> torch.Tensor:
        ids, depth, end, places, targets, counted, blocks = parted(inputs, size.numbers)
        hidden = self.decoder(
            ids, depth, blocks_of(blocks, end), places, adapter=adapter, recompute=recompute
        )
        logits = self.head(hidden).float()
        losses = functional.cross_entropy(logits, targets.long(), reduction="none")
        total: torch.Tensor = (losses * counted).sum()
        return total

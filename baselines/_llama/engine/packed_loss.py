"""What packed rows lose through a model with an adapter: the negative log-likelihood of their
answers, from a recording where a size comes again."""

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
"""Operations of a part from which on a GPU is busy enough without."""
TARGETS = 64
"""Answers' tokens are filled up to a multiple of this."""


class _Size(NamedTuple):
    """Tokens of a part, and of its answers."""

    tokens: int
    targets: int

    @property
    def numbers(self) -> list[int]:
        """How many there are of each kind in what a GPU is given."""
        return [self.tokens] * 3 + [self.targets] * 3 + [numbers_in(self.tokens)]


def recordable(decoder: Decoder, *, low: bool) -> bool:
    """Whether gradients of its adapter can be recorded: what is computed again cannot throw the
    same random numbers, and turns that depend on the longest text are not the GPU's alone."""
    again = low and decoder.drops
    return decoder.adapter is not None and not again and decoder.turns != "dynamic"


class PackedLoss:
    """The losses of parts.

    Args:
        decoder: the blocks, with an adapter.
        head: the network's last layer: states in, logits out.
        low: keep less in memory for the way back.
    """

    def __init__(self, decoder: Decoder, head: Any, *, low: bool = False) -> None:
        assert decoder.adapter is not None
        self.decoder, self.head, self.low = decoder, head, low
        self.replays = Replays([decoder.adapter], self._recorded)

    def is_worth(self, tokens: int) -> bool:
        """Whether parts of so many tokens are better repeated."""
        return 4.0 * self.decoder.numbers * tokens < WORTH

    def total(
        self, forest: Forest, places: NDArray[np.int64], targets: NDArray[np.int64]
    ) -> torch.Tensor:
        """The sum of the negative log-likelihoods of tokens, with its gradient.

        Args:
            forest: filled up to whole blocks.
            places: (targets,) where each is read.
            targets: (targets,) the tokens that come next.
        """
        fill = -len(targets) % TARGETS
        size = _Size(len(forest.ids), len(targets) + fill)
        counted = np.ones(len(targets), np.int64)
        rows = (np.pad(values, (0, fill)) for values in (places, targets, counted))
        tree = [forest.ids, forest.depth, forest.end]
        numbers = [*tree, *rows, block_numbers(forest.end).astype(np.int64)]
        (given,) = sent(self.decoder.device, np.concatenate(numbers).astype(np.int32))
        found = self.replays.total(given, size)
        if found is None:
            # The first time takes little memory: recordings keep theirs beside it.
            found = self._total(given, size, low=self.low or self.replays.seen[size] == 1)
        return found

    def _recorded(
        self, given: torch.Tensor, size: _Size, weights: Sequence[torch.Tensor]
    ) -> torch.Tensor:
        return self._total(given, size, low=self.low, adapter=weights[0])

    def _total(
        self, given: torch.Tensor, size: _Size, *, low: bool, adapter: Any = None
    ) -> torch.Tensor:
        ids, depth, end, places, targets, counted, blocks = parted(given, size.numbers)
        hidden = self.decoder(ids, depth, blocks_of(blocks, end), places, adapter=adapter, low=low)
        logits = self.head(hidden).float()
        losses = functional.cross_entropy(logits, targets.long(), reduction="none")
        total: torch.Tensor = (losses * counted).sum()
        return total

"""Loss of padded batches under an encoder with flattened parameters; repeated batch sizes are
replayed as CUDA graphs."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import torch
from torch import nn
from torch.func import functional_call

from bench.baselines._encoders.encoding import Batch, Coder, Row, numbers
from bench.baselines._encoders.losses import IGNORED
from bench.baselines._encoders.objective import Objective
from bench.baselines._training.cuda_graphs import Replays
from bench.baselines._training.device_transfer import parted, sent
from bench.baselines._training.flat_parameters import Vectors

STEP, EIGHTH = 8, 8
"""Sequences are padded to a multiple of STEP tokens, or of 1/EIGHTH of the largest power of two
within their length if that is more: few different sizes, little padding."""
WORDS = 64
"""Tagged words are padded to a multiple of this."""


class _Size(NamedTuple):
    """Sizes of a batch: sequences, padded length, tagged words, rows and columns of the targets."""

    rows: int
    longest: int
    words: int
    golds: int
    columns: int

    @property
    def numbers(self) -> list[int]:
        """Lengths of the parts of the input vector."""
        tokens = self.rows * self.longest
        return [tokens, tokens, self.rows, self.words, self.golds * self.columns]


def rounded(longest: int, reach: int) -> int:
    """Return the padded length of sequences of at most `longest` tokens.

    It exceeds `reach`, the maximum length of the network, only if `longest` does.
    """
    unit = max(STEP, (1 << longest.bit_length() - 1) // EIGHTH)
    return max(longest, min(-(-longest // unit) * unit, reach))


class PaddedLoss:
    """Loss of batches, captured as CUDA graphs when a size repeats.

    Args:
        network: maps a `Batch` to logits.
        vectors: the network's flattened parameters.
        objective: computes the loss.
        coder: the encoding that made the sequences.
        bfloat16: compute in bfloat16 by autocast.
    """

    def __init__(
        self,
        network: nn.Module,
        vectors: Vectors,
        objective: Objective,
        *,
        coder: Coder,
        bfloat16: bool,
    ) -> None:
        self.network, self.vectors, self.objective = network, vectors, objective
        self.coder, self.bfloat16 = coder, bfloat16
        # A model from the library may contain operations that cannot be captured.
        self.replays = Replays([vectors.decaying, vectors.bias], self._total, strict=False)

    def total(self, rows: Sequence[Row]) -> tuple[torch.Tensor, int]:
        """Return the summed, differentiable loss, and the number of tokens including padding."""
        longest = rounded(max(len(row.ids) for row in rows), self.coder.max_length)
        batch = numbers(rows, padding=self.coder.padding, longest=longest)
        gold = self.objective.gold([row.target for row in rows])
        words = batch.words
        if fill := -len(words) % WORDS:
            words = np.pad(words, (0, fill))
            gold = np.pad(gold, ((0, fill), (0, 0)), constant_values=IGNORED)
        size = _Size(len(rows), longest, len(words), len(gold), self.objective.columns)
        parts = [batch.ids.ravel(), batch.segments.ravel(), batch.lengths, words]
        values = np.concatenate([*parts, gold.ravel().view(np.int32)]).astype(np.int32)
        (inputs,) = sent(self.vectors.bias.device, values)
        weights = [self.vectors.decaying, self.vectors.bias]
        replayed = self.replays.total(inputs, size)
        total = self._total(inputs, size, weights) if replayed is None else replayed
        return total, batch.ids.size

    def _total(
        self, inputs: torch.Tensor, size: _Size, weights: Sequence[torch.Tensor]
    ) -> torch.Tensor:
        ids, segments, lengths, words, bits = parted(inputs, size.numbers)
        shape = size.rows, size.longest
        batch = Batch(ids.view(shape).long(), segments.view(shape).long(), lengths, words)
        gold = bits.contiguous().view(torch.float32).view(size.golds, size.columns)
        with torch.autocast(inputs.device.type, torch.bfloat16, enabled=self.bfloat16):
            logits = functional_call(self.network, self.vectors.views(weights), (batch,))
        return self.objective.loss(logits, gold)

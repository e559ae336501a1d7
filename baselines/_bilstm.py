"""A bidirectional LSTM that padding cannot reach."""

from typing import Any, Literal

import torch
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from bench.baselines._rows import Batch
from bench.baselines._vocabulary import PADDING, UNKNOWN

Readout = Literal["mean_max", "attention"]


class BiLSTM(nn.Module):
    """Words, LSTM layers, and a readout over the text or a tagger over its words.

    Args:
        forget: (words,) share in which each word is taken for unknown while training.
        width: numbers to give.
        embedding: size of a word's vector.
        hidden: size of a direction's state.
        layers: LSTM layers.
        dropout: share of the numbers between layers that are dropped while training.
        readout: the mean and the maximum over the words, or a mean weighted by learnt attention.
        tagging: whether to answer for each word.
    """

    def __init__(
        self,
        forget: torch.Tensor,
        width: int,
        *,
        embedding: int,
        hidden: int,
        layers: int,
        dropout: float,
        readout: Readout,
        tagging: bool,
    ) -> None:
        super().__init__()
        self.words = nn.Embedding(len(forget), embedding, padding_idx=PADDING)
        self.segments = nn.Embedding(2, embedding)
        sizes = [embedding] + [2 * hidden] * (layers - 1)
        self.layers = nn.ModuleList(
            nn.LSTM(size, hidden, batch_first=True, bidirectional=True) for size in sizes
        )
        self.dropout = nn.Dropout(dropout)
        self.attention = nn.Linear(2 * hidden, 1) if readout == "attention" else None
        self.tagging = tagging
        single = tagging or readout == "attention"
        self.head = nn.Linear(2 * hidden * (1 if single else 2), width)
        self.register_buffer("forget", forget, persistent=False)

    def forward(self, batch: Batch) -> torch.Tensor:
        """Logits: (rows, width), or (tagged words, width)."""
        x = self.words(self._forgetful(batch.ids)) + self.segments(batch.segments)
        for layer in self.layers:
            assert isinstance(layer, nn.LSTM)
            x = _run(layer, self.dropout(x), batch)
        picked = x[batch.words] if self.tagging else self._read(x, batch.mask[..., None])
        logits: torch.Tensor = self.head(self.dropout(picked))
        return logits

    def _forgetful(self, ids: torch.Tensor) -> torch.Tensor:
        if not self.training:
            return ids
        shares = self.get_buffer("forget")[ids]
        return torch.where(torch.rand_like(shares) < shares, UNKNOWN, ids)

    def _read(self, x: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        """(rows, size) from (rows, longest, 2 hidden), the padding left out."""
        if self.attention is not None:
            scores = self.attention(x).masked_fill(~mask, -torch.inf)
            read: torch.Tensor = (x * scores.softmax(dim=1)).sum(dim=1)
            return read
        mean = (x * mask).sum(dim=1) / mask.sum(dim=1)
        largest = x.masked_fill(~mask, -torch.inf).amax(dim=1)
        return torch.cat([mean, largest], dim=1)


def _run(layer: nn.LSTM, x: torch.Tensor, batch: Batch) -> torch.Tensor:
    """(rows, longest, 2 hidden) states. On a GPU cuDNN takes packed sequences; on a CPU packing
    costs more than the little padding, so each text is turned round in its place instead."""
    longest = x.shape[1]
    if x.is_cuda:
        packed = pack_padded_sequence(x, batch.lengths, batch_first=True, enforce_sorted=False)
        states, _ = layer(packed)
        return pad_packed_sequence(states, batch_first=True, total_length=longest)[0]
    places = torch.arange(longest)
    turned = torch.where(batch.mask, batch.lengths[:, None] - 1 - places, places)
    rows = torch.arange(len(x))[:, None]
    ahead = _one_way(layer, x, "")
    back = _one_way(layer, x[rows, turned], "_reverse")[rows, turned]
    return torch.cat([ahead, back], dim=2)


def _one_way(layer: nn.LSTM, x: torch.Tensor, way: str) -> torch.Tensor:
    """(rows, longest, hidden) states of one direction, read from the first word on."""
    names = ("weight_ih_l0", "weight_hh_l0", "bias_ih_l0", "bias_hh_l0")
    weights: list[torch.Tensor] = [layer.get_parameter(name + way) for name in names]
    start = x.new_zeros(1, len(x), layer.hidden_size)
    settings: tuple[Any, ...] = (True, 1, 0.0, layer.training, False, True)
    states: torch.Tensor = torch.lstm(x, (start, start), weights, *settings)[0]
    return states

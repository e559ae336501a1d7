"""A bidirectional LSTM whose outputs do not depend on padding."""

import warnings
from typing import Any, Literal

import torch
from torch import nn

from bench.baselines._encoders.encoding import Batch
from bench.baselines._encoders.vocabulary import PADDING, UNKNOWN

Readout = Literal["mean_max", "attention"]


class BiLSTM(nn.Module):
    """Word embeddings, LSTM layers, and a head on the pooled text or on each of its words.

    Args:
        forget: (words,) probability of replacing each word by the unknown word in training.
        width: number of outputs.
        embedding: size of the word embeddings.
        hidden: hidden size per direction.
        layers: number of LSTM layers.
        dropout: dropout probability before each layer and before the head.
        readout: pooling over the words: mean and maximum, or a mean weighted by learnt attention.
        tagging: predict for each word instead of each text.
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
        """Return logits: (texts, width), or (tagged words, width)."""
        x = self.words(self._forgetful(batch.ids)) + self.segments(batch.segments)
        for layer in self.layers:
            assert isinstance(layer, nn.LSTM)
            x = _run(layer, self.dropout(x), batch)
        if self.tagging:
            picked = x.flatten(0, 1)[batch.words]
        else:
            picked = self._read(x, batch.mask[..., None])
        logits: torch.Tensor = self.head(self.dropout(picked))
        return logits

    def _forgetful(self, ids: torch.Tensor) -> torch.Tensor:
        if not self.training:
            return ids
        shares = self.get_buffer("forget")[ids]
        return torch.where(torch.rand_like(shares) < shares, UNKNOWN, ids)

    def _read(self, x: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        """Pool (texts, longest, 2 hidden) states to (texts, size), ignoring padding."""
        if self.attention is not None:
            scores = self.attention(x).masked_fill(~mask, -torch.inf)
            read: torch.Tensor = (x * scores.softmax(dim=1)).sum(dim=1)
            return read
        mean = (x * mask).sum(dim=1) / mask.sum(dim=1)
        largest = x.masked_fill(~mask, -torch.inf).amax(dim=1)
        return torch.cat([mean, largest], dim=1)


def _run(layer: nn.LSTM, x: torch.Tensor, batch: Batch) -> torch.Tensor:
    """Return the (texts, longest, 2 hidden) states of a layer.

    For the backward direction each text is reversed within its own length: no state depends on
    padding, and the host need not wait for the lengths, as for packed sequences.
    """
    longest, places = x.shape[1], batch.places
    reversed_places = torch.where(batch.mask, batch.lengths[:, None] - 1 - places, places)
    rows = torch.arange(len(x), device=x.device)[:, None]
    order = (rows * longest + reversed_places).flatten()
    forward = _one_direction(layer, x, "")
    backward = _permuted(_one_direction(layer, _permuted(x, order), "_reverse"), order)
    return torch.cat([forward, backward], dim=2)


def _permuted(x: torch.Tensor, order: torch.Tensor) -> torch.Tensor:
    permuted: torch.Tensor = _Permutation.apply(x, order)  # type: ignore[no-untyped-call]
    return permuted


class _Permutation(torch.autograd.Function):
    """Permutation of tokens that is its own inverse, so gradients are permuted in the same way."""

    @staticmethod
    def forward(ctx: Any, x: torch.Tensor, order: torch.Tensor) -> torch.Tensor:
        ctx.order = order
        return x.flatten(0, 1)[order].view_as(x)

    @staticmethod
    def backward(ctx: Any, gradient: torch.Tensor) -> Any:
        return gradient.flatten(0, 1)[ctx.order].view_as(gradient), None


def _one_direction(layer: nn.LSTM, x: torch.Tensor, suffix: str) -> torch.Tensor:
    """Return the (texts, longest, hidden) states of one direction, read from the first word on."""
    names = ("weight_ih_l0", "weight_hh_l0", "bias_ih_l0", "bias_hh_l0")
    weights: list[torch.Tensor] = [getattr(layer, name + suffix) for name in names]
    start = x.new_zeros(1, len(x), layer.hidden_size)
    settings: tuple[Any, ...] = (True, 1, 0.0, layer.training, False, True)
    with warnings.catch_warnings():
        # cuDNN warns that it first copies the weights into one buffer, which takes microseconds.
        warnings.filterwarnings("ignore", message="RNN module weights")
        states: torch.Tensor = torch.lstm(x, (start, start), weights, *settings)[0]
    return states

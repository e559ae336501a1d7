"""The LSTM on a GPU: the shipped learner compared with a plain loop over padded batches through
cuDNN."""

import numpy as np
import torch
from torch import nn
from torch.nn import functional

from bench.baselines._encoders.bilstm import BiLSTM
from bench.baselines._encoders.encoding import Batch, padded
from perf.gpu.encoders import Size, encoder_ours, rows_of
from perf.gpu.measure import Measured, Stretch, memory_of
from perf.gpu.random_models import device

LONGEST, RATE = 256, 2e-3


def _network(words: int, kind: type[BiLSTM]) -> BiLSTM:
    """Build the network like the `lstm` family."""
    return kind(
        torch.zeros(words),
        2,
        embedding=128,
        hidden=128,
        layers=1,
        dropout=0.3,
        readout="mean_max",
        tagging=False,
    )


class _Padded(BiLSTM):
    """A network like ours, with cuDNN running over the padding, too."""

    def forward(self, batch: Batch) -> torch.Tensor:
        """Return logits, (rows, width)."""
        x = self.words(batch.ids)
        for layer in self.layers:
            assert isinstance(layer, nn.LSTM)
            x, _ = layer(self.dropout(x))
        logits: torch.Tensor = self.head(self.dropout(self._read(x, batch.mask[..., None])))
        return logits


def lstm_ours(size: Size, mean: float) -> Measured:
    """Train the shipped learner on texts with that many words."""
    rows = rows_of(size.rows, mean, size.words, LONGEST)
    return encoder_ours(_network(size.words, BiLSTM), rows, size, bfloat16=False)


def lstm_loop(size: Size, mean: float) -> Measured:
    """Train on batches in random order, padded to their longest row."""
    measured, draw = Measured(size.batch), np.random.default_rng(0)
    rows = rows_of(size.rows, mean, size.words, LONGEST)
    order = draw.permutation(len(rows)).reshape(-1, size.batch)
    with memory_of(measured):
        network = _network(size.words, _Padded).to(device()).train()
        optimizer = torch.optim.AdamW(network.parameters(), lr=RATE)
        stretch = Stretch(size.warm)
        for chosen in order.tolist():
            stretch.step()
            taken = [rows[i] for i in chosen]
            gold = torch.tensor([row.target for row in taken], device=device())
            batch = padded(taken, padding=0, device=device())
            optimizer.zero_grad()
            functional.cross_entropy(network(batch), gold).backward()  # type: ignore[no-untyped-call]
            nn.utils.clip_grad_norm_(network.parameters(), 1.0)
            optimizer.step()
        stretch.over(measured)
    return measured

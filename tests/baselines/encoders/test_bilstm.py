"""The networks: padding cannot reach an answer, and unseen rows are left alone."""

from typing import Literal

import pytest
import torch
from torch import nn

from bench.baselines._encoders.bilstm import BiLSTM
from bench.baselines._encoders.embedding import SeenRows
from bench.baselines._encoders.encoding import Row, padded
from bench.baselines._encoders.vocabulary import UNKNOWN

CPU = torch.device("cpu")
ROWS = [
    Row([3, 4, 5, 6, 7, 8], [0] * 6, 0, [0, 2, 5]),
    Row([9, 3], [0, 1], 1, [1]),
    Row([5], [0], 2, [0]),
]


def network(**changes: object) -> BiLSTM:
    torch.manual_seed(1)
    settings = {"embedding": 6, "hidden": 5, "layers": 2, "dropout": 0.4, "readout": "mean_max"}
    forget = torch.full((12,), 0.5)
    return BiLSTM(forget, 3, **{**settings, "tagging": False, **changes})  # type: ignore[arg-type]


@pytest.mark.parametrize("readout", ["mean_max", "attention"])
@pytest.mark.parametrize("tagging", [False, True])
def test_the_rows_beside_a_row_do_not_change_its_logits(
    readout: Literal["mean_max", "attention"], tagging: bool
) -> None:
    net = network(readout=readout, tagging=tagging).eval()
    together = net(padded(ROWS, padding=0, device=CPU))
    alone = torch.cat([net(padded([row], padding=0, device=CPU)) for row in ROWS])
    torch.testing.assert_close(together, alone, rtol=0, atol=1e-6)


def test_the_states_are_those_of_the_librarys_bidirectional_lstm() -> None:
    net = network(layers=1, tagging=True).eval()
    row = ROWS[0]
    x = net.words(torch.tensor([row.ids])) + net.segments(torch.tensor([row.segments]))
    layer = net.layers[0]
    assert isinstance(layer, nn.LSTM)
    known = net.head(layer(x)[0][0, row.words])
    torch.testing.assert_close(net(padded([row], padding=0, device=CPU)), known, atol=1e-6, rtol=0)


def test_words_are_forgotten_in_training_only() -> None:
    net, ids = network(), torch.arange(3, 12).repeat(50, 1)
    net.eval()
    assert torch.equal(net._forgetful(ids), ids)
    net.train()
    forgotten = (net._forgetful(ids) == UNKNOWN).float().mean()
    assert 0.4 < float(forgotten) < 0.6


def tables() -> tuple[nn.Embedding, SeenRows]:
    torch.manual_seed(2)
    table = nn.Embedding(10, 4, padding_idx=0)
    return table, SeenRows(table, [0, 3, 7])


def test_seen_and_other_rows_are_looked_up_as_before() -> None:
    table, seen = tables()
    ids = torch.tensor([[3, 7, 0], [9, 1, 3]])
    assert torch.equal(seen.eval()(ids), table(ids))


def test_the_gradient_of_seen_rows_is_that_of_the_whole_table() -> None:
    table, seen = tables()
    ids, pull = torch.tensor([[3, 7, 3]]), torch.randn(1, 3, 4)
    (table(ids) * pull).sum().backward()
    (seen.train()(ids) * pull).sum().backward()
    assert table.weight.grad is not None and seen.trained.grad is not None
    assert torch.equal(seen.trained.grad[1:], table.weight.grad[[3, 7]])


def test_rows_that_training_does_not_show_are_no_parameters() -> None:
    assert sum(p.numel() for p in tables()[1].parameters()) == 3 * 4

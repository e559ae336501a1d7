"""Encoders whose weights learn as vectors, from recordings on a GPU, learn what others do."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from bench.baseline import TaskData
from bench.baselines._encoders.bilstm import BiLSTM
from bench.baselines._encoders.encoder import Encoder
from bench.baselines._encoders.encoding import Coder, Row
from bench.baselines._encoders.fit import _with_targets, learn
from bench.baselines._encoders.objective import objective_for
from bench.baselines._encoders.padded_loss import rounded
from bench.baselines._encoders.pretrained import Pretrained
from bench.baselines._encoders.vocabulary import Vocabulary
from bench.baselines._encoders.wordpieces import Wordpieces
from bench.baselines._training.checkpoints import newest
from bench.baselines._training.flat_parameters import FlatParameters, Vectors
from bench.baselines._training.recipe import Recipe, State
from bench.baselines._training.runtime import device
from bench.baselines._training.token_budget import Budget
from bench.baselines._training.trainer import train
from bench.baselines._training.transformers_loading import tokenizer_of
from bench.conformance.toy_tasks import toys
from bench.run_context import RunContext, running_in
from tests.support.tiny_models import tiny_bert

TOYS = {toy.task.output.kind: toy.data for toy in toys()}
KINDS = pytest.mark.parametrize("kind", ["single_label", "multi_label", "spans", "fields"])
FAMILIES = pytest.mark.parametrize("family", ["lstm", "bert"])
RECIPE = Recipe(
    epochs=3, patience=3, batch_size=6, learning_rate=5e-3, warmup=0.1, weight_decay=0.5, seed=0
)
ONE = replace(RECIPE, epochs=1)
# The libraries that compile code for a GPU warn of each other.
pytestmark = pytest.mark.filterwarnings("ignore" if torch.cuda.is_available() else "error")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_bert(tmp_path_factory.mktemp("model"))


def encoder(family: str, data: TaskData, folder: Path, *, whole: bool) -> Encoder:
    """With the same weights every time, and nothing dropped; in float32."""
    torch.manual_seed(0)
    objective = objective_for(data, balanced=True)
    coder: Coder
    if family == "lstm":
        coder = Vocabulary(data.train, size=100, max_length=20)
        network: torch.nn.Module = BiLSTM(
            torch.zeros_like(coder.forget),
            objective.width,
            embedding=8,
            hidden=10,
            layers=2,
            dropout=0.0,
            readout="attention",
            tagging=objective.tagging,
        )
    else:
        pieces = tokenizer_of(folder)
        coder = Wordpieces(pieces, max_length=20)
        network = Pretrained(folder, width=objective.width, tagging=objective.tagging)
        network.train_only(range(len(pieces)))
    for module in network.modules():
        if isinstance(module, torch.nn.Dropout):
            module.p = 0.0
    return Encoder(network.to(device()), coder, objective, budget=Budget(10_000), flat=whole)


def gradients(made: Encoder, rows: list[Row]) -> dict[str, torch.Tensor]:
    made.network.train()
    made.network.zero_grad()
    made.loss(rows).total.backward()
    if not made.flat:
        return {n: p.grad for n, p in made.model.named_parameters() if p.grad is not None}
    vectors = made._padded_loss.vectors
    assert vectors.decaying.grad is not None and vectors.bias.grad is not None
    return vectors.views([vectors.decaying.grad, vectors.bias.grad])


@FAMILIES
@KINDS
def test_gradients_of_vectors_are_those_of_their_weights(
    family: str, kind: str, folder: Path
) -> None:
    known, found = (encoder(family, TOYS[kind], folder, whole=whole) for whole in (False, True))
    rows = _with_targets(known, TOYS[kind].train[:6])
    expected = gradients(known, rows)
    assert expected
    for _ in range(3):  # the third comes from a recording, on a GPU
        given = gradients(found, rows)
    for name, values in expected.items():
        torch.testing.assert_close(given[name], values, rtol=1e-3, atol=1e-5)
    if torch.cuda.is_available():
        assert len(found._padded_loss.replays.recordings) == 1


def test_rows_are_filled_up_no_further_than_the_model_reaches(tmp_path: Path) -> None:
    made = encoder("bert", TOYS["spans"], tiny_bert(tmp_path, positions=20), whole=True)
    made.network.train()
    long = Row([2, *range(4, 22), 3], [0] * 20, 0, [5], target=[0])
    assert torch.isfinite(made.loss([long]).total)


def test_what_comes_again_is_given_back_after_a_fit(folder: Path) -> None:
    data = TOYS["single_label"]
    made = encoder("lstm", data, folder, whole=True)
    learn(made, data, RECIPE)
    assert "_padded_loss" not in vars(made)


@pytest.mark.parametrize("whole", [True, False])
def test_a_fit_begins_anew_from_weights_that_were_kept_otherwise(
    folder: Path, tmp_path: Path, whole: bool
) -> None:
    data = TOYS["single_label"]
    ends = []
    for kept in (tmp_path / "fit", tmp_path / "none"):
        made = encoder("lstm", data, folder, whole=whole)
        if kept.name == "fit":
            killed = encoder("lstm", data, folder, whole=not whole)
            with running_in(RunContext(folder=kept, checkpoint_seconds=0.0)):
                train(killed, _with_targets(killed, data.train), ONE, check=None)
            assert newest(kept) is not None
        with running_in(RunContext(folder=kept)):
            ends.append(fitted(made, data).history)
    assert [row["train_loss"] for row in ends[0]] == [row["train_loss"] for row in ends[1]]


def fitted(made: Encoder, data: TaskData) -> State:
    return train(made, _with_targets(made, data.train), RECIPE, check=None)


@FAMILIES
def test_a_fit_of_vectors_ends_with_the_same_weights(family: str, folder: Path) -> None:
    data = TOYS["single_label"]
    known, found = (encoder(family, data, folder, whole=whole) for whole in (False, True))
    one, other = fitted(known, data), fitted(found, data)
    assert other.history[-1]["train_loss"] == pytest.approx(one.history[-1]["train_loss"], rel=1e-2)
    for name, values in known.trained().items():
        torch.testing.assert_close(found.trained()[name], values, rtol=1e-2, atol=1e-3)


def test_biases_and_norms_do_not_decay(folder: Path) -> None:
    made = encoder("bert", TOYS["single_label"], folder, whole=True)
    assert isinstance(made.network, FlatParameters)
    assert [name for name, _ in made.network.named_parameters()] == ["decaying", "bias"]
    still = {name for name, p in made.model.named_parameters() if p.ndim == 1}
    assert still == set(made._padded_loss.vectors.names[1])


def test_the_networks_weights_are_views_of_the_vectors() -> None:
    network = torch.nn.Linear(3, 2)
    vectors = Vectors(network)
    with torch.no_grad():
        vectors.decaying.fill_(1.0)
        vectors.bias.fill_(2.0)
    assert (network.weight == 1).all() and (network.bias == 2).all()


def test_rows_are_filled_up_to_few_lengths() -> None:
    lengths = np.arange(1, 513)
    padded_by = np.array([rounded(int(length), 10_000) for length in lengths])
    assert (padded_by >= lengths).all() and (padded_by <= np.maximum(8, lengths * 1.125 + 7)).all()
    assert len(set(padded_by.tolist())) <= 32

"""Fits of the real networks: the same bits twice, after a kill, and with little memory."""

import math
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
import torch

from bench.baseline import Baseline, Prediction, TaskData
from bench.baselines._encoders import encoder as _encoder
from bench.baselines._encoders.bilstm import BiLSTM
from bench.baselines._training.checkpoints import SEAL, newest
from bench.baselines._training.recipe import Diverged
from bench.baselines._training.token_budget import LEAST, Budget, is_out_of_memory
from bench.baselines.bert import Bert
from bench.baselines.lstm import Lstm
from bench.conformance.toy_tasks import odd_inputs, toys
from bench.metrics import macro_f1
from bench.metrics.aligned import align
from bench.run_context import Progress, RunContext, running_in
from bench.task import Example
from tests.support.tiny_models import tiny_bert

TOY = toys()[0]
EPOCHS = 4


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_bert(tmp_path_factory.mktemp("model"))


def families(model: Path) -> dict[str, Callable[..., Baseline]]:
    common: dict[str, Any] = {"epochs": EPOCHS, "patience": EPOCHS, "batch_size": 5}

    def lstm(**changes: Any) -> Baseline:
        return Lstm(**{"embedding": 12, "hidden": 10, **common, **changes})

    def bert(**changes: Any) -> Baseline:
        return Bert(**{"model": str(model), "learning_rate": 5e-3, **common, **changes})

    return {"lstm": lstm, "bert": bert}


def answers(baseline: Baseline, data: TaskData = TOY.data) -> list[Prediction]:
    baseline.fit([data], seed=3)
    return list(baseline.predict(data.task, TOY.inputs))


BOTH = pytest.mark.parametrize("family", ["lstm", "bert"])


@BOTH
def test_one_seed_gives_the_same_bits_twice(family: str, model: Path) -> None:
    make = families(model)[family]
    assert answers(make()) == answers(make())


@BOTH
def test_another_seed_gives_another_network(family: str, model: Path) -> None:
    one, other = families(model)[family](), families(model)[family]()
    one.fit([TOY.data], seed=0)
    other.fit([TOY.data], seed=1)
    assert one.predict(TOY.task, TOY.inputs) != other.predict(TOY.task, TOY.inputs)


@BOTH
def test_the_history_has_a_row_an_epoch_with_training_and_validation(
    family: str, model: Path
) -> None:
    history = families(model)[family]().fit([TOY.data], seed=0).history
    assert [row["epoch"] for row in history] == [1, 2, 3, 4]
    wanted = {"train_loss", "validation_loss", "validation_macro_f1", "examples_per_second"}
    assert all(wanted <= set(row) for row in history)


def test_the_history_tells_the_loss_of_the_first_and_of_the_last_step(model: Path) -> None:
    rows = families(model)["bert"](batch_size=64).fit([TOY.data], seed=0).history
    # One step an epoch: its first, its last and its mean loss are one.
    assert all(r["first_step_loss"] == r["last_step_loss"] == r["train_loss"] for r in rows)
    assert rows[-1]["last_step_loss"] < rows[0]["first_step_loss"]


@BOTH
def test_the_weights_of_the_best_epoch_are_the_ones_that_answer(family: str, model: Path) -> None:
    fitted = families(model)[family](epochs=12, patience=12)
    best = max(row["validation_macro_f1"] for row in fitted.fit([TOY.data], seed=0).history)
    rows = TOY.data.validation
    given = fitted.predict(TOY.task, [row.input for row in rows])
    assert macro_f1.point(align(TOY.task.output, rows, given)) == best


def test_a_fit_stops_when_its_patience_is_over(model: Path) -> None:
    # At this rate nothing is learnt, so that no epoch is better than the first.
    still = families(model)["lstm"](epochs=30, patience=3, learning_rate=1e-12)
    assert len(still.fit([TOY.data], seed=0).history) < 30


def test_without_validation_rows_all_epochs_are_run(model: Path) -> None:
    alone = replace(TOY.data, validation=())
    fit = families(model)["lstm"](patience=1).fit([alone], seed=0)
    assert [set(row) >= {"train_loss"} for row in fit.history] == [True] * EPOCHS


@BOTH
def test_a_loss_that_is_no_number_ends_the_fit_and_names_the_step(family: str, model: Path) -> None:
    wild = families(model)[family](learning_rate=1e30, epochs=3)
    with pytest.raises(Diverged, match=r"the loss is (nan|inf|-inf) at step \d+ of 15"):
        wild.fit([TOY.data], seed=0)


@BOTH
def test_odd_texts_can_be_learnt_from(family: str, model: Path) -> None:
    odd = [
        Example(row.id, row.text, label, row.pair)
        for row, label in zip(odd_inputs() * 2, TOY.task.output.labels * 9, strict=False)
    ]
    data = TaskData(TOY.task, [*odd, Example("1 MB", "olive " * 175_000, "sour")], odd[:5])
    fitted = families(model)[family](epochs=1, max_length=32)
    fitted.fit([data], seed=0)
    given = fitted.predict(TOY.task, [row.input for row in data.train])
    assert all(math.isfinite(sum(answer.scores or ())) for answer in given)


KILLED = """
import os, signal, sys
from pathlib import Path
from bench.run_context import Work, working
from tests.baselines.training.test_trainer import TOY, answers, families
folder, model, family, step = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3], int(sys.argv[4])

def report(progress):
    if progress.text.startswith("epoch") and progress.done == step:
        os.kill(os.getpid(), signal.SIGKILL)

with working(Work(folder, report=report, checkpoint_seconds=0.0)):
    answers(families(model)[family]())
"""


@BOTH
def test_a_fit_that_was_killed_goes_on_to_the_same_answers(
    family: str, model: Path, tmp_path: Path
) -> None:
    # Five steps an epoch: in an epoch, at its end, and in the next but one.
    for step in (3, 5, 13):
        command = [sys.executable, "-c", KILLED, tmp_path, model, family, str(step)]
        root = Path(__file__).parent.parent.parent.parent
        env = {**os.environ, "PYTHONPATH": os.pathsep.join([str(root), *sys.path])}
        done = subprocess.run(command, env=env, capture_output=True)
        assert done.returncode == -signal.SIGKILL, done.stderr.decode()[-2000:]
    taken_up: list[float] = []
    work = RunContext(tmp_path, report=lambda p: taken_up.append(p.done), checkpoint_seconds=0.0)
    with running_in(work):
        resumed = answers(families(model)[family]())
    assert taken_up[0] == 13
    assert resumed == answers(families(model)[family]())


def test_a_checkpoint_cut_short_is_not_taken_up(tmp_path: Path, model: Path) -> None:
    class Enough(Exception):
        pass

    def stop(progress: Progress) -> None:
        if progress.done == 8:
            raise Enough

    with (
        running_in(RunContext(tmp_path, report=stop, checkpoint_seconds=0.0)),
        pytest.raises(Enough),
    ):
        answers(families(model)["lstm"]())
    folder = newest(tmp_path)
    assert folder is not None and folder.name == "checkpoint-7"
    weights = folder / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-1])
    assert newest(tmp_path) is None and not folder.exists()


def test_a_checkpoint_without_its_list_of_hashes_is_not_taken_up(tmp_path: Path) -> None:
    (tmp_path / "checkpoint-9").mkdir()
    (tmp_path / "checkpoint-9" / "model.safetensors").write_bytes(b"made up")
    assert not (tmp_path / SEAL).exists() and newest(tmp_path) is None


def test_an_impossible_amount_of_memory_is_known_for_what_it_is() -> None:
    with pytest.raises(RuntimeError) as error:
        torch.empty(2**60, dtype=torch.uint8)
    assert is_out_of_memory(error.value)


@pytest.mark.parametrize(
    ("error", "is_memory"),
    [
        (MemoryError(), True),
        (torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB"), True),
        (RuntimeError("CUDA error: CUBLAS_STATUS_ALLOC_FAILED when calling cublasCreate"), True),
        (RuntimeError("mat1 and mat2 shapes cannot be multiplied"), False),
        (ValueError("out of memory"), False),
    ],
)
def test_errors_of_memory_are_told_from_others(error: Exception, is_memory: bool) -> None:
    assert is_out_of_memory(error) == is_memory


class Small(BiLSTM):
    """A network for which memory runs out above so many tokens at once."""

    room, full = 40, 0

    def forward(self, batch: Any) -> torch.Tensor:
        logits = super().forward(batch)
        if batch.ids.numel() > self.room:
            Small.full += 1
            raise torch.OutOfMemoryError("CUDA out of memory (made up)")
        return logits


@dataclass
class Fitted:
    scores: list[float]
    steps: int


def fitted(monkeypatch: pytest.MonkeyPatch, network: type[BiLSTM], tokens: int) -> Fitted:
    """A fit without dropout, so that only the arithmetic of the batches could tell fits apart."""
    steps: list[float] = []
    monkeypatch.setattr("bench.baselines._encoders.bilstm.BiLSTM", network)
    monkeypatch.setattr(_encoder, "TOKENS_CPU", tokens)
    made = Lstm(embedding=12, hidden=10, batch_size=8, epochs=2, dropout=0.0)
    with running_in(RunContext(report=lambda p: steps.append(p.total))):
        made.fit([TOY.data], seed=0)
    found = made.predict(TOY.task, TOY.inputs)
    return Fitted([score for answer in found for score in answer.scores or ()], int(steps[0]))


def test_running_out_of_memory_halves_the_batch_and_keeps_the_step(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("bench.baselines._encoders.vocabulary.FORGET", 0.0)
    plenty = fitted(monkeypatch, BiLSTM, 4096)
    little = fitted(monkeypatch, Small, 4096)
    assert Small.full > 0 and little.steps == plenty.steps
    assert little.scores == pytest.approx(plenty.scores, abs=1e-5)


def test_a_row_that_is_too_large_alone_is_out_of_memory() -> None:
    tried: list[int] = []

    def work(tokens: int) -> None:
        tried.append(tokens)
        raise MemoryError("made up")

    with pytest.raises(MemoryError, match="made up"):
        Budget(8 * LEAST).spend(work)
    assert tried == [8 * LEAST, 4 * LEAST, 2 * LEAST, LEAST]


def test_what_is_no_lack_of_memory_is_raised_as_it_is() -> None:
    with pytest.raises(RuntimeError, match="shapes"):
        Budget(64).spend(lambda tokens: torch.ones(2, 3) @ torch.ones(2, 3))

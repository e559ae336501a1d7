"""On a GPU: its kernels, formats and recordings say what plain float32 says."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
import torch
import transformers

from bench.baselines._llama.engine import packed_loss as _packed_loss
from bench.baselines._llama.engine.adapter import Adapter, Shape, bare, matrices, wear
from bench.baselines._llama.engine.base_model import BaseModel
from bench.baselines._llama.engine.engine import Engine
from bench.baselines._llama.engine.forward import ForwardOptions
from bench.baselines._llama.kernels import forest_attention as _tree_attention
from bench.baselines._llama.kernels.decoder import decoder_of
from bench.baselines._llama.kernels.lora import weight_of, weights_of
from bench.baselines._llama.lora_learner import LoraLearner
from bench.baselines._llama.prompter import Lesson
from bench.baselines._training.cuda_graphs import Replays
from bench.baselines._training.recipe import Diverged, Recipe
from bench.baselines._training.token_budget import Budget
from bench.baselines._training.trainer import train
from bench.runs.cells.memory import PeakMemory
from tests.support.llama_rows import made_up

pytestmark = [
    pytest.mark.skipif(not torch.cuda.is_available(), reason="there is no GPU here"),
    # The libraries that compile code warn of each other.
    pytest.mark.filterwarnings("ignore"),
]
PLAIN = Shape(rank=8, alpha=16, dropout=0.0, targets="all")
ROWS = made_up(64)


class _InItsOwnFormat(BaseModel):
    """Computes in what its weights have, also on a GPU."""

    def computing(self) -> Any:
        return torch.autocast("cuda", enabled=False)


def model(dtype: torch.dtype) -> BaseModel:
    """A Llama of random weights, the same ones in each format but for the rounding."""
    torch.manual_seed(0)
    config = transformers.LlamaConfig(
        vocab_size=400,
        hidden_size=256,
        intermediate_size=512,
        num_hidden_layers=3,
        num_attention_heads=4,
        num_key_value_heads=2,
    )
    network: Any = transformers.LlamaForCausalLM(config).to("cuda", torch.bfloat16).to(dtype)
    network.requires_grad_(False).eval().set_attn_implementation(_tree_attention.NAME)
    return _InItsOwnFormat(network, None, 0, 0, True)


def gradient(
    base: BaseModel, way: ForwardOptions, form: Any = "packed", times: int = 1
) -> torch.Tensor:
    """Of all the adapter's matrices, in an order of their own, the last of some times."""
    torch.manual_seed(0)
    network = wear(base, Adapter(PLAIN))
    with torch.no_grad():
        for name, values in network.named_parameters():
            if "lora_B" in name:
                values.normal_(std=0.05)
    learner = LoraLearner(network, Engine(base, form, options=way), Budget(100_000))
    learner.network.train()
    for _ in range(times):
        learner.network.zero_grad()
        for part in learner.parts([Lesson("a", ROWS)], 100_000):
            learner.loss(part).total.backward()
    decoder = decoder_of(base.network)
    if way.large:
        assert decoder.adapter is not None and decoder.adapter.grad is not None
        found = decoder.adapter.grad
    else:
        matrices = [m for group in decoder.groups for m in group.matrices]
        found = torch.cat([m.grad.flatten() for m in matrices if m.grad is not None])
    bare(base)
    return found.double()


def off(one: torch.Tensor, other: torch.Tensor) -> float:
    """How far one is from another, as a share of the other."""
    return float((one - other).norm() / other.norm())


@pytest.fixture(scope="module")
def known() -> Iterator[torch.Tensor]:
    yield gradient(model(torch.float32), ForwardOptions(large=False), "padded")


@pytest.mark.parametrize("times", [1, 3])  # the third is repeated from a recording
@pytest.mark.parametrize("low", [False, True])
def test_gradients_in_float32_equal_those_of_padded_batches(
    known: torch.Tensor, times: int, low: bool
) -> None:
    base = model(torch.float32)
    assert off(gradient(base, ForwardOptions(large=True, recompute=low), times=times), known) < 1e-4


def test_packed_bfloat16_is_as_near_to_float32_as_padded_is(known: torch.Tensor) -> None:
    padded = off(gradient(model(torch.bfloat16), ForwardOptions(large=False), "padded"), known)
    packed = off(gradient(model(torch.bfloat16), ForwardOptions(large=True), times=3), known)
    assert packed < 1.1 * padded


def test_readings_equal_those_of_padded_batches() -> None:
    base = model(torch.float32)
    alone = Engine(base, "padded").read(ROWS)
    for one, other in zip(Engine(base, "packed").read(ROWS), alone, strict=True):
        np.testing.assert_allclose(one.logprobs, other.logprobs, atol=1e-3)


def test_values_of_4_bits_are_the_librarys() -> None:
    from bitsandbytes.functional import dequantize_4bit, quantize_4bit

    from bench.baselines._llama.kernels.triton_launch import four_bits

    torch.manual_seed(0)
    values = torch.randn(384, 256, device="cuda", dtype=torch.bfloat16)
    packed, state = quantize_4bit(values, compress_statistics=True, quant_type="nf4")
    assert (four_bits(packed, state) == dequantize_4bit(packed, state)).all()


def test_a_loss_that_is_no_number_is_said_with_its_step() -> None:
    base = model(torch.bfloat16)
    network = wear(base, Adapter(PLAIN))
    learner = LoraLearner(network, Engine(base), Budget(100_000))
    base.network.get_output_embeddings().weight.data.fill_(torch.nan)
    recipe = Recipe(
        epochs=1, patience=1, batch_size=16, learning_rate=1e-3, warmup=0, weight_decay=0, seed=0
    )
    with pytest.raises(Diverged, match="at step 1 of 4"):
        train(learner, [Lesson("a", [row]) for row in ROWS], recipe, check=None)


def test_recordings_are_made_of_what_comes_again() -> None:
    base = model(torch.bfloat16)
    engine = Engine(base)
    learner = LoraLearner(wear(base, Adapter(PLAIN)), engine, Budget(100_000))
    totals = []
    for _ in range(3):
        total = learner.loss(ROWS).total
        total.backward()
        totals.append(float(total.detach()))
    assert engine._repeated is not None
    assert len(engine._repeated.replays.recordings) == 1
    assert totals[2] == pytest.approx(totals[0], rel=1e-3)


def test_what_cannot_be_recorded_is_computed_each_time_and_dropout_still_works() -> None:
    weights = torch.nn.Parameter(torch.ones(8, device="cuda"))

    def waits(given: torch.Tensor, size: Any, own: Any) -> torch.Tensor:
        dropped = torch.nn.functional.dropout(own[0] * given.sum(), 0.5)
        return dropped * float(dropped.sum())

    replays = Replays([weights], waits, strict=False)
    given = torch.ones(4, device="cuda")
    assert [replays.total(given, 4) for _ in range(3)] == [None, None, None]
    assert replays.is_over
    dropped = torch.nn.functional.dropout(torch.ones(1000, device="cuda"), 0.5)
    assert 0 < int((dropped == 0).sum()) < 1000


def fitted(
    way: ForwardOptions, dropout: float = 0.0
) -> tuple[dict[str, torch.Tensor], list[dict[str, float]]]:
    """An adapter after steps of several parts, of sizes that come again, and the fit's history."""
    base = model(torch.float32)
    torch.manual_seed(0)
    shape = Shape(rank=8, alpha=16, dropout=dropout, targets="all")
    network = wear(base, Adapter(shape))
    learner = LoraLearner(network, Engine(base, options=way), Budget(256))
    recipe = Recipe(
        epochs=4, patience=4, batch_size=48, learning_rate=2e-3, warmup=0, weight_decay=0, seed=0
    )
    state = train(learner, [Lesson("a", [row]) for row in ROWS], recipe, check=None)
    assert not way.large or len(learner.engine._repeated.replays.recordings) > 1  # type: ignore[union-attr]
    return {name: values.clone() for name, values in matrices(network).items()}, state.history


def test_a_fit_from_recordings_ends_with_the_adapter_of_one_without() -> None:
    known, found = (fitted(ForwardOptions(large=large))[0] for large in (False, True))
    for name, values in known.items():
        torch.testing.assert_close(found[name], values, rtol=1e-2, atol=1e-3)


def test_a_fit_from_recordings_with_dropout_learns() -> None:
    losses = [row["train_loss"] for row in fitted(ForwardOptions(large=True), dropout=0.2)[1]]
    assert np.isfinite(losses).all() and losses[-1] < losses[0]


def test_work_that_takes_nothing_of_the_gpu_is_not_charged_for_what_lies_there() -> None:
    resident = torch.zeros(1000, device="cuda")
    memory = PeakMemory()
    assert memory.device_bytes() == 0
    more = torch.zeros(1000, device="cuda")
    assert memory.device_bytes() >= resident.nbytes + more.nbytes


@pytest.mark.parametrize("low", [False, True])
def test_gradients_through_copied_keys_equal_those_of_padded_batches(
    known: torch.Tensor, low: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_tree_attention, "READERS", 1)
    monkeypatch.setattr(_packed_loss, "WORTH", 0.0)  # recordings have no copies
    assert (
        off(gradient(model(torch.float32), ForwardOptions(large=True, recompute=low)), known) < 1e-4
    )


def test_packed_bfloat16_with_copied_keys_is_as_near_to_float32_as_padded_is(
    known: torch.Tensor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_tree_attention, "READERS", 1)
    monkeypatch.setattr(_packed_loss, "WORTH", 0.0)
    padded = off(gradient(model(torch.bfloat16), ForwardOptions(large=False), "padded"), known)
    assert off(gradient(model(torch.bfloat16), ForwardOptions(large=True)), known) < 1.1 * padded


def test_layers_of_4_bits_are_dequantised_into_one_matrix() -> None:
    from bitsandbytes.nn import Linear4bit

    torch.manual_seed(0)
    layers = [
        Linear4bit(256, height, bias=False, quant_type="nf4", compute_dtype=torch.bfloat16)
        for height in (256, 128, 128)
    ]
    for layer in layers:
        layer.to(torch.bfloat16).to("cuda")
    alone = torch.cat([weight_of(layer)() for layer in layers])  # type: ignore[misc]
    assert (weights_of(layers)() == alone).all()

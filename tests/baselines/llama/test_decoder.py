"""Llama's blocks in few, large steps say and learn what the library's own do."""

from collections.abc import Iterator
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch._dynamo.testing import CompileCounterWithBackend
from torch.nn.attention.flex_attention import create_block_mask
from transformers import LlamaConfig, LlamaForCausalLM

from bench.baselines._llama.engine.adapter import Adapter, Shape, Targets, bare, matrices, wear
from bench.baselines._llama.engine.base_model import BaseModel, base_model
from bench.baselines._llama.engine.engine import Engine
from bench.baselines._llama.engine.forward import ForwardOptions
from bench.baselines._llama.kernels import forest_attention as _tree_attention
from bench.baselines._llama.kernels.attention_blocks import (
    SIZE,
    block_mask,
    block_numbers,
    blocks_of,
    filling,
)
from bench.baselines._llama.kernels.decoder import Decoder, decoder_of
from bench.baselines._llama.kernels.forest_attention import attend
from bench.baselines._llama.kernels.prefix_forest import Forest, build_forest
from bench.baselines._llama.lora_learner import LoraLearner
from bench.baselines._llama.prompter import Lesson
from bench.baselines._training.recipe import Recipe
from bench.baselines._training.token_budget import Budget
from bench.baselines._training.trainer import train
from bench.models import weights
from tests.support.llama_rows import made_up
from tests.support.tiny_llama import tiny_llama

# On a GPU products are in 16 bits: tests/baselines/llama/test_on_a_gpu.py.
pytestmark = pytest.mark.skipif(torch.cuda.is_available(), reason="compares to the last digits")
OWN, LARGE, LOW = (
    ForwardOptions(large=False),
    ForwardOptions(large=True),
    ForwardOptions(large=True, recompute=True),
)


@pytest.fixture(params=["quantized", "dequantized"])
def base(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[BaseModel]:
    found = weights(str(tiny_llama(tmp_path / "model")))
    base = base_model(found, precision="nf4", resident=request.param)
    yield base
    bare(base)


def adapted(base: BaseModel, *, targets: Targets = "all", dropout: float = 0.0) -> Adapter:
    """An adapter that is on, whose two matrices both say something."""
    torch.manual_seed(0)
    adapter = Adapter(Shape(rank=4, alpha=8, dropout=dropout, targets=targets))
    network = wear(base, adapter)
    with torch.no_grad():
        for name, values in network.named_parameters():
            if "lora_B" in name:
                values.normal_(std=0.1)
    return adapter


def learnt(base: BaseModel, adapter: Adapter, way: ForwardOptions) -> list[torch.Tensor]:
    """The gradients of all matrices, in an order of their own, from several parts."""
    learner = LoraLearner(wear(base, adapter), Engine(base, options=way), Budget(200))
    learner.network.train()
    for part in learner.parts([Lesson("a", made_up())], 200):
        learner.loss(part).total.backward()
    decoder = decoder_of(base.network)
    if not way.large:
        return [m.grad for group in decoder.groups for m in group.matrices if m.grad is not None]
    assert decoder.adapter is not None and decoder.adapter.grad is not None
    sizes = [m.numel() for group in decoder.groups for m in group.matrices]
    return list(decoder.adapter.grad.split(sizes))


@pytest.mark.parametrize("targets", ["all", "attention", "query_value"])
@pytest.mark.parametrize("way", [LARGE, LOW])
def test_gradients_equal_those_of_the_librarys_steps(
    base: BaseModel, targets: Targets, way: ForwardOptions
) -> None:
    adapter = adapted(base, targets=targets)
    known, found = learnt(base, adapter, OWN), learnt(base, adapter, way)
    assert len(found) == len(known) == 2 * 2 * {"all": 7, "attention": 4, "query_value": 2}[targets]
    for one, other in zip(found, known, strict=True):
        assert (one - other.flatten()).norm() <= 1e-5 * other.norm()


@pytest.mark.parametrize("on", [True, False])
def test_readings_equal_those_of_the_librarys_steps(tmp_path: Path, on: bool) -> None:
    base = base_model(weights(str(tiny_llama(tmp_path))), precision="nf4", resident="dequantized")
    if on:
        adapted(base)
    # In float32 the last digits of a sum hang on the processor.
    base.network.double()
    rows = made_up()
    known, found = (Engine(base, options=way).read(rows) for way in (OWN, LARGE))
    bare(base)
    for one, other in zip(found, known, strict=True):
        np.testing.assert_allclose(one.logprobs, other.logprobs, atol=1e-5)


@pytest.mark.parametrize("on", [True, False])
def test_weights_of_4_bits_are_read_as_their_values_are(tmp_path: Path, on: bool) -> None:
    found, readings = weights(str(tiny_llama(tmp_path))), []
    for resident in ("quantized", "dequantized"):
        base = base_model(found, precision="nf4", resident=resident)
        if on:
            adapted(base)
        readings.append(Engine(base, options=LARGE).read(made_up()))
        bare(base)
    for one, other in zip(*readings, strict=True):
        np.testing.assert_allclose(one.logprobs, other.logprobs, atol=1e-5)


def test_a_gradient_with_dropout_is_the_slope_of_the_loss(base: BaseModel) -> None:
    adapter = adapted(base, dropout=0.5)
    learner = LoraLearner(wear(base, adapter), Engine(base, options=LARGE), Budget(10_000))
    whole = decoder_of(base.network).adapter
    assert whole is not None
    learner.network.train()

    def loss() -> torch.Tensor:
        torch.manual_seed(1)
        return learner.loss(made_up(8)).total

    loss().backward()
    torch.manual_seed(2)
    step, at = torch.randn_like(whole), whole.detach().clone()
    sides = []
    for sign in (1, -1):
        whole.data.copy_(at + sign * 1e-4 * step)
        sides.append(float(loss().detach()))
    slope = (sides[0] - sides[1]) / 2e-4
    assert whole.grad is not None
    assert float((whole.grad * step).sum()) == pytest.approx(slope, rel=0.02)


def test_a_fit_ends_with_the_same_adapter(base: BaseModel) -> None:
    recipe = Recipe(
        epochs=2, patience=2, batch_size=8, learning_rate=1e-2, warmup=0.1, weight_decay=0.0, seed=0
    )
    ends = []
    for way in (OWN, LARGE):
        adapter = adapted(base)
        network = wear(base, adapter)
        learner = LoraLearner(network, Engine(base, options=way), Budget(10_000))
        train(learner, [Lesson("a", [row]) for row in made_up()], recipe, check=None)
        ends.append({name: values.clone() for name, values in matrices(network).items()})
        bare(base)
    for name, known in ends[0].items():
        torch.testing.assert_close(ends[1][name], known, rtol=1e-3, atol=1e-4)


def test_another_adapter_is_seen(base: BaseModel) -> None:
    adapted(base)
    before = decoder_of(base.network)
    assert decoder_of(base.network) is before
    adapted(base)
    assert decoder_of(base.network) is not before


def test_an_adapter_that_was_read_with_first_can_learn(base: BaseModel) -> None:
    adapter = adapted(base)
    Engine(base, options=LARGE).read(made_up(2))
    assert all(values.norm() > 0 for values in learnt(base, adapter, LARGE))


def test_an_adapter_keeps_its_numbers_as_one_vector(base: BaseModel) -> None:
    network = wear(base, adapted(base))
    known = {name: values.clone() for name, values in matrices(network).items()}
    decoder = Decoder(base.network)
    assert decoder.adapter is not None
    assert decoder.adapter.numel() == sum(values.numel() for values in known.values())
    assert all((matrices(network)[name] == values).all() for name, values in known.items())


def _branching(seed: int) -> Forest:
    draw = np.random.default_rng(seed)
    prefix = draw.integers(0, 50, 100 * seed + 1).tolist()
    rows = [prefix + draw.integers(0, 3, draw.integers(1, 60)).tolist() for _ in range(40)]
    forest = build_forest(rows)
    return forest.padded_by(filling(len(forest.ids)))


@pytest.mark.parametrize("seed", range(4))
def test_blocks_are_those_that_the_library_counts(seed: int) -> None:
    forest = _branching(seed)
    end, n = torch.from_numpy(forest.end), len(forest.ids)
    found = block_mask(blocks_of(torch.from_numpy(block_numbers(forest.end)), end).mask)
    known = create_block_mask(
        lambda b, h, q, k: (k <= q) & (q < end[k]), None, None, n, n, device="cpu"
    )
    for kind in ("kv", "full_kv", "q", "full_q"):
        assert (getattr(found, f"{kind}_num_blocks") == getattr(known, f"{kind}_num_blocks")).all()
    assert (found.to_dense() == known.to_dense()).all()


def _read(counts: torch.Tensor, which: torch.Tensor) -> set[tuple[int, int]]:
    return {(i, int(j)) for i, n in enumerate(counts.tolist()) for j in which[i, :n]}


@pytest.mark.parametrize("readers", [1, 3])
@pytest.mark.parametrize("seed", range(4))
def test_copied_blocks_serve_each_reader_once(seed: int, readers: int) -> None:
    forest = _branching(seed)
    end = torch.from_numpy(forest.end)
    plain = blocks_of(torch.from_numpy(block_numbers(forest.end)), end).mask
    numbers = torch.from_numpy(block_numbers(forest.end, readers=readers))
    mask, copies = blocks_of(numbers, end)
    assert copies is not None
    assert len(mask.end) == len(plain.end) + int(copies[-1])
    assert 2 * int(copies[-1]) <= len(plain.end)
    source = mask.position[:, 0] // SIZE
    for at in (0, 2):  # in part, and whole
        rows, columns = _read(*mask.lists[at : at + 2]), _read(*mask.lists[at + 4 : at + 6])
        assert {(j, i) for i, j in columns} == rows
        known = sorted(_read(*plain.lists[at : at + 2]))
        assert sorted((i, int(source[j])) for i, j in rows) == known
    for block, (start, stop) in enumerate(pairwise(copies.tolist())):
        assert (source[len(plain.end) :][start:stop] == block).all()
    assert (mask.end == end.view(-1, SIZE)[source]).all()


def test_copied_blocks_serve_few() -> None:
    forest = build_forest([[*range(300), i] for i in range(300, 4000)])
    forest = forest.padded_by(filling(len(forest.ids)))
    numbers = torch.from_numpy(block_numbers(forest.end, readers=8))
    mask = blocks_of(numbers, torch.from_numpy(forest.end)).mask
    assert int((mask.lists[4] + mask.lists[6]).max()) == 8


def test_attention_is_compiled_once_for_any_number_of_blocks_and_copies(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    counter = CompileCounterWithBackend("aot_eager")
    monkeypatch.setattr(torch, "compile", partial(torch.compile, backend=counter))
    _tree_attention._flex.cache_clear()
    for seed, readers in ((0, None), (2, None), (3, None), (1, 1), (3, 1)):
        forest = _branching(seed)
        numbers = torch.from_numpy(block_numbers(forest.end, readers=readers))
        tree = blocks_of(numbers, torch.from_numpy(forest.end))
        q, k = (torch.zeros(1, 2, n, 16) for n in (len(forest.ids), tree.keys))
        with torch.no_grad():
            attend(q, k, k, tree, 0.25)
    _tree_attention._flex.cache_clear()
    assert counter.frame_count == 1


def test_attention_over_copied_keys_is_refused_where_it_is_not_compiled(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(torch, "compile", lambda function: function)
    _tree_attention._flex.cache_clear()
    forest = _branching(3)
    numbers = torch.from_numpy(block_numbers(forest.end, readers=1))
    tree = blocks_of(numbers, torch.from_numpy(forest.end))
    q, k = (torch.zeros(1, 2, n, 16) for n in (len(forest.ids), tree.keys))
    with pytest.raises(RuntimeError, match="unless it is compiled"):
        attend(q, k, k, tree, 0.25)
    _tree_attention._flex.cache_clear()


def test_layers_with_biases_learn_what_the_librarys_do() -> None:
    torch.manual_seed(0)
    config = LlamaConfig(
        vocab_size=400,
        hidden_size=64,
        intermediate_size=96,
        num_hidden_layers=2,
        num_attention_heads=4,
        num_key_value_heads=2,
        attention_bias=True,
        mlp_bias=True,
    )
    network: Any = LlamaForCausalLM(config).requires_grad_(False).eval()
    for name, values in network.named_parameters():
        if name.endswith("bias"):
            values.data.normal_()
    network.set_attn_implementation(_tree_attention.NAME)
    base = BaseModel(network, None, 0, 0, True)
    adapter = adapted(base, targets="query_value")
    known, found = learnt(base, adapter, OWN), learnt(base, adapter, LARGE)
    for one, other in zip(found, known, strict=True):
        assert (one - other.flatten()).norm() <= 1e-4 * other.norm()


def test_joined_weights_stay_where_they_are_when_another_adapter_comes_on(
    tmp_path: Path,
) -> None:
    found = weights(str(tiny_llama(tmp_path / "model")))
    base = base_model(found, precision="bf16", resident="dequantized")
    places = []
    for _ in range(2):
        adapted(base)
        places.append(decoder_of(base.network).groups[0].weight().data_ptr())
    bare(base)
    assert places[0] == places[1]
    assert base.network.get_decoder().layers[0].self_attn.q_proj.weight.data_ptr() == places[0]


@pytest.mark.parametrize("coarse", [False, True])
@pytest.mark.parametrize("tokens", [1, 128, 900, 2049, 7000, 16_384, 100_000])
def test_filling_makes_whole_blocks_and_little_of_it(tokens: int, coarse: bool) -> None:
    found = filling(tokens, coarse=coarse)
    assert (tokens + found) % SIZE == 0
    assert found < max(2 * SIZE, tokens / 15 if coarse else 0)


def test_lengths_that_should_come_again_are_few() -> None:
    lengths = {n + filling(n, coarse=True) for n in range(8192, 16_384)}
    assert len(lengths) <= 17

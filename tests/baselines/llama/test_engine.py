"""The packed engine is exact: it says what plain padded batches and the library's own generation
say."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from bench.baselines._llama.engine.adapter import Adapter, Shape, bare, matrices, wear
from bench.baselines._llama.engine.base_model import BaseModel, base_model
from bench.baselines._llama.engine.engine import Engine
from bench.baselines._llama.engine.generate import bytes_a_token, generate
from bench.baselines._llama.engine.kv_cache import preallocating_cache
from bench.baselines._llama.engine.token_rows import Row
from bench.baselines._llama.kernels.lora import unfuse
from bench.baselines._llama.kernels.prefix_forest import build_forest
from bench.baselines._llama.lora_learner import LoraLearner
from bench.baselines._training.token_budget import Budget
from bench.models import weights
from tests.support.llama_rows import made_up
from tests.support.tiny_llama import tiny_llama

PLAIN = Shape(rank=4, alpha=8, dropout=0.0, targets="all")


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> BaseModel:
    folder = tiny_llama(tmp_path_factory.mktemp("model"))
    return base_model(weights(str(folder)), precision="bf16", resident="dequantized")


def trained(base: BaseModel) -> Adapter:
    """An adapter whose two matrices both say something."""
    torch.manual_seed(0)
    adapter = Adapter(PLAIN)
    network = wear(base, adapter)
    with torch.no_grad():
        for name, values in network.named_parameters():
            if "lora_B" in name:
                values.normal_(std=0.1)
    bare(base)
    return adapter


def gradients(
    base: BaseModel, form: str, rows: Sequence[Row], tokens: int
) -> dict[str, torch.Tensor]:
    adapter = trained(base)
    network = wear(base, adapter)
    learner = LoraLearner(network, Engine(base, form), Budget(tokens))  # type: ignore[arg-type]
    network.train()
    total = torch.zeros(())
    for part in learner.engine.parts(rows, tokens):
        loss = learner.loss([rows[i] for i in part]).total
        loss.backward()
        total += loss.detach()
    found = {n: p.grad.clone() for n, p in network.named_parameters() if p.grad is not None}
    bare(base)
    return {"loss": total, **found}


@pytest.mark.parametrize("tokens", [10_000, 200])
def test_loss_and_all_gradients_equal_those_of_padded_batches(base: BaseModel, tokens: int) -> None:
    rows = made_up()
    packed, padded = (gradients(base, form, rows, tokens) for form in ("packed", "padded"))
    assert len(packed) == 1 + 2 * 2 * 7  # two matrices a layer, two blocks, seven layers in each
    for name, known in padded.items():
        assert (packed[name] - known).norm() <= 1e-5 * known.norm(), name


def test_likelihoods_equal_those_of_each_row_alone(base: BaseModel) -> None:
    rows, engine = made_up(), Engine(base, "packed")
    alone = [Engine(base, "padded").read([row])[0] for row in rows]
    for together, known in zip(engine.read(rows), alone, strict=True):
        np.testing.assert_allclose(together.logprobs, known.logprobs, atol=1e-4)
        assert (together.best == known.best).all()


def test_likelihoods_equal_the_librarys_own(base: BaseModel) -> None:
    row = made_up(1)[0]
    with torch.inference_mode():
        logits = base.network(torch.tensor([row.ids])).logits[0].double()
    known = logits.log_softmax(-1)[range(row.start - 1, len(row.ids) - 1), row.ids[row.start :]]
    found = Engine(base, "packed").read([row])[0].logprobs
    np.testing.assert_allclose(found, known.numpy(), atol=1e-4)


@pytest.mark.parametrize("tokens", [64, 300, 10_000])
def test_readings_do_not_depend_on_what_is_read_together(base: BaseModel, tokens: int) -> None:
    rows = made_up(32)
    known = Engine(base, "packed", Budget(32)).read(rows)
    for one, other in zip(Engine(base, "packed", Budget(tokens)).read(rows), known, strict=True):
        np.testing.assert_allclose(one.logprobs, other.logprobs, atol=1e-4)


@pytest.mark.parametrize("resident", ["quantized", "dequantized"])
@pytest.mark.parametrize("dropout", [0.0, 0.5])
def test_layers_of_an_adapter_learn_as_the_librarys_own(
    tmp_path: Path, resident: str, dropout: float
) -> None:
    found = weights(str(tiny_llama(tmp_path / "model")))
    base = base_model(found, precision="nf4", resident=resident)  # type: ignore[arg-type]
    torch.manual_seed(0)
    network = wear(base, Adapter(Shape(rank=4, alpha=8, dropout=dropout, targets="all")))
    learner = LoraLearner(network, Engine(base, "packed"), Budget(10_000))
    with torch.no_grad():
        for name, values in network.named_parameters():
            if "lora_B" in name:
                values.normal_(std=0.1)
    network.train()
    learnt = []
    for form in ("fused", "the library's"):
        torch.manual_seed(1)
        learner.loss(made_up()).total.backward()
        learnt.append([p.grad.clone() for p in network.parameters() if p.grad is not None])
        network.zero_grad()
        if form == "fused":
            unfuse(network)
    assert len(learnt[0]) == len(learnt[1]) == 2 * 2 * 7
    for one, other in zip(*learnt, strict=True):
        assert (one - other).norm() <= 1e-5 * other.norm()
    bare(base)


def test_packing_spares_what_rows_share(base: BaseModel) -> None:
    rows = made_up(answers=1)
    states = Engine(base, "packed").states(rows)
    assert states.processed == len(build_forest([row.ids[:-1] for row in rows]).ids)
    assert states.processed < sum(len(row.ids) for row in rows) / 3


@pytest.mark.parametrize("shared", [0, 40])
def test_writing_together_equals_writing_alone(base: BaseModel, shared: int) -> None:
    rng = np.random.default_rng(1)
    opening = rng.integers(3, 300, shared).tolist()
    prompts = [opening + rng.integers(3, 300, n).tolist() for n in (5, 1, 9, 30, 2)]
    together = generate(base, prompts, new_tokens=6, budget=Budget(10_000))
    alone = [generate(base, [p], new_tokens=6, budget=Budget(10_000))[0] for p in prompts]
    assert together == alone


def test_an_adapter_comes_off_without_a_trace(base: BaseModel) -> None:
    rows, engine = made_up(), Engine(base, "packed")
    before = engine.read(rows)
    adapter = trained(base)
    wear(base, adapter)
    on = engine.read(rows)
    bare(base)
    after = engine.read(rows)
    assert all((a.logprobs == b.logprobs).all() for a, b in zip(before, after, strict=True))
    assert any((a.logprobs != b.logprobs).any() for a, b in zip(before, on, strict=True))


def test_an_adapter_put_on_again_says_the_same(base: BaseModel) -> None:
    rows, engine, adapter = made_up(), Engine(base, "packed"), trained(base)
    wear(base, adapter)
    first = engine.read(rows)
    wear(base, trained(base))
    wear(base, adapter)
    again = engine.read(rows)
    assert all((a.logprobs == b.logprobs).all() for a, b in zip(first, again, strict=True))
    bare(base)


@pytest.mark.parametrize("resident", ["quantized", "dequantized"])
def test_an_adapter_still_learns_after_an_evaluation(tmp_path: Path, resident: str) -> None:
    # On a CPU with AVX512-BF16, bitsandbytes would give no gradient from then on.
    found = weights(str(tiny_llama(tmp_path / "model")))
    quantised = base_model(found, precision="nf4", resident=resident)  # type: ignore[arg-type]
    engine = Engine(quantised, "packed")
    engine.read(made_up())
    network = wear(quantised, Adapter(PLAIN))
    network.train()
    LoraLearner(network, engine, Budget(10_000)).loss(made_up()).total.backward()
    padded_forest = [p.grad for n, p in network.named_parameters() if "lora_B" in n]
    assert padded_forest and all(g is not None and g.abs().sum() > 0 for g in padded_forest)


def test_dequantised_once_says_what_quantised_says(tmp_path: Path) -> None:
    found = weights(str(tiny_llama(tmp_path / "model")))
    rows = made_up()
    once = Engine(base_model(found, precision="nf4", resident="dequantized")).read(rows)
    each = Engine(base_model(found, precision="nf4", resident="quantized")).read(rows)
    for one, other in zip(once, each, strict=True):
        np.testing.assert_allclose(one.logprobs, other.logprobs, atol=1e-3)


def test_a_model_is_loaded_once_for_many_cells(tmp_path: Path) -> None:
    found = weights(str(tiny_llama(tmp_path / "model")))
    first = base_model(found, precision="nf4", resident="dequantized")
    assert base_model(found, precision="nf4", resident="dequantized") is first


def test_a_model_too_large_is_told_before_it_is_loaded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import bench.baselines._llama.engine.base_model as module
    from bench.errors import Unavailable

    found = weights(str(tiny_llama(tmp_path / "model")))
    monkeypatch.setitem(module.BYTES, "nf4", 1e9)
    with pytest.raises(Unavailable, match=r"GiB of memory .* GiB free"):
        base_model(found, precision="nf4", resident="quantized")


def test_matrices_are_those_of_the_adapter_alone(base: BaseModel) -> None:
    network = wear(base, Adapter(PLAIN))
    assert all("lora_" in name for name in matrices(network))
    bare(base)


def test_the_bytes_of_a_token_are_those_of_its_keys_and_values(base: BaseModel) -> None:
    cache = preallocating_cache(base.network.config)
    with torch.inference_mode():
        ids = torch.arange(3, 10)[None]
        base.network.get_decoder()(input_ids=ids, past_key_values=cache, use_cache=True)
    held: list[Any] = list(cache.layers)
    bytes_ = sum(layer.keys.nbytes + layer.values.nbytes for layer in held)
    assert bytes_a_token(base) == bytes_ / 7

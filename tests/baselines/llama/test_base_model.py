"""One model is in memory at a time, whatever adapter the last one had on."""

import gc
import weakref
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import torch
from transformers import LlamaForCausalLM

from bench.baselines._llama.engine.adapter import Adapter, Shape, bare, matrices, wear
from bench.baselines._llama.engine.base_model import base_model, forget
from bench.baselines._llama.engine.merge import write_merged
from bench.models import Weights, weights
from tests.support.tiny_llama import tiny_llama

SHAPE = Shape(rank=4, alpha=8, dropout=0.0, targets="all")


@pytest.fixture
def found(tmp_path: Path) -> Iterator[Weights]:
    yield weights(str(tiny_llama(tmp_path / "model")))
    forget()


def dressed(found: Weights) -> "weakref.ref[Any]":
    """A model that is in memory with an adapter on, held by nobody else."""
    base = base_model(found, precision="bf16", resident="dequantized")
    wear(base, Adapter(SHAPE))
    return weakref.ref(base.network)


def test_a_model_with_an_adapter_on_is_gone_before_the_next_is_loaded(
    found: Weights, monkeypatch: pytest.MonkeyPatch
) -> None:
    import bench.baselines._llama.engine.base_model as module

    old, at_loading = dressed(found), []
    load = module._load
    monkeypatch.setattr(module, "_load", lambda *a: (at_loading.append(old()), load(*a))[1])
    base_model(found, precision="nf4", resident="dequantized")
    assert at_loading == [None]


def test_a_model_with_an_adapter_on_is_gone_once_it_is_forgotten(found: Weights) -> None:
    old = dressed(found)
    forget()
    assert old() is None


def test_who_has_a_model_in_use_keeps_it_and_its_adapter(found: Weights) -> None:
    base, adapter = base_model(found, precision="bf16", resident="dequantized"), Adapter(SHAPE)
    network = wear(base, adapter)
    with torch.no_grad():
        next(p for n, p in network.named_parameters() if "lora_B" in n).fill_(3.0)
    forget()
    assert wear(base, adapter) is network
    bare(base)
    assert any((values == 3.0).all() for values in adapter.weights.values())


def test_nothing_of_a_merge_stays_in_memory(found: Weights, tmp_path: Path) -> None:
    before = living()
    wear_once(found, tmp_path / "adapter")
    assert living() == before + 1
    write_merged(found, tmp_path / "adapter", tmp_path / "merged", precision="nf4")
    assert living() == before


def living() -> int:
    """How many models are in memory."""
    gc.collect()
    return sum(type(o) is LlamaForCausalLM for o in gc.get_objects())


def wear_once(found: Weights, to: Path) -> None:
    """Write an adapter of that model."""
    base = base_model(found, precision="bf16", resident="dequantized")
    network = wear(base, Adapter(SHAPE))
    assert matrices(network)
    network.save_pretrained(str(to))

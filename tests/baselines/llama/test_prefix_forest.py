"""Sequences as a forest: nothing is lost, what is shared stands once, nobody sees a stranger."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch.nn import functional

from bench.baselines._llama.kernels.forest_attention import _Chunked, chunks
from bench.baselines._llama.kernels.prefix_forest import Forest, build_forest, cut

SEQUENCES = st.lists(st.lists(st.integers(0, 3), min_size=1, max_size=8), min_size=1, max_size=12)


def seen(forest: Forest, place: int) -> list[int]:
    """The places that a token attends to."""
    return [k for k in range(place + 1) if place < forest.end[k]]


@given(SEQUENCES)
def test_each_sequence_is_read_back(sequences: list[list[int]]) -> None:
    forest = build_forest(sequences)
    assert [forest.ids[place].tolist() for place in forest.places] == sequences


@given(SEQUENCES)
def test_a_token_sees_what_stands_before_it_in_its_sequence_and_nothing_else(
    sequences: list[list[int]],
) -> None:
    forest = build_forest(sequences)
    for places in forest.places:
        assert all(seen(forest, p) == places[: i + 1].tolist() for i, p in enumerate(places))


@given(SEQUENCES)
def test_equal_beginnings_stand_once(sequences: list[list[int]]) -> None:
    beginnings = {tuple(s[: i + 1]) for s in sequences for i in range(len(s))}
    assert len(build_forest(sequences).ids) == len(beginnings)


@given(SEQUENCES)
def test_a_tokens_depth_is_its_position(sequences: list[list[int]]) -> None:
    forest = build_forest(sequences)
    assert all((forest.depth[p] == np.arange(len(p))).all() for p in forest.places)


@given(SEQUENCES, st.integers(1, 20))
def test_parts_hold_each_sequence_once_and_keep_to_the_budget(
    sequences: list[list[int]], tokens: int
) -> None:
    parts = cut(sequences, tokens=tokens)
    assert sorted(i for part in parts for i in part) == list(range(len(sequences)))
    sizes = [len(build_forest([sequences[i] for i in part]).ids) for part in parts]
    assert all(n <= tokens or len(p) == 1 for n, p in zip(sizes, parts, strict=True))


def test_filling_sees_itself_alone() -> None:
    forest = build_forest([[1, 2], [1, 3]]).padded_by(2)
    assert [seen(forest, place) for place in (3, 4)] == [[3], [4]]


@pytest.mark.parametrize("size", [1, 3, 128])
def test_attention_in_chunks_equals_attention_under_one_mask(size: int) -> None:
    rng = np.random.default_rng(0)
    forest = build_forest(
        [[1, 2, *rng.integers(0, 3, rng.integers(1, 9)).tolist()] for _ in range(9)]
    )
    n, places = len(forest.ids), torch.arange(len(forest.ids))
    torch.manual_seed(0)
    q, k, v = (torch.randn(1, heads, n, 8, requires_grad=True) for heads in (4, 2, 2))
    mask = (places <= places[:, None]) & (places[:, None] < torch.from_numpy(forest.end))
    whole = functional.scaled_dot_product_attention(q, k, v, attn_mask=mask, enable_gqa=True)
    parted = _Chunked.apply(q, k, v, chunks(forest, size=size), 8**-0.5)
    pull = torch.randn_like(whole)
    ours = torch.autograd.grad(parted, (q, k, v), pull)
    known = torch.autograd.grad(whole, (q, k, v), pull)
    torch.testing.assert_close((parted, *ours), (whole, *known), rtol=1e-5, atol=1e-5)

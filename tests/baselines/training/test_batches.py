"""Steps of like length and batches under a token budget."""

import numpy as np
import pytest

from bench.baselines._training.batches import epoch_steps, within

LENGTHS = np.random.default_rng(5).lognormal(3, 0.6, 3000).astype(int) + 1


def steps(*, epoch: int = 0, seed: int = 0) -> list[np.ndarray]:
    return epoch_steps(LENGTHS, examples=16, seed=seed, epoch=epoch)


def test_an_epoch_has_each_row_once() -> None:
    assert sorted(np.concatenate(steps())) == list(range(len(LENGTHS)))


def test_all_steps_but_one_are_full() -> None:
    assert sorted(map(len, steps())) == [8] + [16] * 187


@pytest.mark.parametrize("other", [{"epoch": 1}, {"seed": 1}])
def test_another_epoch_or_seed_has_another_order(other: dict[str, int]) -> None:
    assert any(a.tolist() != b.tolist() for a, b in zip(steps(), steps(**other), strict=True))


def test_the_same_epoch_and_seed_have_the_same_order() -> None:
    assert [s.tolist() for s in steps(epoch=3)] == [s.tolist() for s in steps(epoch=3)]


def test_nine_in_ten_tokens_of_padded_steps_are_real() -> None:
    padded = sum(len(step) * LENGTHS[step].max() for step in steps())
    assert LENGTHS.sum() / padded >= 0.9


def test_rows_of_a_step_change_from_epoch_to_epoch() -> None:
    together = [{frozenset(step.tolist()) for step in steps(epoch=e)} for e in (0, 1)]
    assert not together[0] & together[1]


def test_a_batch_stays_within_its_budget_once_padded() -> None:
    batches = within(LENGTHS, range(200), tokens=256)
    assert all(len(b) == 1 or len(b) * LENGTHS[b].max() <= 256 for b in batches)
    assert sorted(np.concatenate(batches)) == list(range(200))


def test_a_row_longer_than_the_budget_is_a_batch_of_its_own() -> None:
    assert [b.tolist() for b in within([3, 900, 2], [0, 1, 2], tokens=10)] == [[1], [0, 2]]


def test_rows_without_a_token_are_batched_too() -> None:
    assert [b.tolist() for b in within([0, 0], [0, 1], tokens=8)] == [[0, 1]]

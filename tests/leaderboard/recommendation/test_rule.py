"""The rule: the cheapest entry that is expected to lose little, if a person notices the saving."""

import numpy as np
import pytest

from bench.leaderboard.recommendation.rule import choose, losses, noticeable


def certain(*scores: float) -> np.ndarray:
    """Draws of scores that are known for sure."""
    return np.repeat(np.array(scores)[:, None], 10, axis=1)


def taken(scores: tuple[float, ...], costs: list[float | None], margin: float = 0.02) -> int:
    return choose(losses(certain(*scores), margin), costs, margin)


def test_the_loss_is_the_mean_distance_from_the_best_of_each_draw() -> None:
    drawn = np.array([[0.9, 0.7], [0.8, 0.8]])
    assert losses(drawn, 0.02).regret == pytest.approx([0.05, 0.05])


def test_a_loss_equal_to_the_margin_is_within_it() -> None:
    assert losses(certain(0.9, 0.88), 0.02).within.tolist() == [1.0, 1.0]


def test_the_cheapest_within_the_margin_is_taken() -> None:
    assert taken((0.90, 0.89, 0.80), [90.0, 3.0, 0.1]) == 1


def test_an_entry_beyond_the_margin_is_not_taken_however_cheap() -> None:
    assert taken((0.90, 0.87), [90.0, 0.1]) == 0


def test_milliseconds_are_no_saving() -> None:
    assert taken((0.90, 0.89), [0.035, 0.026]) == 0


def test_less_than_half_the_time_is_a_saving_and_more_is_none() -> None:
    assert [taken((0.90, 0.89), [20.0, cost]) for cost in (9.0, 11.0)] == [1, 0]


def test_of_several_that_are_alike_in_cost_the_best_is_taken() -> None:
    assert taken((0.90, 0.885, 0.895), [90.0, 3.0, 3.5]) == 2


def test_an_unknown_cost_is_taken_only_for_the_best() -> None:
    assert taken((0.90, 0.89), [None, 3.0]) == 1
    assert taken((0.90, 0.89), [3.0, None]) == 0
    assert taken((0.90, 0.50), [None, 3.0]) == 0


def test_where_nothing_is_within_the_margin_the_least_loss_is_taken() -> None:
    drawn = np.array([[0.9, 0.5, 0.5], [0.5, 0.9, 0.5], [0.6, 0.6, 0.7]])
    found = losses(drawn, 0.02)
    assert found.regret.min() > 0.02
    assert choose(found, [1.0, 1.0, 100.0], 0.02) == found.best


@pytest.mark.parametrize(
    ("cost", "cheaper", "seen"),
    [(2.1, 1.0, True), (1.9, 0.5, True), (1.4, 0.5, False), (None, 1.0, True)],
)
def test_a_saving_is_noticed_from_a_second_and_a_factor_of_two(
    cost: float | None, cheaper: float, seen: bool
) -> None:
    assert noticeable(cost, cheaper) is seen

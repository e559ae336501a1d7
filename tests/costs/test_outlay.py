"""Outlays, and where one becomes cheaper than another."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.costs.outlay import Outlay, break_even, mean

amounts = st.floats(0, 1e6)
outlays = st.builds(Outlay, amounts, amounts)


def test_the_fit_is_paid_once_and_each_text_for_itself() -> None:
    assert Outlay(60.0, 0.01).at(1_000) == 70.0


def test_the_cheaper_fit_is_overtaken_where_it_answers_dearer() -> None:
    assert break_even(Outlay(1.0, 0.5), Outlay(101.0, 0.25)) == 400.0


def test_nothing_is_overtaken_by_what_is_dearer_in_both() -> None:
    assert break_even(Outlay(1.0, 0.1), Outlay(2.0, 0.2)) is None
    assert break_even(Outlay(1.0, 0.1), Outlay(2.0, 0.1)) is None


@given(outlays, outlays)
def test_at_the_break_even_both_cost_the_same(first: Outlay, second: Outlay) -> None:
    volume = break_even(first, second)
    if volume is not None and volume < 1e12:
        costs = [one.once + volume * one.each for one in (first, second)]
        assert costs[0] == pytest.approx(costs[1], rel=1e-6, abs=1e-6)


def test_a_mean_with_an_unknown_part_is_unknown() -> None:
    assert mean([Outlay(1.0, 2.0), Outlay(3.0, 4.0)]) == Outlay(2.0, 3.0)
    assert mean([Outlay(1.0, 2.0), None]) is None
    assert mean([]) is None

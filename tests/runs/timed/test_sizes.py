"""Nested sizes."""

from bench.runs.timed.sizes import test_sizes as sizes_of_a_test
from bench.runs.timed.sizes import train_sizes


def test_there_are_three_sizes_a_decade_up_to_all() -> None:
    assert train_sizes(24_000) == (100, 200, 500, 1000, 2000, 5000, 10_000, 24_000)


def test_a_size_just_below_all_is_left_out() -> None:
    assert train_sizes(2400) == (100, 200, 500, 1000, 2400)


def test_few_examples_have_one_size() -> None:
    assert train_sizes(80, smallest=80) == (80,)


def test_a_test_is_whole_or_large_enough_to_tell_models_apart() -> None:
    assert sizes_of_a_test(6000) == (6000, 2000, 1000, 500, 200)
    assert sizes_of_a_test(150) == (150,)

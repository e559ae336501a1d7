"""Pairs that rare labels make too easy to tell apart are tested by permutation, too."""

import numpy as np
import pytest

from bench.errors import StoreError
from bench.leaderboard.comparisons.rare_labels import confirmed
from bench.leaderboard.gather import TaskRun, gather
from bench.metrics.aligned import Scored
from bench.outputs import SingleLabel
from bench.scoring.significance import Comparison
from tests.support.aligned import scored
from tests.support.fakes import fake_result, fake_scores

GOLD = "aaaaaaab" * 4
SAID = {"right": GOLD, "near": "aaaaaaab" * 3 + "aaaaaaaa", "wrong": "baaabbba" * 4}
INSIDE = np.array([False, False])


def cells(first: str, second: str, test: int = 12) -> list[list[TaskRun]]:
    """Two cells on a task with two labels of half the test examples each."""
    results = [
        fake_result(name, scores=fake_scores("t", 0.8, test=test)) for name in (first, second)
    ]
    return [list(cell.done) for cell in gather(results).tasks["t"].cells.values()]


def read(part: TaskRun) -> Scored:
    return scored(SingleLabel("a", "b"), [*GOLD], [*SAID[part.run.baseline]])


def with_p(p: float) -> Comparison:
    table = np.array([[1.0, p], [p, 1.0]])
    return Comparison(table, table.copy(), np.full((2, 2), 0.1), np.full((2, 2), 31.0))


def test_a_difference_of_one_example_is_not_sure() -> None:
    found = confirmed(with_p(0.001), cells("right", "near"), outside=INSIDE, read=read)
    assert found.p[0, 1] == found.holm_p[1, 0] == pytest.approx(1, abs=0.01)


def test_a_difference_of_most_examples_stays_sure() -> None:
    found = confirmed(with_p(0.001), cells("right", "wrong"), outside=INSIDE, read=read)
    assert found.holm_p[0, 1] == pytest.approx(0.001, abs=0.001)


def test_frequent_labels_and_missing_predictions_leave_the_tests_as_they_are() -> None:
    def broken(part: TaskRun) -> Scored:
        raise StoreError("not there")

    given = with_p(0.001)
    frequent, rare = cells("right", "near", 200), cells("right", "near")
    assert confirmed(given, frequent, outside=INSIDE, read=read) is given
    assert confirmed(given, rare, outside=INSIDE, read=None) is given
    assert confirmed(given, rare, outside=INSIDE, read=broken).holm_p[0, 1] == 0.001


def test_a_pair_that_is_not_sure_is_not_read() -> None:
    def never(part: TaskRun) -> Scored:
        raise AssertionError("it was read")

    assert confirmed(with_p(0.2), cells("right", "near"), outside=INSIDE, read=never).p[0, 1] == 0.2

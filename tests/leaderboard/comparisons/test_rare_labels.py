"""Pairs that rare labels make too easy to tell apart are tested by permutation, too."""

import numpy as np
import pytest

from bench.errors import StoreError
from bench.leaderboard.board import Cell, Leaderboard
from bench.leaderboard.comparisons.rare_labels import confirmed, exchanges
from bench.leaderboard.compute import compute
from bench.leaderboard.gather import TaskRun, gather
from bench.leaderboard.rescoring import Read
from bench.metrics.aligned import Scored
from bench.outputs import SingleLabel
from bench.records import ClassScore
from bench.scoring.significance import Comparison
from tests.support.aligned import scored
from tests.support.fakes import fake_result, fake_scores

GOLD = "aaaaaaab" * 4
SAID = {
    "right": GOLD,
    "near": "aaaaaaab" * 3 + "aaaaaaaa",
    "wrong": "baaabbba" * 4,
    "one": "aaaaaaab" + "aaaaaaaa" * 3,
    "majority": "a" * 32,
    "stratified_random": "baaabbba" * 4,
}
POINTS = {"right": 1.0, "near": 0.92, "one": 0.68, "majority": 0.467}
POINTS |= {"wrong": 0.35, "stratified_random": 0.35}
INSIDE = np.array([False, False])


def cells(first: str, second: str, test: int = 12) -> list[list[TaskRun]]:
    """Two cells on a task with two labels of half the test examples each."""
    results = [
        fake_result(name, scores=fake_scores("t", 0.8, test=test)) for name in (first, second)
    ]
    return [list(cell.done) for cell in gather(results).tasks["t"].cells.values()]


def confirm(given: Comparison, parts: list[list[TaskRun]], read: Read | None) -> Comparison:
    return confirmed(given, parts, outside=INSIDE, chance=exchanges(parts, read))


def read(part: TaskRun) -> Scored:
    return scored(SingleLabel("a", "b"), [*GOLD], [*SAID[part.run.baseline]])


def with_p(p: float) -> Comparison:
    table = np.array([[1.0, p], [p, 1.0]])
    return Comparison(table, table.copy(), np.full((2, 2), 0.1), np.full((2, 2), 31.0))


def test_a_difference_of_one_example_is_not_sure() -> None:
    found = confirm(with_p(0.001), cells("right", "near"), read)
    assert found.p[0, 1] == found.holm_p[1, 0] == pytest.approx(1, abs=0.01)


def test_a_difference_of_most_examples_stays_sure() -> None:
    found = confirm(with_p(0.001), cells("right", "wrong"), read)
    assert found.holm_p[0, 1] == pytest.approx(0.001, abs=0.001)


def test_frequent_labels_and_missing_predictions_leave_the_tests_as_they_are() -> None:
    def broken(part: TaskRun) -> Scored:
        raise StoreError("not there")

    given = with_p(0.001)
    frequent, rare = cells("right", "near", 200), cells("right", "near")
    assert confirm(given, frequent, read) is given
    assert confirm(given, rare, None) is given
    assert confirm(given, rare, broken).holm_p[0, 1] == 0.001


def test_a_pair_that_is_not_sure_is_not_read() -> None:
    def never(part: TaskRun) -> Scored:
        raise AssertionError("it was read")

    assert confirm(with_p(0.2), cells("right", "near"), never).p[0, 1] == 0.2


def board(readable: bool, *rows: str) -> Leaderboard:
    """The board of entries whose bootstrap draws make every difference sure."""
    kinds = {k: ClassScore(precision=1, recall=1, f1=1, support=GOLD.count(k)) for k in "ab"}
    runs = [
        fake_result(
            name,
            scores=fake_scores("t", POINTS[name], test=32, per_class=kinds),
            draws=POINTS[name] + 0.001 * np.random.default_rng(i).standard_normal(400),
            seeded=False,
        )
        for i, name in enumerate(rows)
    ]
    return compute(runs, [], read if readable else None)


def cell(found: Leaderboard, name: str) -> Cell:
    return next(row.cells["t"] for row in found.rows if row.baseline == name)


@pytest.mark.parametrize(("readable", "tied"), [(False, False), (True, True)])
def test_one_example_of_a_rare_label_breaks_no_tie_with_the_best(
    readable: bool, tied: bool
) -> None:
    assert cell(board(readable, "right", "near"), "near").tied is tied


def test_most_examples_break_a_tie_with_the_best() -> None:
    assert not cell(board(True, "right", "wrong"), "wrong").tied


@pytest.mark.parametrize(("readable", "above"), [(False, True), (True, False)])
def test_one_example_of_a_rare_label_is_not_surely_above_the_floor(
    readable: bool, above: bool
) -> None:
    assert cell(board(readable, "one", "majority"), "one").above_floor is above


def test_most_examples_are_above_the_floor() -> None:
    assert cell(board(True, "right", "stratified_random"), "right").above_floor

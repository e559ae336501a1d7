"""Mean ranks and Nemenyi's critical difference, against the published table."""

import math
from collections.abc import Sequence

import pytest

from bench.leaderboard.board import Leaderboard
from bench.leaderboard.comparisons.critical_difference import critical_difference
from bench.leaderboard.compute import compute
from bench.leaderboard.findings import Diagram
from tests.support.fakes import fake_result, fake_scores

SCORES = (0.9, 0.8, 0.7)


def board(orders: Sequence[str], source: str | None = None) -> Leaderboard:
    """A task an order: `ba` has b before a."""
    made = []
    for i, order in enumerate(orders):
        for name, score in zip(order, SCORES, strict=False):
            own = {"source": source} if source else {}
            made.append(fake_result(name, f"t{i}", scores=fake_scores(f"t{i}", score, **own)))
    return compute(made, [])


def diagram(orders: Sequence[str], source: str | None = None) -> Diagram:
    found = board(orders, source).diagram
    assert found is not None
    return found


def plain(found: Diagram) -> list[str]:
    """Groups by the first letters of their rows' ids, which are the names here."""
    return ["".join(row[0] for row in group) for group in found.groups]


@pytest.mark.parametrize(
    ("rows", "q"),
    [
        (2, 1.960),
        (3, 2.343),
        (4, 2.569),
        (5, 2.728),
        (6, 2.850),
        (7, 2.949),
        (8, 3.031),
        (9, 3.102),
        (10, 3.164),
    ],
)
def test_critical_values_equal_those_published(rows: int, q: float) -> None:
    """Demšar (2006), table 5 (a), Nemenyi at 0.05."""
    found = critical_difference(rows, 1) / math.sqrt(rows * (rows + 1) / 6)
    assert found == pytest.approx(q, abs=0.001)


def test_the_critical_difference_equals_the_published_example() -> None:
    """Demšar (2006), section 3.2.4: four classifiers on 14 data sets."""
    assert critical_difference(4, 14) == pytest.approx(1.25, abs=0.005)


def test_rows_that_are_surely_apart_share_no_group() -> None:
    found = diagram(["abc", "acb"] * 15)
    assert [(row[0], rank) for row, rank in found.rows] == [("a", 1.0), ("b", 2.5), ("c", 2.5)]
    assert plain(found) == ["bc"]


def test_groups_can_overlap() -> None:
    assert plain(diagram(["abc"] * 6 + ["bac"] * 3 + ["acb"] * 3)) == ["ab", "bc"]


def test_only_the_longest_groups_are_kept() -> None:
    assert plain(diagram(["abc", "abc"])) == ["abc"]


def test_equal_scores_share_the_mean_of_their_ranks() -> None:
    made = [fake_result(name, task, 0.7) for name in "ab" for task in ("t1", "t2")]
    found = compute(made, []).diagram
    assert found is not None
    assert [rank for _, rank in found.rows] == [1.5, 1.5]


def test_a_smaller_error_ranks_first() -> None:
    scores = {"a": 9.0, "b": 2.0}
    made = [
        fake_result(n, t, scores=fake_scores(t, s, metric="rmse"))
        for n, s in scores.items()
        for t in ("t1", "t2")
    ]
    found = compute(made, []).diagram
    assert found is not None
    assert found.rows[0][0].startswith("b")


@pytest.mark.parametrize("orders", [["abc"], ["a", "a"], ["a", "b"], []])
def test_one_task_or_one_whole_row_has_no_diagram(orders: list[str]) -> None:
    assert board(orders).diagram is None


def test_ranks_are_among_the_rows_with_every_score() -> None:
    found = diagram(["cab", "ab"])
    assert [(row[0], rank) for row, rank in found.rows] == [("a", 1.0), ("b", 2.0)]
    assert "left out because they lack a score on some task: 1." in found.caveat


def test_few_tasks_are_a_caveat() -> None:
    caveat = "With only 3 tasks, only large differences of ranks are significant."
    assert diagram(["ab"] * 3).caveat == caveat
    assert diagram(["ab"] * 10).caveat == ""


def test_tasks_of_one_source_are_a_caveat() -> None:
    assert "come from one source" in diagram(["ab"] * 10, source="one").caveat

"""The row that people make: a score with an interval, beside the others and never among them."""

from typing import Any

import pytest

from bench.leaderboard.board import HUMAN, Cell, Entry, Leaderboard
from bench.leaderboard.compute import compute
from bench.records import Limit, PeopleFacts
from bench.reports.render import render
from bench.store.store import StoredResult
from tests.support.fakes import fake_result, fake_scores

PEOPLE = PeopleFacts(
    people=3,
    rows=90,
    score=0.87,
    interval=(0.81, 0.92),
    kappa=0.5,
    fleiss=0.4,
    alpha=0.45,
    model_kappa=0.3,
)


def rated(score: float, people: PeopleFacts | None = PEOPLE, **fields: Any) -> StoredResult:
    task = fields.pop("task", "reviews")
    return fake_result(task=task, scores=fake_scores(task, score, people=people), **fields)


def human(board: Leaderboard) -> Entry | None:
    return next((row for row in board.rows if row.id == HUMAN), None)


def cell(board: Leaderboard, task: str = "reviews") -> Cell:
    found = human(board)
    assert found is not None
    return found.cells[task]


def test_peoples_score_and_interval_stand_in_a_row_of_their_own() -> None:
    found = cell(compute([rated(0.8, limit=Limit(train=100, test=50))], []))
    assert (found.scores, found.intervals) == ({"macro_f1": 0.87}, {"macro_f1": (0.81, 0.92)})
    people = PEOPLE.model_copy(update={"model_kappa": None})  # the model's own, not theirs
    assert (found.people, found.limit_test, found.limit_train) == (people, 50, None)


def test_people_come_last_and_are_never_ranked() -> None:
    board = compute([rated(0.8), rated(0.5, baseline="lstm")], [])
    last = board.rows[-1]
    assert (last.id, last.ranked, last.mean_rank, last.win_rate) == (HUMAN, False, None, None)
    assert (cell(board).rank, cell(board).tied, cell(board).above_floor) == (None, False, None)


def test_people_change_nothing_of_the_other_rows() -> None:
    def others(people: PeopleFacts | None) -> list[tuple[object, ...]]:
        results = [rated(0.3, people, baseline="majority"), rated(0.8, people)]
        rows = [row for row in compute(results, []).rows if row.id != HUMAN]
        return [(r.id, r.mean, r.mean_rank, r.win_rate, r.cells["reviews"].rank) for r in rows]

    assert others(PEOPLE) == others(None)


def test_without_ratings_there_is_no_such_row() -> None:
    assert human(compute([rated(0.8, None)], [])) is None
    assert human(compute([], [])) is None


def test_the_row_has_a_cell_for_the_rated_tasks_alone() -> None:
    board = compute([rated(0.8), rated(0.7, None, task="tweets")], [])
    found = human(board)
    assert found is not None and list(found.cells) == ["reviews"]


def test_the_newest_results_ratings_count() -> None:
    newer = PEOPLE.model_copy(update={"score": 0.5})
    assert cell(
        compute([rated(0.8, minute=1), rated(0.7, newer, baseline="lstm", minute=2)], [])
    ).scores == {"macro_f1": 0.5}
    assert (
        human(compute([rated(0.8, minute=1), rated(0.7, None, baseline="lstm", minute=2)], []))
        is None
    )


def test_the_limits_above_the_table_do_not_count_people() -> None:
    with_people, without = (compute([rated(0.8, p)], []).limits for p in (PEOPLE, None))
    assert with_people == without


def test_a_score_of_people_that_is_no_number_is_shown_as_none() -> None:
    odd = PEOPLE.model_copy(update={"score": float("nan"), "interval": (float("nan"),) * 2})
    assert "nan" not in render(compute([rated(0.8, odd)], []), "md")


@pytest.mark.parametrize("format", ["html", "md", "csv", "json"])
def test_every_report_shows_the_row(format: Any) -> None:
    text = render(compute([rated(0.8)], []), format)
    assert HUMAN in text and ("0.87" in text or ".870" in text)

"""Mean rank and win rate: among the rows that have a rank on every task, and nobody else."""

import io
import json

import numpy as np
import pytest
from rich.console import Console
from scipy.stats import rankdata

from bench.leaderboard.board import Entry, Leaderboard
from bench.leaderboard.compute import compute
from bench.records import Outside
from bench.reports import terminal
from bench.reports.charts import critical_difference as diagram
from bench.reports.render import render
from bench.store.store import StoredResult
from tests.support.fakes import fake_blocked, fake_result

SCORES = {"majority": (0.2, 0.2, 0.2), "a": (0.6, 0.7, 0.9), "b": (0.8, 0.6, 0.5)}
TASKS = ("t1", "t2", "t3")


def full() -> list[StoredResult]:
    """Three rows on three tasks; a is before b on two."""
    return [
        fake_result(name, task, score)
        for name, scores in SCORES.items()
        for task, score in zip(TASKS, scores, strict=True)
    ]


def brought(score: float = 0.99) -> StoredResult:
    """An outside row on the first task."""
    file = Outside(file="p.csv", sha256="0" * 64, note="")
    return fake_result("theirs", "t1", score, outside=file, cost=None, seeded=False)


def board(*more: StoredResult) -> Leaderboard:
    return compute([*full(), *more], [])


def row(found: Leaderboard, baseline: str) -> Entry:
    [one] = [row for row in found.rows if row.baseline == baseline]
    return one


def races(found: Leaderboard) -> dict[str, tuple[float | None, float | None]]:
    return {row.baseline: (row.mean_rank, row.win_rate) for row in found.rows}


LACKING = {
    "brought for one task": [brought()],
    "never run": [fake_result("theirs", "t1", 0.99)],
    "failed": [
        fake_result("theirs", "t1", 0.99),
        fake_result("theirs", "t2", 0.99),
        fake_result("theirs", "t3", status="failed", reason="memory"),
    ],
    "skipped": [fake_result("theirs", "t1", 0.99), fake_blocked("theirs", "t2", "no files")],
    "not a number": [
        fake_result("theirs", task, float("nan") if task == "t3" else 0.99) for task in TASKS
    ],
}


@pytest.mark.parametrize("why", LACKING)
def test_a_row_that_lacks_a_rank_on_a_task_has_no_mean_rank_and_no_win_rate(why: str) -> None:
    found = row(board(*LACKING[why]), "theirs")
    assert (found.ranked, found.mean_rank, found.win_rate) == (True, None, None)
    assert (found.mean, found.cells["t1"].rank) == (None, 1)
    assert 0 < found.tasks_ranked < 3


@pytest.mark.parametrize("why", LACKING)
def test_it_pushes_no_other_row_down(why: str) -> None:
    assert races(board(*LACKING[why])) == {**races(board()), "theirs": (None, None)}


@pytest.mark.parametrize("why", LACKING)
def test_a_sentence_says_what_becomes_of_it(why: str) -> None:
    [sentence] = [s for s in board(*LACKING[why]).limits if "ranked entries" in s]
    assert sentence.startswith("1 of 4 ranked entries lacks a rank on some task (failed, skipped,")
    assert "mean ranks and win rates compare the others" in sentence


def test_without_such_a_row_no_sentence_is_needed() -> None:
    assert not any("mean rank" in sentence for sentence in board().limits)


def test_mean_ranks_and_wins_are_those_of_pairs() -> None:
    found = races(board())
    assert found["a"] == pytest.approx((4 / 3, 5 / 6))
    assert found["b"] == pytest.approx((5 / 3, 4 / 6))
    assert found["majority"] == (3.0, 0.0)


def test_equal_scores_share_their_ranks_and_halve_the_win() -> None:
    found = races(compute([fake_result(name, "t1", 0.5) for name in "abc"], []))
    assert set(found.values()) == {(2.0, 0.5)}


def test_a_row_alone_wins_against_nobody() -> None:
    assert races(compute([fake_result("a")], [])) == {"a": (1.0, None)}


def test_where_every_row_lacks_a_task_none_has_a_mean_rank() -> None:
    found = compute([fake_result("a", "t1"), fake_result("b", "t2")], [])
    assert set(races(found).values()) == {(None, None)}
    assert any(s.startswith("Every ranked entry lacks a rank") for s in found.limits)


@pytest.mark.parametrize("more", [[], [brought()]])
def test_equal_scores_rank_as_scipy_ranks_them(more: list[StoredResult]) -> None:
    tied = [fake_result("c", task, score) for task, score in zip(TASKS, SCORES["a"], strict=True)]
    scores = np.array([*SCORES.values(), SCORES["a"]])
    expected = rankdata(-scores, axis=0).mean(axis=1)
    found = board(*more, *tied)
    names = (*SCORES, "c")
    assert [row(found, name).mean_rank for name in names] == pytest.approx(expected.tolist())


def test_of_rows_without_them_those_of_more_tasks_come_first() -> None:
    more = [brought(), fake_result("zeta", "t1", 0.3), fake_result("zeta", "t2", 0.3)]
    assert [row.baseline for row in board(*more).rows][-2:] == ["zeta", "theirs"]


@pytest.mark.parametrize("format", ["html", "md", "terminal"])
def test_every_table_says_on_how_many_tasks_it_is_ranked(format: str) -> None:
    def shown(found: Leaderboard) -> str:
        if format != "terminal":
            return render(found, format)  # type: ignore[arg-type]
        console = Console(width=250, file=io.StringIO(), force_terminal=False)
        console.print(terminal.everything(found))
        assert isinstance(console.file, io.StringIO)
        return console.file.getvalue()

    assert shown(board(brought())).count("on 1 of 3 tasks") == 1
    assert "of 3 tasks" not in shown(board())


def test_sentences_and_the_diagram_call_an_outside_row_that() -> None:
    file = Outside(file="p.csv", sha256="0" * 64, note="")
    more = [fake_result("theirs", t, 0.99, outside=file, cost=None, seeded=False) for t in TASKS]
    found = board(*more)
    drawn = diagram.drawn(found)
    assert drawn is not None
    assert "theirs outside" in {mark.name for mark in drawn.marks}
    assert "theirs outside has the best mean over 3 tasks" in found.verdict[-1]


def test_the_json_report_has_the_number_of_tasks() -> None:
    data = json.loads(render(board(brought()), "json"))
    [found] = [r for r in data["rows"] if r["baseline"] == "theirs"]
    assert (found["tasks_ranked"], found["mean_rank"], found["win_rate"]) == (1, None, None)

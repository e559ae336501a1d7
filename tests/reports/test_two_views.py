"""Recommendation and ranking are two views, named as such, in every report."""

import io
import re
from dataclasses import replace

import pytest
from rich.console import Console

from bench.leaderboard.board import Cell, Entry, Leaderboard
from bench.leaderboard.compute import compute
from bench.leaderboard.wording.protocol import aside, protocol
from bench.records import Limit
from bench.reports.render import render
from bench.reports.terminal import everything
from bench.store.store import StoredResult
from tests.support.fakes import fake_result


def found(train: int | None = 128, test: int | None = 150) -> list[StoredResult]:
    """A floor and two entries under one protocol, and one with all labelled examples."""
    limit = Limit(train=train, test=test)
    ranked = [
        fake_result(name, score=score, limit=limit, is_floor=name == "majority")
        for name, score in (("majority", 0.3), ("bert", 0.6), ("naive_bayes", 0.5))
    ]
    whole = Limit(test=test)
    return [*ranked, fake_result("naive_bayes", score=0.9, limit=whole, full_data_row=True)]


def told(results: list[StoredResult]) -> str:
    return protocol(compute(results, []))


def with_cell(board: Leaderboard, name: str, **changes: object) -> Leaderboard:
    """The board with a ranked entry's cell changed."""

    def changed(row: Entry) -> Entry:
        if row.baseline != name or row.full_data_row:
            return row
        cell: Cell = replace(row.cells["reviews"], **changes)  # type: ignore[arg-type]
        return replace(row, cells={"reviews": cell})

    return replace(board, rows=tuple(changed(row) for row in board.rows))


def estimated() -> Leaderboard:
    return with_cell(
        compute(found(), []), "bert", comparable=False, estimated=0.84, rank=None, tied=False
    )


def printed(board: Leaderboard, width: int) -> str:
    console = Console(width=width, record=True, file=io.StringIO())
    console.print(everything(board))
    return console.export_text()


def test_the_protocol_says_who_is_ranked_and_on_what() -> None:
    assert told(found()) == (
        "3 entries are ranked, each given at most 128 labelled examples of a task and the same "
        "test examples (at most 150). Not ranked: 1 entry with all labelled examples."
    )
    whole = found(None, None)[:3]
    assert told(whole) == (
        "3 entries are ranked, each given all labelled examples of a task and the same test "
        "examples (all of them)."
    )


def test_one_entry_is_the_same_as_none_other() -> None:
    text = told([fake_result("bert")])
    assert text.startswith("1 entry is ranked, ") and "same" not in text


def test_several_limits_are_a_range() -> None:
    mixed = [fake_result(n, limit=Limit(train=t)) for n, t in (("bert", 64), ("lstm", 256))]
    assert "given at most 64 to 256 labelled examples" in told(mixed)
    assert "given 64 to all labelled examples" in told([*mixed, fake_result("svm")])


def test_nothing_ranked_is_said() -> None:
    assert told([fake_result(status="failed", reason="no")]) == "No entry is ranked."


def test_an_estimated_score_is_told_apart_from_one_of_another_metric() -> None:
    board = estimated()
    (task,) = board.tasks
    cells = {row.id: row.cells["reviews"] for row in board.rows if row.baseline == "bert"}
    (cell,) = cells.values()
    assert aside(cell, task) == "estimated .840"
    assert aside(replace(cell, estimated=None), task) == "not comparable"
    assert aside(replace(cell, estimated=None, main_metric="mcc"), task) == "other metric"
    assert aside(replace(cell, comparable=True), task) == ""
    assert "1 score on a part of the test examples" in protocol(board)


@pytest.mark.parametrize("format", ["md", "html"])
def test_the_recommendation_comes_before_the_ranking(format: str) -> None:
    board = estimated()
    text = render(board, format)  # type: ignore[arg-type]
    heads = re.findall(r"^## (.*)|<h2[^>]*>(.*?)</h2>", text, re.MULTILINE)
    titles = [one or other for one, other in heads]
    assert titles.index("Recommendation") < titles.index("Ranking")
    assert "estimated .840" in text
    assert "each given at most 128 labelled examples of a task" in text


@pytest.mark.parametrize("width", [80, 140])
def test_a_terminal_has_both_views_and_what_is_apart(width: int) -> None:
    lines = printed(estimated(), width)
    assert lines.index("Recommendation") < lines.index("Ranking")
    assert "estimated .840" in lines and "all examples" in lines
    assert max(map(len, lines.splitlines())) <= width


def test_a_score_that_is_not_compared_has_no_shade() -> None:
    text = render(estimated(), "html")
    cells = re.findall(r'<td data-task class="([^"]*aside[^"]*)"', text)
    assert cells and not any(re.search(r"\bh\d\b", one) for one in cells)

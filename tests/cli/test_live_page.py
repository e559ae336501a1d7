"""The page of a running `bench run`."""

from pathlib import Path

import pytest

from bench.cli.running import live_page
from bench.cli.running.live_page import LivePage, refuse
from bench.errors import UserError
from tests.cli.test_recommend import keep
from tests.support.fakes import fake_store


def test_the_page_stands_when_the_runs_have_ended(tmp_path: Path) -> None:
    results = keep(tmp_path / "results", fake_store())
    with LivePage(results, tmp_path / "board.html") as page:
        page.change()
    text = (tmp_path / "board.html").read_text()
    assert page.written and not page.problem and "task_0" in text


def test_many_changes_make_few_pages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = []
    monkeypatch.setattr(live_page.report, "page", lambda *places: made.append(1) or b"page")
    results = keep(tmp_path / "results", fake_store())
    with LivePage(results, tmp_path / "board.html") as page:
        for _ in range(1000):
            page.change()
    assert 1 <= len(made) <= 2


def test_a_page_that_cannot_be_made_ends_nothing(tmp_path: Path) -> None:
    results = keep(tmp_path / "results", fake_store())
    with LivePage(results, tmp_path / "gone" / "board.html") as page:
        page.change()
    assert "board.html" in page.problem and not page.written


def test_without_any_result_there_is_no_page_and_no_problem(tmp_path: Path) -> None:
    with LivePage(tmp_path / "results", tmp_path / "board.html") as page:
        pass
    assert not page.written and not page.problem


@pytest.mark.parametrize("place", [".", "gone/board.html"])
def test_a_place_where_no_page_can_be_is_refused_beforehand(tmp_path: Path, place: str) -> None:
    with pytest.raises(UserError, match="--page"):
        refuse(tmp_path / place)


def test_a_page_is_never_written_over_a_file_that_is_none(tmp_path: Path) -> None:
    (tmp_path / "tickets.csv").write_text("text,label\n")
    with pytest.raises(UserError, match="is no HTML page"):
        refuse(tmp_path / "tickets.csv")
    results = keep(tmp_path / "results", fake_store())
    with LivePage(results, tmp_path / "board.html") as page:
        page.change()
    refuse(tmp_path / "board.html")

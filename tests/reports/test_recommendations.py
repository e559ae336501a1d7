"""The recommended model of each task, as a table: its cost, its score and the runner-up."""

import pytest
from rich.console import Console

from bench.leaderboard.compute import compute
from bench.reports.markdown import escape
from bench.reports.render import render
from bench.reports.tables.recommendations import crossings, sentences, take
from bench.reports.terminal import taken
from bench.store.store import StoredResult
from tests.support.advice import at_size, results
from tests.support.costs import spent
from tests.support.fakes import fake_result, fake_scores


def lines(*found: StoredResult) -> dict[str, tuple[str, ...]]:
    """The words of each task's line."""
    return {line.name: line.words for line in take(compute(found, [])).lines}


def test_a_line_has_the_row_its_score_its_price_and_the_best() -> None:
    words = lines(*results(bert=(0.8, 90.0), naive_bayes=(0.79, 1.0)))["reviews"]
    assert words[:2] == ("naive_bayes", "3.0 s")
    assert words[2].startswith(".790 [")
    assert words[3] == "bert, +.010, 31× slower"


def test_a_best_row_that_is_tied_is_called_that() -> None:
    words = lines(*results(noise=0.2, bert=(0.8, 90.0), naive_bayes=(0.77, 1.0)))["reviews"]
    assert words[3] == "bert, +.030 (tie), 31× slower"


def test_where_nothing_is_taken_the_full_data_row_is_named_with_its_price() -> None:
    full = fake_result("naive_bayes", score=0.85, full_data_row=True, cost=spent(2.0))
    words = lines(*results(noise=0.2, naive_bayes=(0.31, 1.0)), full)["reviews"]
    full_data = "naive_bayes (all examples), not ranked: .850, 4.0 s"
    assert words == ("none: no model beats guessing here", "–", "–", full_data)


def test_where_smaller_is_better_the_best_has_less_of_it() -> None:
    found = [
        fake_result(name, scores=fake_scores("ages", score, metric="rmse"), cost=spent(seconds))
        for name, score, seconds in (("bert", 0.49, 90.0), ("naive_bayes", 0.5, 1.0))
    ]
    assert lines(*found)["ages"][3].startswith("bert, −.010")


def test_over_all_comes_first_and_costs_a_task() -> None:
    found = [one for task in ("x", "y") for one in results(task, bert=(0.8, 90.0))]
    assert list(lines(*found)) == ["all tasks", "x", "y"]
    assert lines(*found)["all tasks"][1] == "92.0 s per task"


def test_a_crossing_that_is_not_sure_stands_among_the_sentences_alone() -> None:
    sizes = {("a", 100): 0.6, ("b", 100): 0.4, ("a", 500): 0.7, ("b", 500): 0.71}
    found = [at_size(name, n, score, 0.01, "macro_f1") for (name, n), score in sizes.items()]
    board = compute(found, [])
    assert crossings(board) == () and "intervals overlap at 500" in sentences(board)[-1]


def test_the_page_and_markdown_have_the_same_lines() -> None:
    board = compute(results(bert=(0.8, 90.0), naive_bayes=(0.79, 1.0)), [])
    [line] = take(board).lines
    html, md = render(board, "html"), render(board, "md")
    assert all(f">{word}</td>" in html for word in line.words)
    assert all(escape(word) in md for word in line.words)


def test_the_terminal_has_them_too(capsys: pytest.CaptureFixture[str]) -> None:
    board = compute(results(bert=(0.8, 90.0), naive_bayes=(0.79, 1.0)), [])
    [line] = take(board).lines
    Console(width=200).print(taken(board))
    shown = capsys.readouterr().out
    assert all(word in shown for word in line.words)

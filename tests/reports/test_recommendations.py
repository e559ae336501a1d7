"""The recommended model of each task in every report, and as objects in JSON."""

import json
from typing import Any

import pytest
from rich.console import Console

from bench.leaderboard.board import Leaderboard
from bench.leaderboard.compute import compute
from bench.records import Limit
from bench.reports.markdown import escape
from bench.reports.render import render
from bench.reports.tables import word_table
from bench.reports.tables.recommendations import HEAD, crossings, recommended, sentences
from bench.reports.terminal import recommendations
from tests.leaderboard.recommendation.test_reference_test import PART, Folder
from tests.support.advice import at_size
from tests.support.boards import BOARDS, board, entry, floor


def lines(found: Leaderboard) -> dict[str, dict[str, str]]:
    """The words of each task's line, by column."""
    table = recommended(found)
    return {line.name: dict(zip(HEAD[1:], line.words, strict=True)) for line in table.lines}


def near() -> Leaderboard:
    return board(floor(), entry("bert", 0.8, 90.0), entry("naive_bayes", 0.79))


def test_a_line_has_the_model_its_score_loss_and_time_and_the_best() -> None:
    words = lines(near())["reviews"]
    assert (words["model"], words["score"], words["cost"]) == ("naive_bayes", ".790", "3.0 s")
    assert words["loss"].endswith(("points", "1 point"))
    assert words["near best"].endswith("%") and words["least loss"] == "bert, 92.0 s"


def test_the_best_itself_has_no_other_beside_it() -> None:
    assert lines(BOARDS["clear"]())["reviews"]["least loss"] == "–"


def test_where_nothing_is_recommended_the_line_says_none() -> None:
    words = lines(BOARDS["nothing beats guessing"]())["reviews"]
    assert words.pop("model") == "none" and set(words.values()) == {"–"}


def test_a_loss_of_an_error_is_in_its_unit() -> None:
    assert lines(BOARDS["error with margin"]())["reviews"]["loss"] == "0.2 rmse"


def test_over_all_comes_first_and_costs_a_task() -> None:
    words = lines(BOARDS["two tasks"]())
    assert list(words) == ["all tasks", "reviews", "tiny"]
    assert words["all tasks"]["cost"] == "3.0 s a task"


def test_an_estimated_score_is_marked() -> None:
    folder = Folder()
    folder.add("majority", 0.5, test=None)
    folder.add("lstm", 0.7, test=None)
    folder.add("bert", 0.95, test=PART)
    assert lines(folder.board())["reviews"]["score"].endswith(" (estimated)")


def test_a_crossing_that_is_not_sure_stands_among_the_sentences_alone() -> None:
    sizes = {("a", 100): 0.6, ("b", 100): 0.4, ("a", 500): 0.7, ("b", 500): 0.71}
    found = [at_size(name, n, score, 0.01, "macro_f1") for (name, n), score in sizes.items()]
    made = compute(found, [])
    assert crossings(made) == () and "intervals overlap at 500" in sentences(made)[-1]


def test_the_page_and_markdown_have_the_same_lines_and_sentences() -> None:
    made = near()
    [line] = recommended(made).lines
    html, md = render(made, "html"), render(made, "md")
    assert all(f">{word}</td>" in html for word in line.words)
    assert all(escape(word) in md for word in line.words)
    [advice] = made.advice
    assert advice.words in html and escape(advice.words) in md


def test_the_terminal_has_them_too(capsys: pytest.CaptureFixture[str]) -> None:
    [line] = recommended(near()).lines
    Console(width=200).print(recommendations(recommended(near())))
    shown = capsys.readouterr().out
    assert all(word in shown for word in line.words)


def test_long_figures_are_not_cut_off_by_a_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    words = ("naive_bayes (all examples)", "88.5", "under .1 points", "over 99 %", "1.4 min", "–")
    line = word_table.Line("tickets", "tickets", "", words)
    Console(width=80).print(recommendations(word_table.Table(HEAD, (line,))))
    shown = capsys.readouterr().out
    assert all(word in shown for figure in words[1:] for word in figure.split())
    assert shown.count("│") % (len(HEAD) + 1) == 0  # no border is missing


# JSON


def advice(found: Leaderboard) -> list[dict[str, Any]]:
    loaded: list[dict[str, Any]] = json.loads(render(found, "json"))["advice"]
    return loaded


def test_json_has_an_object_with_every_figure() -> None:
    [one] = advice(near())
    [known] = near().advice
    assert (one["task"], one["score"], one["best_score"]) == ("reviews", 0.79, 0.8)
    assert one["take"] == {"baseline": "naive_bayes", "variant": None, "limit": None}
    assert one["expected_regret"] == known.expected_regret
    assert one["probability_within_margin"] == known.probability_within_margin
    assert (one["margin"], one["cost"], one["estimated"]) == (0.02, 3.0, False)


def test_json_names_variant_and_limit_as_results_do() -> None:
    limit, variant = Limit(train=128, test=150), "alpha=1"
    found = board(floor(), entry("a", 0.8, limit=limit, variant=variant, params={"alpha": 1}))
    expected = {"baseline": "a", "variant": variant, "limit": {"train": 128, "test": 150}}
    assert advice(found)[0]["take"] == expected
    results = json.loads(render(found, "json"))["results"]
    assert expected in [{name: one[name] for name in expected} for one in results]


def test_json_over_all_tasks_has_no_task() -> None:
    assert [one["task"] for one in advice(BOARDS["two tasks"]())] == ["reviews", "tiny", None]


def test_json_takes_nothing_where_nothing_is_recommended() -> None:
    [one] = advice(BOARDS["29 test examples"]())
    names = ("take", "score", "best_score", "expected_regret", "probability_within_margin", "cost")
    assert [one[name] for name in names] == [None] * 6
    assert (one["margin"], one["estimated"]) == (0.02, False)


def test_json_has_no_margin_where_a_metric_declares_none() -> None:
    [one] = advice(BOARDS["error without margin"]())
    assert (one["take"], one["margin"]) == (None, None)


def test_json_has_no_cost_where_it_is_unknown() -> None:
    [one] = advice(BOARDS["only outside"]())
    assert one["take"]["baseline"] == "theirs" and one["cost"] is None

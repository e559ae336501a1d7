"""`bench recommend`: a table, sentences, and clear lines for what cannot be advised on."""

import json
from collections.abc import Sequence
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bench.cli.main import app
from bench.leaderboard.compute import compute
from bench.reports.render import render
from bench.store.record_file import encode_array
from bench.store.store import Store, StoredResult
from tests.support.advice import results
from tests.support.fakes import fake_result, fake_store


def keep(folder: Path, found: Sequence[StoredResult]) -> Path:
    """A results folder that holds them."""
    store = Store(folder)
    store.prepare()
    for one in found:
        done = zip(one.result.results, one.replicates, strict=True)
        files = {scores.replicates: encode_array(draws) for scores, draws in done}
        files |= {scores.predictions: b"made up" for scores in one.result.results}
        store.write(one.result, files)
    return folder


def said(*words: object) -> str:
    """What the command prints, its lines joined."""
    done = CliRunner().invoke(app, ["recommend", *map(str, words)], env={"COLUMNS": "160"})
    assert done.exit_code == 0, done.output
    return done.output


def refused(*words: object) -> str:
    """The message of the user's mistake."""
    done = CliRunner().invoke(app, ["recommend", *map(str, words)])
    assert done.exit_code != 0 and done.exception is not None
    return str(done.exception) + done.output


def test_each_task_and_all_together_have_a_line_and_a_sentence(tmp_path: Path) -> None:
    text = said("--results", keep(tmp_path, fake_store()))
    for task in ("task_0", "task_1", "task_2"):
        assert f"- {task}: lstm." in text
    assert "over all" in text and "- Over 3 tasks: " in text


def test_the_smallest_detectable_difference_stands_beside_a_task(tmp_path: Path) -> None:
    found = results(bert=(0.8, 90.0), naive_bayes=(0.79, 1.0))
    (task,) = compute(found, []).tasks
    assert task.detectable is not None
    (line,) = [x for x in said("--results", keep(tmp_path, found)).splitlines() if "│ rev" in x]
    assert f"{task.detectable:.3f}".removeprefix("0") in line


def test_one_task_can_be_asked_for(tmp_path: Path) -> None:
    text = said("--results", keep(tmp_path, fake_store()), "--task", "task_1")
    assert "task_1" in text and "task_0" not in text and "over all" not in text


def test_the_margin_decides_what_is_near(tmp_path: Path) -> None:
    folder = keep(tmp_path, results(bert=(0.8, 90.0), naive_bayes=(0.77, 1.0)))
    assert "- reviews: bert." in said("--results", folder)
    assert "- reviews: naive_bayes." in said("--results", folder, "--margin", "0.05")


def test_markup_in_names_shows_as_text(tmp_path: Path) -> None:
    one = fake_result("naive_bayes", variant="[red]a[/red]")
    text = said("--results", keep(tmp_path, [one, fake_result("naive_bayes", variant="b")]))
    assert "[red]a[/red]" in text


def test_an_unknown_task_is_refused_with_its_neighbours(tmp_path: Path) -> None:
    assert "did you mean" in refused("--results", keep(tmp_path, fake_store()), "-t", "task_9")


def test_an_empty_folder_is_refused(tmp_path: Path) -> None:
    assert "no results in" in refused("--results", tmp_path / "nowhere")


def test_a_folder_without_a_ranked_row_is_refused(tmp_path: Path) -> None:
    broke = fake_result(status="failed", reason="no")
    assert "no ranked results" in refused("--results", keep(tmp_path, [broke]))


@pytest.mark.parametrize("format", ["json", "md"])
def test_reports_tell_the_advice(format: str) -> None:
    board = compute(fake_store(), [])
    text = render(board, format)  # type: ignore[arg-type]
    if format == "json":
        loaded = json.loads(text)
        assert [advice["task"] for advice in loaded["advice"]][-1] == ""
        assert loaded["overtakings"] == []
        assert all(cell["command"].startswith("bench run") for cell in loaded["results"])
    else:
        assert "## Recommendation" in text and "Over 3 tasks: " in text

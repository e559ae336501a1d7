"""`bench recommend`: a table, sentences, and clear lines for what cannot be advised on."""

from collections.abc import Sequence
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bench.cli.main import app
from bench.leaderboard.compute import compute
from bench.leaderboard.wording.advice import points, probability
from bench.store.record_file import encode_array
from bench.store.store import Store, StoredResult
from tests.support.advice import results
from tests.support.boards import entry, floor
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
        assert f"│ {task}" in text and f"- {task}: " in text
    assert "│ all tasks" in text and "- Over 3 tasks: " in text


def test_a_line_has_the_loss_and_how_likely_it_is_small(tmp_path: Path) -> None:
    found = results(bert=(0.8, 90.0), naive_bayes=(0.79, 1.0))
    [advice] = compute(found, []).advice
    line, *_ = [x for x in said("--results", keep(tmp_path, found)).splitlines() if "│ rev" in x]
    assert points(advice.expected_regret or 0.0, None) in line
    assert probability(advice.probability_within_margin or 0.0) in line


def test_one_task_can_be_asked_for(tmp_path: Path) -> None:
    text = said("--results", keep(tmp_path, fake_store()), "--task", "task_1")
    assert "task_1" in text and "task_0" not in text and "all tasks" not in text


def test_the_margin_decides_what_is_near(tmp_path: Path) -> None:
    folder = keep(tmp_path, results(bert=(0.8, 90.0), naive_bayes=(0.77, 1.0)))
    assert "- reviews: bert." in said("--results", folder)
    assert "- reviews: naive_bayes." in said("--results", folder, "--margin", "0.05")


def test_a_margin_in_the_wrong_unit_is_refused_with_an_example(tmp_path: Path) -> None:
    folder = keep(tmp_path, results(bert=(0.8, 90.0)))
    told = refused("--results", folder, "--margin", "2")
    assert "scores of reviews (macro_f1) span only 0.7" in told and "such as 0.014" in told


def test_a_metric_without_a_margin_is_said_to_need_one(tmp_path: Path) -> None:
    scores = (("majority", 9.0), ("bert", 2.0))
    errors = [entry(name, score, facts={"metric": "rmse"}) for name, score in scores]
    folder = keep(tmp_path, errors)
    assert "rmse has no bounded scale and declares no margin" in said("--results", folder)
    assert "- reviews: bert." in said("--results", folder, "--margin", "0.5")


def test_a_small_test_is_said_to_be_too_small(tmp_path: Path) -> None:
    scores = (("majority", 0.3), ("bert", 0.8))
    folder = keep(tmp_path, [entry(*one, facts={"test": 29}) for one in scores])
    assert "a test of 29 examples is too small" in said("--results", folder)


def test_that_nothing_beats_guessing_is_said(tmp_path: Path) -> None:
    folder = keep(tmp_path, results(noise=0.2, bert=(0.31, 90.0)))
    assert "no model significantly beats guessing" in said("--results", folder)


def test_markup_in_names_shows_as_text(tmp_path: Path) -> None:
    one = fake_result("naive_bayes", score=0.95, variant="[red]a[/red]")
    text = said("--results", keep(tmp_path, [one, fake_result("naive_bayes", variant="b")]))
    assert "[red]a[/red]" in text


def test_an_unknown_task_is_refused_with_its_neighbours(tmp_path: Path) -> None:
    assert "did you mean" in refused("--results", keep(tmp_path, fake_store()), "-t", "task_9")


def test_an_empty_folder_is_refused(tmp_path: Path) -> None:
    assert "no results in" in refused("--results", tmp_path / "nowhere")


@pytest.mark.parametrize("only", [fake_result(status="failed", reason="no"), floor()])
def test_a_folder_without_a_model_that_has_a_score_is_refused(
    only: StoredResult, tmp_path: Path
) -> None:
    told = refused("--results", keep(tmp_path, [only]))
    assert "no model has a score in" in told and "try: bench run" in told

"""A report of a choice is that of a folder which holds nothing else."""

import json
import shutil
from collections.abc import Iterable
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

from bench.cli.main import app
from bench.errors import StoreError, UserError
from bench.leaderboard.board import Leaderboard
from bench.leaderboard.choice import Choice
from bench.leaderboard.compute import compute
from bench.leaderboard.rescoring import predictions_in, reader, stored_predictions
from bench.leaderboard.selection import select
from bench.reports.json_file import render
from bench.store.store import Contents, Store, StoredResult
from tests.support.paints import run_paints, write_plugins

BASELINES = ("majority", "letter", "other", "both")


@pytest.fixture(scope="module")
def paints(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A results folder of two suites, three tasks and four baselines."""
    folder = tmp_path_factory.mktemp("paints")
    run_paints(folder)
    return folder / "results"


def shown(results: Path, choice: Choice) -> Leaderboard:
    """The board of a choice."""
    store = Store(results)
    contents, selection = select(store.contents(), choice, predictions_in(store))
    board = compute(contents.results, contents.problems, reader(store))
    assert selection.tasks_shown == len(board.tasks)
    return board


def holding(results: Path, folder: Path, kept: Iterable[StoredResult]) -> Contents:
    """The contents of a folder that holds only these results of another."""
    for one in kept:
        shutil.copytree(results / one.folder, folder / one.folder)
    return Store(folder).contents()


def same(one: Leaderboard, other: Leaderboard) -> bool:
    """Whether two boards say the same to the last digit."""
    return render(one) == render(other)


def refusal(results: Path, **choice: object) -> str:
    with pytest.raises(UserError) as caught:
        shown(results, Choice(**choice))  # type: ignore[arg-type]
    return str(caught.value)


def said(command: str, results: Path, *words: str) -> str:
    done = CliRunner().invoke(app, [command, "--results", str(results), *words])
    assert done.exit_code == 0, done.output
    return done.output


def test_a_suite_alone_is_what_a_folder_of_it_shows(paints: Path, tmp_path: Path) -> None:
    every = Store(paints).contents().results
    kept = [one for one in every if one.result.tasks == ("spoons",)]
    alone = holding(paints, tmp_path, kept)
    whole = [one for one in every if one.result.baseline != "both"]
    store = Store(paints)
    found, _ = select(
        Contents(tuple(whole), ()), Choice(suites=("kitchen",)), predictions_in(store)
    )
    board = compute(found.results, ())
    assert same(board, compute(alone.results, alone.problems))
    assert [task.name for task in board.tasks] == ["spoons"]


def test_of_a_fit_over_several_tasks_the_chosen_ones_stay(paints: Path) -> None:
    board = shown(paints, Choice(tasks=("hues",)))
    (both,) = [row for row in board.rows if row.baseline == "both"]
    assert [*both.cells] == ["hues"]
    cost = both.cells["hues"].cost
    assert cost is not None and cost.tasks == 3


def test_a_choice_of_everything_changes_nothing(paints: Path) -> None:
    store = Store(paints)
    board = compute(store.contents().results, (), reader(store))
    assert same(shown(paints, Choice(suites=("paints", "kitchen"))), board)
    assert same(shown(paints, Choice(baselines=BASELINES)), board)


def test_tasks_stand_beside_those_of_suites(paints: Path) -> None:
    board = shown(paints, Choice(suites=("kitchen",), tasks=("hues",)))
    assert {task.name for task in board.tasks} == {"hues", "spoons"}


def test_a_baseline_is_shown_beside_the_floor_alone(paints: Path, tmp_path: Path) -> None:
    every = Store(paints).contents().results
    kept = [one for one in every if one.result.baseline in ("majority", "other")]
    alone = holding(paints, tmp_path, kept)
    board = shown(paints, Choice(baselines=("other",)))
    assert same(board, compute(alone.results, alone.problems))
    assert {row.baseline for row in board.rows} == {"majority", "other"}
    assert board.tasks[0].floor is not None


def test_a_task_s_own_metric_changes_no_number(paints: Path) -> None:
    chosen = shown(paints, Choice(suites=("paints",), metric="accuracy"))
    assert same(chosen, shown(paints, Choice(suites=("paints",))))


def test_another_metric_is_what_runs_ranked_by_it_give(paints: Path, tmp_path: Path) -> None:
    """Scores, intervals, draws and direction, of grouped and of ungrouped examples."""
    write_plugins(tmp_path / "plugins", first="macro_f1, accuracy")
    run_paints(tmp_path, ("hues", "shades"), ("majority", "letter"))
    expected = shown(tmp_path / "results", Choice(baselines=("letter",)))
    board = shown(paints, Choice(suites=("paints",), baselines=("letter",), metric="macro_f1"))
    for task, other in zip(board.tasks, expected.tasks, strict=True):
        assert task.main_metric == "macro_f1"
        assert (task.floor, task.margin, task.detectable) == (
            other.floor,
            other.margin,
            other.detectable,
        )
    for row, twin in zip(board.rows, expected.rows, strict=True):
        assert row.mean == twin.mean and row.mean_interval == twin.mean_interval
        for name, cell in row.cells.items():
            assert cell.scores == twin.cells[name].scores
            assert cell.intervals == twin.cells[name].intervals
            assert (cell.rank, cell.tied) == (twin.cells[name].rank, twin.cells[name].tied)
    assert board.comparisons == expected.comparisons
    assert board.mean_comparisons == expected.mean_comparisons


def test_an_error_as_metric_turns_the_ranking(paints: Path) -> None:
    (task,) = shown(paints, Choice(metric="mae")).tasks
    assert (task.main_metric, task.greater_is_better) == ("mae", False)
    assert task.margin == pytest.approx(0.02 * 5)


def test_a_task_s_margin_does_not_outlive_its_metric(tmp_path: Path) -> None:
    write_plugins(tmp_path / "plugins", margin=0.3)
    run_paints(tmp_path, ("hues",), ("majority", "other"))
    results = tmp_path / "results"
    assert shown(results, Choice(tasks=("hues",))).tasks[0].margin == 0.3
    assert shown(results, Choice(metric="mcc")).tasks[0].margin == 0.02


def test_what_has_not_the_metric_is_left_out_and_told(paints: Path) -> None:
    store = Store(paints)
    _, found = select(store.contents(), Choice(metric="roc_auc"), predictions_in(store))
    assert (found.tasks_shown, found.tasks_stored) == (2, 3)
    text = " ".join(found.words)
    assert text.startswith("Only metric roc_auc: 2 of 3 tasks.")
    assert "spoons (its answers have no roc_auc)" in text
    assert "other on hues" in text and "needs a score for each label" in text


def test_only_predictions_of_the_choice_are_opened(paints: Path) -> None:
    store = Store(paints)
    opened = []

    def read(folder: str, facts: object, by: str) -> object:
        opened.append(folder)
        return predictions_in(store)(folder, facts, by)  # type: ignore[arg-type]

    choice = Choice(tasks=("hues",), baselines=("letter",), metric="mcc")
    contents, _ = select(store.contents(), choice, read)  # type: ignore[arg-type]
    assert sorted(opened) == sorted(one.folder for one in contents.results)
    assert {one.result.baseline for one in contents.results} == {"letter", "majority"}


def test_groups_of_older_results_are_refused(paints: Path, tmp_path: Path) -> None:
    [stored, *_] = [
        one for one in Store(paints).contents().results if one.result.tasks == ("shades",)
    ]
    shutil.copytree(paints / stored.folder, tmp_path / stored.folder)
    facts = stored.result.results[0]
    path = tmp_path / stored.folder / facts.predictions
    table = pq.read_table(path)
    assert len(set(table["group"].to_pylist())) == facts.data.groups < facts.data.test
    assert "author" not in str(table["group"].to_pylist())
    pq.write_table(table.drop_columns(["group"]), path)
    with pytest.raises(StoreError, match="groups, which older results do not hold"):
        stored_predictions(Store(tmp_path), stored.folder, facts, "mcc")


def test_a_metric_that_the_task_defines_otherwise_is_not_mixed(paints: Path) -> None:
    store = Store(paints)
    [stored, *_] = [one for one in store.contents().results if one.result.tasks == ("hues",)]
    facts = stored.result.results[0]
    other = facts.model_copy(update={"scores": {**facts.scores, "mcc": 0.123}})
    changed = StoredResult(
        stored.result.model_copy(update={"results": (other,)}), stored.folder, stored.replicates
    )
    with pytest.raises(UserError, match="defines it otherwise"):
        select(Contents((changed,), ()), Choice(metric="mcc"), predictions_in(store))


def test_unknown_names_are_answered_with_their_neighbours(paints: Path) -> None:
    assert refusal(paints, suites=("paint",)) == "unknown suite 'paint'; did you mean 'paints'?"
    assert "did you mean 'hues'" in refusal(paints, tasks=("hue",))
    assert "did you mean 'letter'" in refusal(paints, baselines=("lettre",))
    assert "did you mean 'accuracy'" in refusal(paints, metric="acuracy")


def test_a_choice_that_leaves_nothing_is_refused(paints: Path) -> None:
    text = refusal(paints, suites=("paints",), metric="rmse")
    assert text.startswith("nothing stored is of suite paints, metric rmse")
    assert "its answers have no rmse" in text


def test_reports_say_what_was_chosen(paints: Path) -> None:
    sentence = "Only suite kitchen, metric mae: 1 of 3 tasks."
    words = ("--suite", "kitchen", "--metric", "mae")
    for format in ("md", "html"):
        assert sentence in said("report", paints, *words, "--format", format, "-o", "-")
    assert sentence in said("report", paints, *words)
    assert sentence in said("recommend", paints, *words)
    loaded = json.loads(said("report", paints, *words, "--format", "json", "-o", "-"))
    assert loaded["selection"]["suites"] == ["kitchen"]
    assert loaded["selection"]["metric"] == "mae"
    assert {advice["task"] for advice in loaded["advice"]} == {"spoons"}
    assert json.loads(said("report", paints, "--format", "json", "-o", "-"))["selection"] is None

"""`bench plan`: what a run would take, and exit codes that a script can use."""

from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from bench.cli.main import app
from bench.runs.estimates.kept import Measured
from tests.support.plugins_for_tests import add_task


def planned(folder: Path, *words: str, columns: int = 80) -> Result:
    """Plan a cheap and a dear family on a made-up task."""
    add_task(folder / "plugins", "colours", rows=400)
    models = ("-b", "naive_bayes", "-b", "qlora")
    places = ("--plugins", str(folder / "plugins"), "--results", str(folder / "results"))
    command = ["plan", "-t", "colours", *models, *places, *words]
    return CliRunner().invoke(app, command, env={"COLUMNS": str(columns)})


def test_each_model_has_its_examples_time_and_memory_and_all_a_total(tmp_path: Path) -> None:
    done = planned(tmp_path, "--device", "h200")
    assert done.exit_code == 0, done.output
    [line] = [text for text in done.output.splitlines() if text.startswith("naive_bayes")]
    assert "colours" in line and " 300 " in line and " 100 " in line and "MB" in line
    assert "total: " in done.output and "H200" in done.output


def test_lines_fit_a_terminal_of_80_columns(tmp_path: Path) -> None:
    done = planned(tmp_path, "--device", "t4")
    table = done.output.split("cannot run")[0]
    assert max(map(len, table.splitlines())) <= 80 and "GB" in table


def test_what_does_not_fit_is_named_with_the_reason(tmp_path: Path) -> None:
    done = planned(tmp_path, "--vram", "8")
    assert "cannot run: qlora on colours" in done.output and "of memory" in done.output
    assert done.exit_code == 0


def test_where_nothing_fits_it_says_what_the_least_takes(tmp_path: Path) -> None:
    done = planned(tmp_path, "--device", "cpu", "--hours", "0.0001")
    assert done.exit_code == 1 and "nothing fits: naive_bayes on colours" in done.output


@pytest.mark.parametrize("words", [["--hours", "0"], ["--hours", "nan"], ["--vram", "nan"]])
def test_no_time_and_no_memory_are_refused(tmp_path: Path, words: list[str]) -> None:
    assert f"{words[0]} {words[1]}: give" in str(planned(tmp_path, *words).exception)


def test_a_plan_leaves_no_results_folder(tmp_path: Path) -> None:
    planned(tmp_path, "--device", "cpu")
    assert not (tmp_path / "results").exists()


def test_it_takes_the_options_of_run(tmp_path: Path) -> None:
    done = planned(
        tmp_path, "--device", "h200", "--seed", "1", "--seed", "2", "--limit-train", "99"
    )
    assert "2 seeds" in done.output and " 99 " in done.output


def test_a_dry_run_measures_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def measure(*given: object) -> Measured:
        raise AssertionError("a dry run measured the machine")

    monkeypatch.setattr("bench.runs.session.measure", measure)
    add_task(tmp_path / "plugins", "colours", rows=4000)
    places = ["--plugins", str(tmp_path / "plugins"), "--results", str(tmp_path / "results")]
    command = ["run", "-t", "colours", "--profile", "full", "--dry-run", *places]
    done = CliRunner().invoke(app, command)
    assert done.exit_code == 0, done.output


def test_where_all_is_done_it_says_how_much_that_is(tmp_path: Path) -> None:
    add_task(tmp_path / "plugins", "colours")
    places = ["--plugins", str(tmp_path / "plugins"), "--results", str(tmp_path / "results")]
    wanted = ["-t", "colours", "-b", "majority", "--profile", "quick", *places]
    assert CliRunner().invoke(app, ["run", *wanted]).exit_code == 0
    assert "nothing to run: 1 run is done" in CliRunner().invoke(app, ["plan", *wanted]).output


def test_a_plan_is_never_written_over_a_file_that_is_none(tmp_path: Path) -> None:
    data = tmp_path / "tickets.csv"
    data.write_text("text,label\nhello,a\n")
    done = planned(tmp_path, "--time", "1h", "-o", str(data))
    assert "is no plan" in str(done.exception)
    assert data.read_text() == "text,label\nhello,a\n"


def test_a_plan_for_a_folder_that_is_not_there_names_it(tmp_path: Path) -> None:
    done = planned(tmp_path, "--time", "1h", "-o", str(tmp_path / "no" / "plan.toml"))
    assert "-o" in str(done.exception) and "there is no folder" in str(done.exception)

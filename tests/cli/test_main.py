"""The command as a user meets it: exit codes, one clear line for a mistake, nothing lost."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from bench.cli.plugin_commands.catalogue import catalogue
from tests.support.plugins_for_tests import add_baseline, add_task

Done = subprocess.CompletedProcess[str]


def bench(*words: object, cwd: Path | None = None, **env: str) -> Done:
    """Run `bench` as a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "bench", *map(str, words)],
        capture_output=True,
        text=True,
        cwd=cwd,
        env={**os.environ, "COLUMNS": "200", **env},
        timeout=120,
    )


@pytest.fixture
def plugins(tmp_path: Path) -> Path:
    """Task `colours`, baseline `odd`."""
    add_task(tmp_path / "plugins", "colours")
    add_baseline(tmp_path / "plugins", "odd")
    return tmp_path / "plugins"


def run(plugins: Path, *words: object) -> Done:
    """`bench run` of the test folder's task and baseline, unless others are given."""
    given = words if "-b" in words else (*words, "-b", "odd")
    given = (*given, "--profile", "quick")
    results = plugins.parent / "results"
    return bench("run", "-t", "colours", "--plugins", plugins, "--results", results, *given)


def report(plugins: Path) -> dict[str, list[dict[str, object]]]:
    found = bench("report", "--results", plugins.parent / "results", "--format", "json", "-o", "-")
    assert found.returncode == 0, found.stderr
    loaded: dict[str, list[dict[str, object]]] = json.loads(found.stdout)
    return loaded


def refused(done: Done) -> str:
    """The message of a user's mistake: exit code 2, no traceback."""
    assert done.returncode == 2, done.stderr
    assert "Traceback" not in done.stderr
    return done.stderr


def test_a_run_that_went_well_exits_0_and_stands_in_the_json_report(plugins: Path) -> None:
    assert run(plugins, "-b", "naive_bayes", "-b", "majority").returncode == 0
    cells = report(plugins)["results"]
    assert {c["baseline"] for c in cells} == {"naive_bayes", "majority"}


def test_the_json_report_has_the_keys_of_its_contract(plugins: Path) -> None:
    run(plugins)
    (cell,) = report(plugins)["results"]
    wanted = "task version baseline variant limit params seeds status reason main_metric scores"
    wanted += " intervals per_class counts cost"
    assert set(wanted.split()) <= set(cell)
    assert cell["status"] == "done" and cell["variant"] is None


def test_a_failed_cell_exits_1_and_is_reported_with_its_reason(plugins: Path) -> None:
    add_baseline(plugins, "odd", "raise ValueError('made up')")
    assert run(plugins).returncode == 1
    (cell,) = report(plugins)["results"]
    assert (cell["status"], cell["reason"]) == ("failed", "ValueError: made up")


def test_a_skip_exits_0(plugins: Path) -> None:
    add_baseline(plugins, "odd", "raise Unavailable('put weights there')")
    assert run(plugins).returncode == 0


def test_a_broken_plugin_is_named_others_run_and_the_exit_is_2(plugins: Path) -> None:
    add_baseline(plugins, "broken").write_text("import no_such_module\n")
    done = run(plugins, "-b", "odd", "-b", "broken")
    assert "'broken' cannot be imported" in refused(done)
    assert {c["baseline"]: c["status"] for c in report(plugins)["results"]}["odd"] == "done"


def test_the_second_run_has_nothing_to_do(plugins: Path) -> None:
    run(plugins)
    assert "1 done, 0 to do" in run(plugins).stderr


def test_rerun_does_it_again(plugins: Path) -> None:
    run(plugins)
    assert "1 run to do" in run(plugins, "--rerun").stderr


def test_dry_run_says_what_and_why_and_does_nothing(plugins: Path) -> None:
    done = run(plugins, "--dry-run")
    assert "new" in done.stdout and done.returncode == 0
    assert not (plugins.parent / "results").exists()


def test_a_dry_runs_last_line_counts_the_runs_to_do(plugins: Path) -> None:
    assert run(plugins, "--dry-run").stdout.splitlines()[-1] == "1 run to do"
    assert run(plugins).returncode == 0
    assert run(plugins, "--dry-run").stdout.splitlines()[-1] == "0 runs to do"


def test_why_names_the_changed_source(plugins: Path) -> None:
    run(plugins)
    file = plugins / "baselines" / "odd.py"
    file.write_text(file.read_text() + "\nCHANGED = True\n")
    assert "changed: source" in run(plugins, "--why", "--dry-run").stdout


def test_a_damaged_result_is_set_aside_and_run_again(plugins: Path) -> None:
    run(plugins)
    results = plugins.parent / "results"
    (file,) = results.glob("runs/*/result.json")
    file.write_bytes(file.read_bytes()[:-20])
    assert "moved to damaged/" in run(plugins).stderr
    assert len(list(results.glob("damaged/*/result.json"))) == 1
    assert [c["status"] for c in report(plugins)["results"]] == ["done"]


def test_strict_stops_on_a_finding(plugins: Path) -> None:
    file = plugins / "tasks" / "colours.py"
    file.write_text(file.read_text().replace('f"{word} number {n} of the made-up rows"', "word"))
    assert "duplicates" in refused(run(plugins, "--strict"))


def test_ctrl_c_exits_130_keeps_what_is_done_and_shows_the_board(plugins: Path) -> None:
    add_baseline(plugins, "stuck", "time.sleep(600)")
    words = ["run", "-t", "colours", "-b", "odd", "-b", "stuck", "--plugins", str(plugins)]
    process = subprocess.Popen(
        [sys.executable, "-m", "bench", *words, "--results", str(plugins.parent / "results")],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        # A test run started in the background has Ctrl-C ignored, and passes that on.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    )
    while not list((plugins.parent / "results" / "runs").glob("*/result.json")):
        time.sleep(0.05)
    time.sleep(0.5)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=30)
    assert process.returncode == 130 and "all finished runs are stored" in err
    assert "odd" in out


MISTAKES = {
    "an unknown task": (["run", "-t", "bbc_new", "-b", "majority"], "did you mean 'bbc_news'"),
    "an unknown baseline": (["run", "-t", "bbc_news", "-b", "bayes"], "unknown baseline 'bayes'"),
    "an unknown suite": (["run", "--suite", "startr"], "did you mean 'starter'"),
    "an unknown profile": (["run", "--all", "--profile", "quik"], "did you mean 'quick'"),
    "a limit of nothing": (["run", "--all", "--limit-train", "0"], "give 1 or more"),
    "a setting without a value": (["run", "--all", "--set", "x"], "BASELINE.PARAM=VALUE"),
    "a setting without a model": (
        ["run", "--all", "-b", "bert", "--set", "epochs=1"],
        "name the model too, e.g. --set bert.epochs=1",
    ),
    "an unknown format": (
        ["report", "--format", "pdf"],
        "Invalid value for '--format': 'pdf' is not one of 'html'",
    ),
    "nothing to run": (["run"], "nothing to run"),
    "a missing data folder": (["run", "--all", "--data", "nowhere"], "nowhere does not exist"),
    "a missing plugin folder": (["list", "--plugins", "nowhere"], "nowhere does not exist"),
    "a missing results folder": (["report", "--results", "nowhere"], "no results in nowhere yet"),
    "a name that is no name": (["new", "baseline", "../x"], "use letters, digits"),
    "a check of nothing known": (["check", "naive_baise"], "did you mean 'naive_bayes'"),
}


@pytest.mark.parametrize("what", MISTAKES)
def test_a_mistake_gets_one_clear_line(what: str, tmp_path: Path) -> None:
    words, line = MISTAKES[what]
    assert line in refused(bench(*words, cwd=tmp_path))


TABLES = {
    "no such column": (b"txt,label\na,x\nb,y\n", "no column 'text'; did you mean 'txt'"),
    "one class": (b"text,label\na,x\nb,x\n", "only one label, 'x'"),
    "no rows": (b"text,label\n", "no rows below the header"),
    "empty": (b"", "rows.csv is empty"),
    "NUL bytes": (b"text,label\na\0,x\nb,y\n", "line 2: contains a NUL byte"),
    "a 50 MB line": (b"text,label\n" + b"a" * 50_000_000 + b",x\nb,y\n", "line 2: longer than"),
    "an empty label": (b"text,label\na,x\nb,\n", "line 3: column 'label' is empty"),
}


@pytest.mark.parametrize("what", TABLES)
def test_a_bad_table_gets_one_clear_line(what: str, tmp_path: Path) -> None:
    data, line = TABLES[what]
    (tmp_path / "rows.csv").write_bytes(data)
    words = ["new", "task", "mine", "--csv", "rows.csv", "--text", "text", "--label", "label"]
    assert line in refused(bench(*words, cwd=tmp_path))
    assert not (tmp_path / "plugins").exists()


def made_up_csv(folder: Path, labels: tuple[str, str]) -> None:
    rows = [f'"text number {n}, of {labels[n % 2]}",{labels[n % 2]}' for n in range(60)]
    (folder / "rows.csv").write_text("text,label\n" + "\n".join(rows) + "\n")


def test_a_new_task_of_a_csv_runs_and_stands_on_the_board(tmp_path: Path) -> None:
    made_up_csv(tmp_path, ("0", "1"))
    words = ["new", "task", "mine", "--csv", "rows.csv", "--text", "text", "--label", "label"]
    assert bench(*words, cwd=tmp_path).returncode == 0
    done = bench("run", "-t", "mine", "-b", "naive_bayes", "--plugins", "plugins", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    found = bench("report", "--format", "json", "-o", "-", cwd=tmp_path)
    assert set(json.loads(found.stdout)["results"][0]["per_class"]) == {"0", "1"}


def test_labels_that_look_alike_are_warned_of(tmp_path: Path) -> None:
    made_up_csv(tmp_path, ("Yes", "yes"))
    words = ["new", "task", "mine", "--csv", "rows.csv", "--text", "text", "--label", "label"]
    assert "differ only by case or space" in bench(*words, cwd=tmp_path).stderr


def test_a_doubtful_guess_is_refused_with_the_way_on_and_taken_where_that_is_said(
    tmp_path: Path,
) -> None:
    rows = "".join(f"what a day number {n} is,{n / 7},{'ab'[n % 2]}\n" for n in range(60))
    (tmp_path / "rows.csv").write_text(f"said,amount,colour\n{rows}")
    scale = ["new", "task", "mine", "rows.csv", "--label", "amount"]
    assert "give --regression for a scale" in refused(bench(*scale, cwd=tmp_path))
    assert not (tmp_path / "plugins").exists()
    assert bench(*scale, "--yes", cwd=tmp_path).returncode == 0
    assert "Regression(0, 8.42857)" in (tmp_path / "plugins/tasks/mine.py").read_text()


BAD_WORDS: dict[str, tuple[list[str], str]] = {
    "no source": ([], "say where the data is"),
    "no such file": (["gone.csv"], "gone.csv: No such file"),
    "two kinds": (["rows.csv", "--spans", "--free-text"], "--spans and --free-text: give one"),
    "a test alone": (["--test", "rows.csv"], "--train is missing"),
    "two ways": (["rows.csv", "--train", "rows.csv"], "give FROM, or --train"),
    "an odd range": (["rows.csv", "--range", "5:1"], "write LOW:HIGH"),
    "odd rare labels": (["rows.csv", "--rare", "other"], "write LABEL:N"),
    "an odd choice of rows": (["rows.csv", "--only", "a"], "write COLUMN=VALUE"),
    "a map without a task": (["rows.csv", "--map", "a=b"], "bench new task NAME TASK --map"),
    "a map of no label": (["bbc_news", "--map", "x=y"], "no label 'x'"),
}


@pytest.mark.parametrize("what", BAD_WORDS)
def test_bad_words_of_a_new_task_get_one_clear_line(what: str, tmp_path: Path) -> None:
    words, line = BAD_WORDS[what]
    made_up_csv(tmp_path, ("0", "1"))
    assert line in refused(bench("new", "task", "mine", *words, cwd=tmp_path))
    assert not (tmp_path / "plugins").exists()


def test_a_task_under_coarser_labels_runs(tmp_path: Path) -> None:
    made_up_csv(tmp_path, ("joy", "love"))
    with (tmp_path / "rows.csv").open("a") as file:
        file.writelines(f"a text of anger {n},anger\n" for n in range(30))
    bench("new", "task", "fine", "rows.csv", cwd=tmp_path)
    words = ["new", "task", "coarse", "fine", "--map", "joy,love=good"]
    done = bench(*words, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    done = bench("check", "coarse", "--plugins", "plugins", cwd=tmp_path)
    assert done.returncode == 0, done.stdout


def test_a_table_that_went_bad_fails_its_task_alone(plugins: Path, tmp_path: Path) -> None:
    made_up_csv(tmp_path, ("0", "1"))
    words = ["new", "task", "mine", "--csv", "rows.csv", "--text", "text", "--label", "label"]
    bench(*words, cwd=tmp_path)
    (tmp_path / "rows.csv").write_text("text,label\n")
    assert "no rows below the header" in refused(run(plugins, "-t", "mine"))
    assert {c["task"]: c["status"] for c in report(plugins)["results"]} == {
        "colours": "done",
        "mine": "failed",
    }


def test_a_new_baseline_runs_and_passes_the_conformance_suite(plugins: Path) -> None:
    assert bench("new", "baseline", "mine", "--plugins", plugins).returncode == 0
    assert run(plugins, "-b", "mine").returncode == 0


def test_offline_without_a_cache_says_what_to_do(tmp_path: Path) -> None:
    words = ["run", "-t", "bbc_news", "-b", "majority", "--offline", "--results", tmp_path / "r"]
    done = bench(*words, BENCH_CACHE=str(tmp_path / "cache"))
    assert done.returncode == 1 and "bench fetch bbc_news" in done.stderr
    assert "next: bench report" not in done.stderr


@pytest.mark.parametrize("more", [(), ("--dry-run",)])
def test_a_run_without_any_data_exits_1_and_says_so(more: tuple[str, ...], tmp_path: Path) -> None:
    done = bench("run", "-t", "sst2", "-b", "majority", *more, cwd=tmp_path)
    assert done.returncode == 1 and "skipped sst2: needs train.tsv" in done.stderr
    assert "next:" not in done.stderr


def test_the_plugin_folder_here_is_found_without_the_option(plugins: Path) -> None:
    done = bench("run", "-t", "colours", "-b", "majority", "--dry-run", cwd=plugins.parent)
    assert done.returncode == 0 and "1 run to do" in done.stdout


def test_a_forgotten_plugin_folder_is_suggested(plugins: Path) -> None:
    (plugins.parent / "mine" / "tasks").mkdir(parents=True)
    options = ("-t", "colours", "-b", "majority", "--plugins", "mine")
    done = bench("run", *options, cwd=plugins.parent)
    assert "plugins/tasks/colours.py exists: add --plugins plugins" in refused(done)


def test_a_task_without_its_files_is_not_checked_and_no_failure(tmp_path: Path) -> None:
    done = bench("check", "trec", cwd=tmp_path)
    assert done.returncode == 0 and "not checked: not at hand: needs train_5500" in done.stdout
    assert "3 of 3 checks passed, 1 not checked" in done.stdout


def test_a_table_too_small_to_split_says_how_much_is_needed(tmp_path: Path) -> None:
    (tmp_path / "rows.csv").write_text("text,label\na,x\nb,y\n")
    words = ["new", "task", "mine", "--csv", "rows.csv", "--text", "text", "--label", "label"]
    assert bench(*words, cwd=tmp_path).returncode == 0
    done = bench("run", "-t", "mine", "-b", "majority", "--plugins", "plugins", cwd=tmp_path)
    assert "2 examples are too few to split off a test split" in refused(done)
    assert "next:" not in done.stderr


def test_a_run_says_how_much_of_the_data_it_uses(plugins: Path) -> None:
    done = run(plugins, "--limit-train", "8", "--dry-run")
    assert "1 task × 1 model, " in done.stderr and " (8 of " in done.stderr


def test_the_list_fits_80_columns_and_tells_what_runs_out_of_the_box() -> None:
    lines = bench("list", COLUMNS="80").stdout.splitlines()
    assert max(map(len, lines)) <= 80
    (start,) = [n for n, line in enumerate(lines) if "run out of the box" in line]
    listed = [
        line.split()[1] for line in lines[start + 1 : lines.index("", start)] if line[0] == "*"
    ]
    assert listed == [p["name"] for p in catalogue("tasks") if p["suite"] == "starter"]


def test_experiments_are_described_by_a_whole_sentence() -> None:
    assert all(entry["summary"].endswith(".") for entry in catalogue("experiments"))


@pytest.mark.parametrize("command", ["", "run", "list", "new", "report"])
def test_help_shows_no_type_beside_a_switch(command: str) -> None:
    out = bench(*command.split(), "--help").stdout
    assert "--help" in out and "<bool>" not in out


def test_list_as_json_names_tasks_baselines_and_experiments() -> None:
    found = json.loads(bench("list", "--json").stdout)
    assert set(found) == {"tasks", "baselines", "experiments"}


def test_doctor_tells_versions_and_caches() -> None:
    out = bench("doctor").stdout
    assert "torch" in out and "cache" in out and "cores" in out


def test_a_results_folder_that_cannot_be_written_is_one_line(plugins: Path) -> None:
    (plugins.parent / "results").write_text("a file")
    assert "choose another with --results DIR" in refused(run(plugins))


def test_of_very_many_problems_the_first_are_told_one_by_one(tmp_path: Path) -> None:
    for number in range(60):
        (tmp_path / "results" / "runs" / f"{number}").mkdir(parents=True)
    told = bench("report", "--results", tmp_path / "results").stderr.splitlines()
    assert len(told) == 51 and "10 more problems" in told[-1]

"""Finding plugins: by folder, by name, without importing; what is broken is named alone."""

import subprocess
import sys
from pathlib import Path

import pytest

from bench.cli.plugin_commands.catalogue import catalogue, sections
from bench.errors import PluginError, UserError
from bench.registry import Registry, load_baseline, load_task
from tests.support.plugins_for_tests import add_baseline, add_task

HEAVY = ("torch", "transformers", "sklearn", "pandas", "datasets", "numpy")


def test_a_task_of_a_plugin_folder_is_found_and_loaded(tmp_path: Path) -> None:
    add_task(tmp_path, "colours")
    assert load_task(Registry("tasks", [tmp_path])["colours"]).name == "colours"


def test_a_subfolder_is_a_suite(tmp_path: Path) -> None:
    add_task(tmp_path, "colours").rename(tmp_path / "tasks" / "moved.py")
    (tmp_path / "tasks" / "paint").mkdir()
    (tmp_path / "tasks" / "moved.py").rename(tmp_path / "tasks" / "paint" / "colours.py")
    assert Registry("tasks", [tmp_path]).suites()["paint"] == ["colours"]


def test_the_starter_suite_has_its_nine_tasks() -> None:
    assert len(Registry("tasks").suites()["starter"]) == 9


def test_listing_runs_no_plugin_code(tmp_path: Path) -> None:
    (tmp_path / "tasks").mkdir()
    (tmp_path / "tasks" / "trap.py").write_text('"""What it is."""\nraise SystemExit("ran")\n')
    (entry,) = [e for e in catalogue("tasks", [tmp_path]) if e["name"] == "trap"]
    assert entry["summary"] == "What it is."


def test_two_plugins_of_one_name_are_an_error_for_that_name_only(tmp_path: Path) -> None:
    for folder in ("a", "b"):
        add_task(tmp_path / folder, "colours")
    add_task(tmp_path / "a", "other")
    registry = Registry("tasks", [tmp_path / "a", tmp_path / "b"])
    with pytest.raises(PluginError, match="exists twice"):
        load_task(registry["colours"])
    assert load_task(registry["other"]).name == "other"


def test_a_plugin_that_fails_on_import_is_named_with_its_error(tmp_path: Path) -> None:
    add_baseline(tmp_path, "broken").write_text("import no_such_module\n")
    with pytest.raises(PluginError, match=r"'broken' cannot be imported: ModuleNotFoundError"):
        load_baseline(Registry("baselines", [tmp_path])["broken"])


def test_a_file_without_its_well_known_name_is_named(tmp_path: Path) -> None:
    add_task(tmp_path, "empty").write_text('"""Nothing."""\n')
    with pytest.raises(PluginError, match="does not define TASK"):
        load_task(Registry("tasks", [tmp_path])["empty"])


def test_a_task_named_unlike_its_file_is_refused(tmp_path: Path) -> None:
    add_task(tmp_path, "colours").rename(tmp_path / "tasks" / "paint.py")
    with pytest.raises(PluginError, match="give both the same name"):
        load_task(Registry("tasks", [tmp_path])["paint"])


@pytest.mark.parametrize("name", ["sp ace", ".hidden", "-dash", "semi;colon"])
def test_a_name_that_is_not_allowed_is_an_error_for_that_name(tmp_path: Path, name: str) -> None:
    add_task(tmp_path, name)
    plugin = Registry("tasks", [tmp_path]).plugins.get(name)
    assert plugin is not None and "use letters, digits" in plugin.problem


def test_an_unknown_name_is_answered_with_its_neighbour() -> None:
    with pytest.raises(UserError, match="did you mean 'bbc_news'"):
        Registry("tasks")["bbc_new"]


def test_entry_points_are_found(tmp_path: Path) -> None:
    info = tmp_path / "made_up-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: made-up\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[bench.tasks]\nfrom_entry = made_up_task:TASK\n")
    task = add_task(tmp_path, "from_entry").rename(tmp_path / "made_up_task.py")
    code = (
        "from bench.registry import Registry, load_task\n"
        "print(load_task(Registry('tasks')['from_entry']).licence)"
    )
    path = f"{task.parent}:{Path(__file__).parent.parent.parent}"
    done = subprocess.run(
        [sys.executable, "-c", code], env={"PYTHONPATH": path}, capture_output=True, text=True
    )
    assert done.stdout.strip() == "made up", done.stderr


@pytest.mark.parametrize("words", [["--help"], ["list"], ["run", "--help"]])
def test_help_and_list_import_nothing_heavy(words: list[str]) -> None:
    code = f"import sys; sys.argv = ['bench', *{words!r}]\nfrom bench.cli.main import main\n"
    code += "try:\n    main()\nexcept SystemExit:\n    pass\n"
    code += f"print('HEAVY', [m for m in {HEAVY!r} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "HEAVY []"


def test_a_folder_that_holds_no_plugins_is_named_with_the_one_that_does(tmp_path: Path) -> None:
    add_task(tmp_path, "colours")
    with pytest.raises(UserError, match=f"did you mean --plugins {tmp_path}"):
        Registry("tasks", [tmp_path / "tasks"])


def test_a_plugin_that_asks_a_question_gets_the_end_of_its_input(tmp_path: Path) -> None:
    add_task(tmp_path, "asks").write_text("TASK = input('really? ')\n")
    with pytest.raises(PluginError, match="EOFError"):
        load_task(Registry("tasks", [tmp_path])["asks"])


def test_ones_own_tasks_are_listed_first_and_what_runs_here_is_marked(tmp_path: Path) -> None:
    add_task(tmp_path, "zebras")
    (tmp_path / "trec").mkdir()
    entries = catalogue("tasks", [tmp_path], [tmp_path])
    assert next(part.entries[0]["name"] for part in sections("tasks", entries)) == "zebras"
    marked = {entry["name"] for entry in entries if entry["runs_here"]}
    assert {"zebras", "bbc_news", "trec"} <= marked and "sst2" not in marked

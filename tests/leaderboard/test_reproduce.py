"""The command of a cell: read back, it plans runs with the cell's own keys."""

import shlex
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest
import typer.main
from typer.core import TyperGroup

from bench.cli.main import app
from bench.data.prepare import prepare
from bench.leaderboard.compute import compute
from bench.leaderboard.entry_key import EntryKey
from bench.leaderboard.reproduce import DATA, PLUGINS, command
from bench.records import Limit, Result
from bench.registry import Registry
from bench.runs.cells.cell import bare_result
from bench.runs.planning.experiment import RunRequest, build
from bench.runs.planning.keys import Code
from bench.runs.planning.plan import plan
from bench.runs.planning.run_spec import Run
from tests.support.fakes import fake_result, fake_scores
from tests.support.plugins_for_tests import add_baseline, add_task

FAMILIES = ("odd", "both", "naive_bayes", "lstm", "majority")
CODE = Code(dict.fromkeys(FAMILIES, "s"), dict.fromkeys(FAMILIES, "l"))


@pytest.fixture(scope="module")
def plugins(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Tasks `colours` and `shades`; `odd` is seeded, `both` fits them together."""
    folder = tmp_path_factory.mktemp("plugins")
    add_task(folder, "colours", rows=80)
    add_task(folder, "shades", rows=60)
    add_baseline(folder, "odd", seeded=True)
    add_baseline(folder, "both", seeded=True, multi_task=True)
    file = folder / "baselines" / "odd.py"
    file.write_text(file.read_text().replace('word: str = "x"', 'word: str = "x", many: list = []'))
    file.write_text(file.read_text().replace("self.pause, self.word = pause, word", "pass"))
    return folder


def planned(request: RunRequest) -> list[Run]:
    tasks, baselines = (Registry(kind, request.plugins) for kind in ("tasks", "baselines"))
    experiment = build(request, tasks, baselines)
    return plan(experiment, prepare(experiment.tasks, tasks), CODE)


def asked(plugins: Path, baseline: str, **words: object) -> list[Run]:
    given = {"tasks": ["colours"], "profile": "full", "seeds": [0], **words}
    return planned(RunRequest(baselines=[baseline], plugins=[plugins], **given))  # type: ignore[arg-type]


def stored(run: Run) -> Result:
    """A run's record, which learnt from the rows that it was given."""
    scores = []
    for rows in run.tasks:
        made = fake_scores(rows.task, 0.5)
        counts = {"train": len(rows.train), "validation": len(rows.validation)}
        data = made.data.model_copy(update=counts)
        scores.append(made.model_copy(update={"data": data}))
    bare = bare_result(run, "done", "", datetime.now(UTC), time.perf_counter())
    return bare.model_copy(update={"results": tuple(scores)})


def read_back(text: str, plugins: Path) -> RunRequest:
    """The request that `bench run` makes of a command, by its own options."""
    words = shlex.split(text.replace(PLUGINS, str(plugins)), comments=True)
    assert words[:2] == ["bench", "run"]
    group = typer.main.get_command(app)
    assert isinstance(group, TyperGroup)
    given = group.commands["run"].make_context("run", words[2:]).params
    return RunRequest(
        tasks=given["task"],
        baselines=given["baseline"],
        profile=given["profile"],
        seeds=given["seed"] or (),
        limit_train=given["limit_train"],
        limit_test=given["limit_test"],
        settings=given["setting"] or (),
        folds=given["folds"],
        score_train=given["score_train"],
        plugins=given["plugins"] or (),
    )


def again(runs: list[Run], plugins: Path, *beside: EntryKey) -> list[Run]:
    """What the command of a cell plans, but for rows beside a full-data row."""
    found = planned(read_back(command([stored(run) for run in runs], beside), plugins))
    return [run for run in found if run.full_data_row == runs[0].full_data_row]


TEXTS = ("", " a ", "two words", "1", "true", "[1]", "it's", 'say "so"', "a\nb = 2", "#", "ü\x7f")
SHAPES: dict[str, dict[str, object]] = {
    "plain": {},
    "quick": {"profile": "quick"},
    "several seeds": {"seeds": [2, 0, 7]},
    "limited": {"limit_train": 20, "limit_test": 10},
    "a parameter": {"settings": ["odd.pause=0.5"]},
    "a parameter at its default": {"settings": ["odd.word=x"]},
    "a swept parameter": {"settings": ["odd.pause=[1, 0.5]"]},
    "two swept parameters": {"settings": ["odd.word=[a, b]", 'odd.word=["a, b"]', "odd.pause=[2]"]},
    "a list": {"settings": ["odd.many=[[1, 2]]"]},
    "folds": {"folds": 3},
    "folds of a swept parameter": {"folds": 3, "settings": ["odd.pause=[0.1]"]},
    "scored on train": {"score_train": True},
}
MISLEADING = {"a text that reads as folds": {"settings": ['odd.word=["x, 3 folds"]']}}


@pytest.mark.parametrize("shape", [*SHAPES, *MISLEADING])
def test_the_command_plans_the_same_runs(plugins: Path, shape: str) -> None:
    runs = asked(plugins, "odd", **{**SHAPES, **MISLEADING}[shape])
    for variant in {run.variant for run in runs}:
        cell = [run for run in runs if run.variant == variant]
        found = again(cell, plugins)
        assert {run.key for run in found} == {run.key for run in cell}
        assert {run.variant for run in found} == {variant}


@pytest.mark.parametrize("shape", SHAPES)
def test_a_record_of_before_plans_the_same_runs(plugins: Path, shape: str) -> None:
    run = asked(plugins, "odd", **SHAPES[shape])[0]
    fields = {"swept", "folds", "score_train", "is_floor", "single_task_twin"}
    old = Result.model_validate(stored(run).model_dump(exclude=fields))
    [found] = planned(read_back(command([old]), plugins))
    assert (found.key, found.variant) == (run.key, run.variant)


@pytest.mark.parametrize("text", TEXTS)
def test_any_text_comes_back_as_it_was(plugins: Path, text: str) -> None:
    (run,) = asked(plugins, "odd")
    changed = run.model_copy(update={"params": {"word": text}})
    (found,) = again([changed], plugins)
    assert found.params == {"word": text}


def test_a_swept_train_size_comes_back_as_a_limit(plugins: Path, tmp_path: Path) -> None:
    file = tmp_path / "sweep.toml"
    file.write_text("[sweep.odd]\npause = [0.1]\n[sweep.limits]\ntrain = [10, 20]\n")
    for run in asked(plugins, "odd", experiment=str(file)):
        assert [found.key for found in again([run], plugins)] == [run.key]


def test_a_multi_task_run_names_all_its_tasks(plugins: Path) -> None:
    (run,) = asked(plugins, "both", tasks=["shades", "colours"])
    assert "-t shades -t colours" in command([stored(run)])
    assert [found.key for found in again([run], plugins)] == [run.key]


def test_a_closed_form_family_needs_no_seed(plugins: Path) -> None:
    (run,) = asked(plugins, "majority", seeds=[0, 1, 2])
    assert "--seed" not in command([stored(run)])
    assert [found.key for found in again([run], plugins)] == [run.key]


@pytest.mark.parametrize("words", [{"limit_train": 30}, {"profile": "quick", "limit_train": 40}])
def test_a_full_data_row_comes_back_beside_a_limit(plugins: Path, words: dict[str, object]) -> None:
    runs = asked(plugins, "naive_bayes", **words)
    (full,) = [run for run in runs if run.full_data_row]
    assert [found.key for found in again([full], plugins)] == [full.key]


def test_a_full_data_row_stands_beside_the_limit_of_its_own_family(plugins: Path) -> None:
    runs = asked(plugins, "naive_bayes", limit_train=30)
    (full,) = [run for run in runs if run.full_data_row]
    rows = [EntryKey("naive_bayes", "{}", None, n, False) for n in (10, 30, 5000)]
    rows.append(EntryKey("lstm", "{}", None, 50, False))
    assert "--limit-train 30" in command([stored(full)], rows)


def test_the_profiles_own_parameters_are_not_repeated(plugins: Path) -> None:
    (run,) = asked(plugins, "lstm", profile="quick", settings=["lstm.epochs=3"])
    assert command([stored(run)]).count("--set") == 1
    assert [found.key for found in again([run], plugins)] == [run.key]


def test_folders_are_asked_for_only_where_they_are_needed() -> None:
    starter = {"tasks": ("bbc_news",), "suites": {"bbc_news": "starter"}}
    own = {"tasks": ("sst2",), "suites": {"sst2": "sst2"}}
    assert "_DIR" not in command([fake_result(task="bbc_news", **starter).result])
    assert DATA in command([fake_result(task="sst2", **own).result])
    assert f"--plugins {PLUGINS}" in command([fake_result(task="mine").result])


def test_rows_that_other_tasks_took_away_are_spoken_of_in_a_comment(plugins: Path) -> None:
    (run,) = asked(plugins, "odd")
    result = stored(run)
    facts = result.results[0]
    data = facts.data.model_copy(update={"checks": {"removed_in_other_test": 3}})
    less = facts.model_copy(update={"data": data})
    text = command([result.model_copy(update={"results": (less,)})])
    assert text.partition("#")[2].startswith(" 3 examples were left out")
    assert read_back(text, plugins).tasks == ["colours"]


def test_every_cell_of_the_board_has_its_command() -> None:
    broke = fake_result("bert", status="failed", reason="no", limit=Limit(train=64))
    board = compute([fake_result(seed=1), fake_result(seed=4), broke], [])
    found = {row.baseline: row.cells["reviews"].command for row in board.rows}
    assert "-b naive_bayes --profile quick --seed 1 --seed 4" in found["naive_bayes"]
    assert "-b bert --profile quick --limit-train 64 --seed 0" in found["bert"]


def test_of_seeds_run_at_different_times_the_newest_tells_the_parameters() -> None:
    old = fake_result(seed=0, minute=1, params={"alpha": 0.1}, settings={"alpha": 0.1})
    new = fake_result(seed=1, minute=2, settings={"alpha": 1.0})
    text = command([old.result, new.result])
    assert "--set naive_bayes.alpha=1.0" in text and "0.1" not in text

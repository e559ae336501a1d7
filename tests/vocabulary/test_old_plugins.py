"""A plugin folder that was written for the old names runs unchanged, without a warning."""

import subprocess
import sys
from pathlib import Path

import pytest

from bench.records import Result
from bench.store.store import Store
from tests.support.old_plugins import add_old_plugins


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with old plugins and what `bench run` made of them."""
    folder = tmp_path_factory.mktemp("old")
    add_old_plugins(folder)
    names = ("-t", "colours", "-t", "ruled", "-b", "old", "-b", "heir")
    said = bench(folder, "run", *names, "--limit-train", "20", "--offline")
    assert "warning" not in said.lower()
    return folder


def bench(folder: Path, *words: str) -> str:
    """Run a command with the plugins of a folder; return what it writes."""
    command = [sys.executable, "-W", "error::DeprecationWarning", "-m", "bench", *words]
    command += ["--plugins", str(folder), "--results", str(folder / "results")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


def result(folder: Path, baseline: str, task: str = "colours", *, full: bool = False) -> Result:
    """Return a stored result."""
    stored = (s.result for s in Store(folder / "results").contents().results)
    (found,) = (
        r for r in stored if (r.baseline, r.tasks, r.full_data_row) == (baseline, (task,), full)
    )
    assert found.status == "done", found.reason
    return found


def test_an_old_baselines_fit_is_recorded(ran: Path) -> None:
    found = result(ran, "old")
    assert (found.used, found.reduction) == ("none", "by heart")
    assert found.model is not None
    assert (found.model.of, found.model.stand_in_for) == ("o/m", "M")


def test_old_class_members_plan_full_data_and_enter_the_key(ran: Path) -> None:
    assert result(ran, "old", full=True).ingredients["its weights"] == "v1"


def test_an_old_heir_of_a_shipped_baseline_overrides_it(ran: Path) -> None:
    assert result(ran, "heir").ingredients["its more"] == "1"
    with pytest.raises(ValueError):
        result(ran, "heir", full=True)


def test_old_predictions_have_their_readouts(ran: Path) -> None:
    (scores,) = result(ran, "old").results
    assert {*scores.readouts} == {"greedy", "sample"} and scores.readouts["sample"].draws == 2
    assert (scores.counts.cut, scores.counts.unparsed) == (20, 2)


def test_old_annotations_are_compared(ran: Path) -> None:
    (scores,) = result(ran, "old").results
    assert scores.people is not None
    assert [a.name for a in scores.people.annotators] == ["ann", "bob", "pilot"]


@pytest.mark.parametrize(("task", "answer"), [("colours", "cold"), ("ruled", "None")])
def test_old_official_files_have_the_answer_of_old(ran: Path, task: str, answer: str) -> None:
    key = result(ran, "old", task).key
    bench(ran, "decode", key, "--to", str(ran / task))
    (file,) = (ran / task).rglob("run.csv")
    assert f"r45,{answer}\n" in file.read_text()


def test_an_old_task_is_shown_with_its_data(ran: Path) -> None:
    command = [sys.executable, "-m", "bench", "show", "colours", "--plugins", str(ran)]
    assert b"made up here" in subprocess.run(command, capture_output=True, check=True).stdout

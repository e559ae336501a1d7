"""From whatever a person has to a task on the board: nine forms of data, one command each."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.support.any_data import FORMS

FAMILIES = ("majority", "naive_bayes", "stratified_random")
ANSWERS = {
    "hindi": ("macro_f1", {"अच्छा", "बुरा"}),
    "chinese": ("macro_f1", {"体育", "财经"}),
    "several": ("macro_f1", {"late", "broken", "rude"}),
    "tagged": ("entity_f1", {"PER", "LOC"}),
    "scale": ("pearson", set[str]()),
    "pairs": ("macro_f1", {"follows", "contradicts"}),
    "three": ("macro_f1", {"yes", "no"}),
    "hub": ("macro_f1", {"0", "1", "2"}),
    "extremita": ("macro_f1", {"gioia", "tristezza"}),
}


def bench(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-P", "-m", "bench", *words]
    environment = {**os.environ, "COLUMNS": "100"}
    return subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, check=False
    )


@pytest.fixture(scope="module")
def board(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The JSON board of nine tasks, each made from its own form of data."""
    folder = tmp_path_factory.mktemp("nine")
    for name, make in FORMS.items():
        done = bench(folder, "new", "task", name, *make(folder))
        assert done.returncode == 0, done.stderr
    tasks = [word for name in FORMS for word in ("-t", name)]
    families = [word for name in FAMILIES for word in ("-b", name)]
    done = bench(folder, "run", *tasks, *families, "--plugins", "plugins")
    assert done.returncode == 0, done.stderr
    found = bench(folder, "report", "--format", "json", "-o", "-")
    loaded: dict[str, Any] = json.loads(found.stdout)
    return loaded


@pytest.mark.parametrize("name", FORMS)
def test_three_families_have_a_score_on_each_form_of_data(board: dict[str, Any], name: str) -> None:
    cells = [cell for cell in board["results"] if cell["task"] == name]
    assert {cell["baseline"] for cell in cells if cell["status"] == "done"} == {*FAMILIES}


@pytest.mark.parametrize("name", FORMS)
def test_the_kind_of_answer_and_its_labels_are_what_the_data_has(
    board: dict[str, Any], name: str
) -> None:
    (task,) = [task for task in board["tasks"] if task["name"] == name]
    assert (task["main_metric"], {*task["labels"]}) == ANSWERS[name]


def test_three_files_are_three_splits(board: dict[str, Any]) -> None:
    (task,) = [task for task in board["tasks"] if task["name"] == "three"]
    assert (task["labelled"], task["test_rows"], task["test_of"]) == (52, 20, "task")

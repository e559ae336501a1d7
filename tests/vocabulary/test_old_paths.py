"""Plugins written before modules moved: their imports give the same objects."""

import importlib
import subprocess
import sys
from pathlib import Path

import pytest

from bench.old_paths import MOVED
from bench.runs.source_hash import source_of


@pytest.mark.parametrize(("old", "new"), MOVED.items())
def test_an_old_path_is_the_module_at_its_new_place(old: str, new: str) -> None:
    module = importlib.import_module(old)
    assert module is importlib.import_module(new)
    assert module.__name__ == new and module.__spec__ is not None and module.__spec__.name == new


@pytest.mark.parametrize(
    "line",
    [
        "from bench.work import Work, current, working",
        "from bench.weights import Weights, weights",
        "from bench import work; import bench.tables; bench.tables.read_table; work.current",
        "from bench.task import Example, Input, Prompt, Split, Splits, Task",
        "from bench.baseline import Baseline, Fit, Greedy, Model, Prediction, TaskData",
        "from bench.files import Files, Members, Rows",
        "from bench.outputs import Answer, Fields, Output, Pair, Pairs, Span, Spans, SingleLabel",
        "from bench.conformance import Finding, check_baseline, check_task",
    ],
)
def test_names_are_where_documentation_put_them(line: str) -> None:
    done = subprocess.run([sys.executable, "-W", "error", "-c", line], capture_output=True)
    assert done.stderr == b"" and done.returncode == 0


def test_a_name_that_never_was_is_not_found() -> None:
    with pytest.raises(ModuleNotFoundError):
        importlib.import_module("bench.never_was")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("from bench.work import current", "from bench.run_context import current"),
        ("from bench import work", "from bench import run_context"),
        ("import bench.spans as s", "import bench.outputs.spans as s"),
        ("from bench.weights import weights", "from bench.models import weights"),
    ],
)
def test_an_old_path_puts_the_same_code_in_a_key(old: str, new: str, tmp_path: Path) -> None:
    digests = set()
    for line in (old, new):
        path = tmp_path / "mine.py"
        path.write_text(f"{line}\nBASELINE = 1\n")
        digests.add(source_of(path).digest)
    assert len(digests) == 1

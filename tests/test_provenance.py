"""What of a baseline's code is in its key."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from bench.plugins import Registry
from bench.provenance import source_hash, sources
from tests.test_every_plugin import toy_size

BASELINES = Registry("baselines")
# Loads a family and lets it answer, then names every file of `bench.baselines` that this took.
USED = """
import json, sys
from bench.plugins import Registry, load_baseline
from bench.toy import toys
name, params = sys.argv[1], json.loads(sys.argv[2])
family = load_baseline(Registry("baselines")[name])
toy, model = toys()[0], family(**params)
model.fit([toy.data], seed=0)
model.predict(toy.task, toy.inputs[:2])
modules = [m for n, m in list(sys.modules.items()) if n.startswith("bench.baselines._")]
print(json.dumps([m.__file__ for m in modules]))
"""


def path_of(name: str) -> Path:
    path = BASELINES[name].path
    assert path is not None
    return path


@pytest.mark.parametrize("name", ["naive_bayes", "lstm", "qlora"])
def test_every_helper_that_a_family_uses_is_in_its_source(name: str, tmp_path: Path) -> None:
    command = [sys.executable, "-c", USED, name, json.dumps(toy_size(name, tmp_path))]
    root = Path(__file__).parent.parent
    env = {**os.environ, "PYTHONPATH": os.pathsep.join([str(root), *sys.path])}
    done = subprocess.run(command, env=env, capture_output=True, text=True, check=True)
    used = {Path(file) for file in json.loads(done.stdout.splitlines()[-1])}
    assert used and used <= sources(path_of(name)).keys()


def test_every_helper_is_in_the_source_of_some_family() -> None:
    covered = {path for name in BASELINES.names() for path in sources(path_of(name))}
    helpers = path_of("majority").parent.glob("_*.py")
    # What only `bench export` needs answers nothing.
    assert {path.name for path in helpers if path not in covered} == {"__init__.py", "_merge.py"}


def test_a_change_of_a_familys_file_changes_its_hash(tmp_path: Path) -> None:
    one, other = tmp_path / "one.py", tmp_path / "other.py"
    one.write_text("from bench.baselines import _rows")
    other.write_text("from bench.baselines import _rows\nSIZE = 2")
    assert source_hash(one) != source_hash(other)


def test_where_a_familys_file_lies_does_not_matter(tmp_path: Path) -> None:
    one, other = tmp_path / "one.py", tmp_path / "other.py"
    for path in (one, other):
        path.write_text("from bench.baselines._rows import Row")
    assert source_hash(one) == source_hash(other)

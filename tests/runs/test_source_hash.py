"""Which code is in the key of a baseline's results."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from bench.registry import Registry
from bench.runs.code_reading import read_code
from bench.runs.source_hash import INERT, Tree, installed, source_of
from tests.support.toy_sizes import toy_size

BASELINES = Registry("baselines")
ROOT = Path(__file__).parent.parent.parent
FLOOR = {"majority", "stratified_random"}
NETS = {"lstm", "bert"}
ADAPTERS = {"qlora", "qlora_multi"}
PROMPTED = {"llama_zero_shot", *ADAPTERS}
ALL = {*FLOOR, "naive_bayes", *NETS, *PROMPTED}
# Loads a family and lets it answer, then names every file of `bench.baselines` that this took.
USED = """
import json, sys
from bench.registry import Registry, load_baseline
from bench.conformance.toy_tasks import toys
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


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the project's modules."""
    place = tmp_path_factory.mktemp("house")
    for name in ("bench", "baselines", "reports"):
        skipped = shutil.ignore_patterns("__pycache__")
        shutil.copytree(ROOT / name, place / name, ignore=skipped)
    return place


def digests(house: Path) -> dict[str, str]:
    tree = Tree([house / "bench", house])
    return {name: source_of(house / "baselines" / f"{name}.py", tree).digest for name in ALL}


def changed(house: Path, file: str, old: str, new: str) -> set[str]:
    """The families whose digest an edit changes; without an old text, the new one is appended."""
    before, path = digests(house), house / file
    text = path.read_text()
    edited = text.replace(old, new, 1) if old else text + new
    assert edited != text
    path.write_text(edited)
    after = digests(house)
    path.write_text(text)
    return {name for name in ALL if before[name] != after[name]}


@pytest.mark.parametrize("name", ["naive_bayes", "lstm", "qlora"])
def test_every_helper_that_a_family_uses_is_in_its_source(name: str, tmp_path: Path) -> None:
    command = [sys.executable, "-c", USED, name, json.dumps(toy_size(name, tmp_path))]
    env = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), *sys.path])}
    done = subprocess.run(command, env=env, capture_output=True, text=True, check=True)
    used = {Path(file) for file in json.loads(done.stdout.splitlines()[-1])}
    used = {file for file in used if file.name != "__init__.py"}  # see test_rooms
    assert used and used <= source_of(path_of(name)).files.keys()


def test_every_helper_is_in_the_source_of_some_family() -> None:
    covered = {path for name in BASELINES.names() for path in source_of(path_of(name)).files}
    helpers = path_of("majority").parent.rglob("_*/**/*.py")
    # What only `bench export` needs answers nothing.
    assert {path.name for path in helpers if path not in covered} == {"__init__.py", "merge.py"}


def test_every_inert_module_exists() -> None:
    tree = installed()
    assert [name for name in sorted(INERT) if tree.find(name) is None] == []


@pytest.mark.parametrize(
    ("module", "families"),
    [
        ("bench/models/chat_template.py", PROMPTED),
        ("bench/models/layout.py", PROMPTED),
        ("bench/models/prompt.py", PROMPTED),
        ("bench/models/refusals.py", PROMPTED),
        ("bench/models/tokens.py", PROMPTED),
        ("bench/models/gguf.py", {"bert", *PROMPTED}),
        ("bench/outputs/labels.py", ALL),
        ("bench/outputs/spans.py", ALL),
        ("bench/metrics/aligned.py", ALL),
        ("bench/runs/cells/fit_predict.py", ALL),
        ("bench/task.py", ALL),
        ("bench/metrics/single_label.py", {*NETS, *ADAPTERS}),
        ("bench/metrics/__init__.py", {*NETS, *ADAPTERS}),
        ("baselines/_encoders/fit.py", NETS),
        ("baselines/_llama/finetune.py", ADAPTERS),
        ("baselines/_llama/engine/generate.py", PROMPTED),
        ("baselines/_llama/kernels/triton_kernels.py", PROMPTED),
        ("baselines/_bag_of_words/nbsvm.py", {"naive_bayes"}),
        ("baselines/lstm.py", {"lstm"}),
    ],
)
def test_a_token_of_code_changes_the_keys_of_those_that_use_it_alone(
    house: Path, module: str, families: set[str]
) -> None:
    assert changed(house, module, "", "\n_EDITED = 1\n") == families


@pytest.mark.parametrize(
    ("module", "old", "new"),
    [
        ("bench/models/chat_template.py", "", "# A remark.\n"),
        ("bench/models/chat_template.py", '"""A tokenizer', '"""The tokenizer'),
        ("bench/metrics/aligned.py", '"""(n,) indices of the gold', '"""Indices of the gold'),
        ("bench/models/layout.py", "import Question", "import (\n    Question,\n)"),
        ("bench/models/layout.py", "from typing", "import os\nfrom typing"),
        ("bench/task.py", "CHECKING:\n", "CHECKING:\n    import decimal\n"),
        ("bench/errors.py", "", "\n_EDITED = 1\n"),
        ("bench/runs/cells/meter.py", "", "\n_EDITED = 1\n"),
        ("bench/models/gguf_header.py", "", "\n_EDITED = 1\n"),
        ("bench/run_context.py", "", "\n_EDITED = 1\n"),
        ("bench/runs/cells/latency.py", "", "\n_EDITED = 1\n"),
        (
            "baselines/_training/transformers_loading.py",
            "with loading():\n            yield",
            "yield",
        ),
        (
            "baselines/_bag_of_words/vectors.py",
            "from bench.run_context import spare\n",
            "from bench.run_context import spare\n\nspare({})\n",
        ),
        ("bench/scoring/evaluate.py", "", "\n_EDITED = 1\n"),
        ("reports/tables/board_table.py", "", "\n_EDITED = 1\n"),
    ],
)
def test_what_computes_nothing_changes_no_key(house: Path, module: str, old: str, new: str) -> None:
    assert changed(house, module, old, new) == set()


@pytest.mark.parametrize(
    ("alike", "code"),
    [
        (True, "from bench.run_context import loading\nwith loading():\n    x = 1\n"),
        (True, "from bench.run_context import loading, spare\nx = 1\nspare(x)\n"),
        (False, "from bench.run_context import current\nwith current():\n    x = 1\n"),
        (False, "from elsewhere import loading\nwith loading():\n    x = 1\n"),
        (False, "from bench.run_context import loading\nwith loading() as y:\n    x = 1\n"),
        (False, "from bench.run_context import loading\nwith loading():\n    x = 2\n"),
    ],
)
def test_what_says_what_time_is_spent_on_is_no_code(alike: bool, code: str) -> None:
    plain = read_code(b"x = 1\n", lambda binding: False).digest
    assert (read_code(code.encode(), lambda binding: False).digest == plain) is alike


def test_a_file_that_moves_and_is_renamed_changes_no_key(house: Path, tmp_path: Path) -> None:
    before = digests(house)
    house = shutil.copytree(house, tmp_path / "moved")
    room = house / "bench" / "prompting"
    room.mkdir()
    (room / "__init__.py").write_text('"""How a model is asked."""\n')
    (house / "bench" / "models" / "layout.py").rename(room / "arrangement.py")
    kernels = house / "baselines" / "_llama" / "kernels"
    (kernels / "triton_launch.py").rename(kernels / "launchers.py")
    for path in house.rglob("*.py"):
        text = path.read_text().replace("bench.models.layout", "bench.prompting.arrangement")
        path.write_text(re.sub(r"\btriton_launch\b", "launchers", text))
    assert digests(house) == before


def test_another_library_under_the_same_name_is_another_key(house: Path) -> None:
    edit = ("import numpy as np", "import cupy as np")
    assert changed(house, "baselines/_shared/threshold.py", *edit) >= NETS


def write(folder: Path, **files: str) -> Path:
    """A plugin folder's baselines, by file stem; `__` stands for a folder."""
    for name, text in files.items():
        path = folder / "baselines" / f"{name.replace('__', '/')}.py"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return folder / "baselines"


@pytest.mark.parametrize(
    ("imports", "helper"),
    [
        ("import _mine", "_mine"),
        ("def fit():\n    from _mine import weigh", "_mine"),
        ("from my_words import lists", "my_words__lists"),
        ("from my_words.lists import LONG", "my_words__lists"),
        ("import importlib\nimportlib.import_module('_mine')", "_mine"),
        ("import importlib\nimportlib.import_module(name='_mine')", "_mine"),
        ("from importlib import import_module as get\nget('_mine')", "_mine"),
        ("__import__('_mine')", "_mine"),
    ],
)
def test_a_helper_beside_a_plugin_is_in_its_key(tmp_path: Path, imports: str, helper: str) -> None:
    folder = write(tmp_path, own=imports, **{helper: "X = 1"})
    before = source_of(folder / "own.py").digest
    write(tmp_path, **{helper: "X = 2"})
    assert source_of(folder / "own.py").digest != before


def test_helpers_that_change_places_change_the_key(tmp_path: Path) -> None:
    (plugin := tmp_path / "p.py").write_text("from _a import f\nfrom _b import g\nx = f(), g()\n")
    texts = ["def f(): return g()\ndef g(): return 1\n", "def f(): return 2\ndef g(): return f()\n"]
    found = set()
    for order in (texts, texts[::-1]):
        for name, text in zip(("_a.py", "_b.py"), order, strict=True):
            (tmp_path / name).write_text(text)
        found.add(source_of(plugin).digest)
    assert len(found) == 2


def test_a_helpers_own_relative_import_is_in_the_key(tmp_path: Path) -> None:
    parts = {"parts__one": "from . import two", "parts__two": "X = 1"}
    folder = write(tmp_path, own="import parts.one", **parts)
    before = source_of(folder / "own.py").digest
    write(tmp_path, parts__two="X = 2")
    assert source_of(folder / "own.py").digest != before


def test_a_module_by_way_of_the_users_path_is_in_the_key(tmp_path: Path) -> None:
    module = tmp_path / "elsewhere" / "users_own_words.py"
    module.parent.mkdir()
    folder = write(tmp_path, own="from users_own_words import LONG")
    code = (
        "import bench.runs.source_hash as s, pathlib as p; "
        "print(s.source_of(p.Path('own.py')).digest)"
    )
    env = {**os.environ, "PYTHONPATH": os.pathsep.join([str(module.parent), str(ROOT), *sys.path])}
    answers = set()
    for text in ("LONG = 1", "LONG = 2"):
        module.write_text(text)
        command = [sys.executable, "-c", code]
        done = subprocess.run(command, env=env, cwd=folder, capture_output=True, check=True)
        answers.add(done.stdout)
    assert len(answers) == 2


def test_what_is_installed_is_not_read_through(tmp_path: Path) -> None:
    folder = write(tmp_path, own="import numpy, json, pytest", json="X = 1")
    files = source_of(folder / "own.py").files
    assert [path for path in files if not installed().holds(path)] == [folder / "own.py"]

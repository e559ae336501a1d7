"""Modules beside a user's plugin."""

import sys
from pathlib import Path

import pytest

from bench.errors import PluginError
from bench.registry import Plugin, Registry

OWN = "from _mine import NAME as BASELINE"


def write(folder: Path, **files: str) -> Path:
    for name, text in files.items():
        path = folder / f"{name.replace('__', '/')}.py"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return folder


def baseline(folder: Path, name: str = "own") -> Plugin:
    return Registry("baselines", [folder])[name]


def test_a_plugin_imports_a_helper_beside_it(tmp_path: Path) -> None:
    own = "from _mine import NAME\nBASELINE = NAME"
    write(tmp_path, baselines__own=own, baselines___mine="NAME = 'mine'")
    assert baseline(tmp_path).load() == "mine"


def test_a_helper_imports_another_when_it_is_called(tmp_path: Path) -> None:
    mine = "def name():\n    import my_words.lists\n    return my_words.lists.LONG"
    own = "from _mine import name\nBASELINE = name()"
    files = {"baselines__own": own, "baselines___mine": mine}
    write(tmp_path, **files, baselines__my_words__lists="from . import more\nLONG = more.X")
    write(tmp_path, baselines__my_words__more="X = 'long'")
    assert baseline(tmp_path).load() == "long"


def test_plugins_of_two_folders_have_each_their_own_helper(tmp_path: Path) -> None:
    own = "def name():\n    from _mine import NAME\n    return NAME\nBASELINE = name"
    for name in ("first", "second"):
        write(tmp_path / name, baselines__own=own, baselines___mine=f"NAME = {name!r}")
    first, second = (baseline(tmp_path / name).load() for name in ("first", "second"))
    assert [first(), second(), first()] == ["first", "second", "first"]


def test_tasks_and_baselines_share_a_helper_above_them(tmp_path: Path) -> None:
    write(tmp_path, _mine="NAME = 'shared'", baselines__own="from _mine import NAME as BASELINE")
    write(tmp_path, tasks__suite__own="from _mine import NAME as TASK")
    assert baseline(tmp_path).load() == "shared"
    assert Registry("tasks", [tmp_path])["own"].load() == "shared"


def test_an_edited_helper_is_read_anew(tmp_path: Path) -> None:
    write(
        tmp_path, baselines__own="from _mine import NAME as BASELINE", baselines___mine="NAME = 1"
    )
    assert baseline(tmp_path).load() == 1
    write(tmp_path, baselines___mine="NAME = 2")
    assert baseline(tmp_path).load() == 2


def test_a_file_beside_a_plugin_stands_in_for_no_library(tmp_path: Path) -> None:
    files = {"baselines__json": "X = 1", "baselines__numpy": "X = 1"}
    write(
        tmp_path, **files, baselines__own="import json, numpy\nBASELINE = json.dumps, numpy.array"
    )
    assert baseline(tmp_path).load()[0]([]) == "[]"


def test_helpers_leave_nothing_on_the_path_or_the_disk(tmp_path: Path) -> None:
    write(
        tmp_path, baselines__own="from _mine import NAME as BASELINE", baselines___mine="NAME = 1"
    )
    before = [*sys.path]
    baseline(tmp_path).load()
    assert sys.path == before and not [*tmp_path.rglob("__pycache__")]


def test_a_helper_that_is_not_there_is_named(tmp_path: Path) -> None:
    write(tmp_path, baselines__own="import _missing")
    with pytest.raises(PluginError, match="No module named '_missing'"):
        baseline(tmp_path).load()

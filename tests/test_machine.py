"""What the machine has to give, free cores above all, and what is asked of the checkout."""

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from bench.provenance import _git, free_cores

Set = Callable[[set[int], list[float]], None]


@pytest.fixture
def cores(monkeypatch: pytest.MonkeyPatch) -> Set:
    """Sets which cores are this process's, and how busy each core of the machine is."""

    def given(mine: set[int], used: list[float]) -> None:
        monkeypatch.setattr(os, "sched_getaffinity", lambda pid: mine, raising=False)
        monkeypatch.setattr(os, "cpu_count", lambda: len(used))
        monkeypatch.setattr(psutil, "cpu_percent", lambda interval, percpu: used)

    return given


BUSY, FREE = 100.0, 0.0
CASES: dict[str, tuple[set[int], list[float], int]] = {
    "all are mine and free": ({0, 1, 2, 3}, [FREE] * 4, 4),
    "another's core is busy": ({2, 3}, [BUSY, BUSY, FREE, FREE], 2),
    "another's core is free": ({2, 3}, [FREE, FREE, BUSY, FREE], 1),
    "all of mine are busy": ({0, 1}, [BUSY, BUSY, FREE, FREE], 1),
    "many are half busy": ({0, 1, 2, 3}, [50.0] * 4, 2),
    "a little is always going on": ({0, 1, 2, 3}, [4.0] * 4, 4),
    "numbers go beyond the cores that are counted": ({0, 70, 71}, [FREE, BUSY], 3),
}


@pytest.mark.parametrize("what", CASES)
def test_cores_are_counted_that_are_this_processes_and_free(what: str, cores: Set) -> None:
    mine, used, expected = CASES[what]
    cores(mine, used)
    assert free_cores() == expected


def test_without_masks_all_cores_count(cores: Set, monkeypatch: pytest.MonkeyPatch) -> None:
    cores({0}, [FREE, BUSY, FREE])
    monkeypatch.delattr(os, "sched_getaffinity")
    assert free_cores() == 2


@pytest.mark.skipif(not hasattr(os, "sched_setaffinity"), reason="this system has no masks")
def test_a_process_on_one_core_has_one() -> None:
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(before)})
    try:
        assert free_cores() == 1
    finally:
        os.sched_setaffinity(0, before)


def test_looking_at_a_checkout_writes_nothing_into_it(tmp_path: Path) -> None:
    file, index = tmp_path / "a.txt", tmp_path / ".git" / "index"
    file.write_text("a")
    for words in (["init"], ["add", "a.txt"]):
        subprocess.run(["git", "-C", str(tmp_path), *words], check=True, capture_output=True)
    # Looked at again, an unchanged file of another date has its entry renewed.
    os.utime(file, (1, 1))
    before = index.read_bytes()
    assert _git(tmp_path, "status", "--porcelain") == "A  a.txt"
    assert index.read_bytes() == before

"""A lock that another process holds is waited for aloud, and not for ever."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from bench.errors import StoreError, Unavailable
from bench.guards import waiting
from bench.guards.waiting import held
from bench.run_context import Progress, RunContext, running_in
from bench.store.store import Store
from tests.store.test_store import a_result

HOLD = """
import sys; from filelock import FileLock
with FileLock(sys.argv[1]): print("held", flush=True), input()
"""


@pytest.fixture
def lock(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A results folder's lock, held by another process."""
    monkeypatch.setattr(waiting, "QUIET", 0.05)
    monkeypatch.setattr(waiting, "PATIENCE", 0.2)
    path = tmp_path / ".lock"
    words = [sys.executable, "-c", HOLD, str(path)]
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as holder:
        assert holder.stdout and holder.stdout.readline()
        yield path
        holder.kill()


def test_a_lock_that_stays_held_ends_in_one_line_with_its_path(lock: Path) -> None:
    with pytest.raises(StoreError, match=r"\.lock: another process has held this lock"):
        Store(lock.parent).write(a_result(), {})


def test_what_could_not_be_put_in_its_place_is_kept(lock: Path) -> None:
    with pytest.raises(StoreError):
        Store(lock.parent).write(a_result(), {})
    lock.unlink()
    Store(lock.parent).prepare()
    assert Store(lock.parent).status("k" * 64) == "done"


def test_waiting_is_said_on_the_log_and_by_a_worker(
    lock: Path, caplog: pytest.LogCaptureFixture
) -> None:
    said: list[Progress] = []
    with (
        running_in(RunContext(report=said.append)),
        pytest.raises(Unavailable),
        held(lock, Unavailable, patience=0.1),
    ):
        pass
    assert str(lock) in caplog.text and str(lock) in said[0].text


def test_a_lock_file_that_is_a_link_is_not_opened(tmp_path: Path) -> None:
    (tmp_path / "x.lock").symlink_to(tmp_path / "made")
    with (
        pytest.raises(Unavailable, match="it is a symbolic link"),
        held(tmp_path / "x.lock", Unavailable),
    ):
        pass
    assert not (tmp_path / "made").exists()

"""What somebody else may have put into a results folder: named, and left alone."""

import os
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from bench.errors import StoreError
from bench.guards.guarded import Odd, odd, read_bytes
from bench.store.atomic import Refused
from bench.store.checkpoint_folder import fit_folder
from bench.store.store import Store
from tests.store.test_store import a_result, folder_of, store

__all__ = ["store"]  # a fixture
root_only = pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() != 0, reason="gives files to another user"
)


def _link(path: Path) -> None:
    path.symlink_to("/dev/zero")


def _socket(path: Path) -> None:
    with tempfile.TemporaryDirectory() as short, socket.socket(socket.AF_UNIX) as made:
        made.bind(f"{short}/s")
        Path(short, "s").rename(path)


ODD: list[Callable[[Path], None]] = [_link, os.mkfifo, _socket]


@pytest.mark.parametrize("make", ODD)
def test_what_is_no_file_is_neither_waited_for_nor_followed(
    make: Callable[[Path], None], tmp_path: Path
) -> None:
    make(tmp_path / "x")
    assert odd(tmp_path / "x")
    with pytest.raises(Odd):
        read_bytes(tmp_path / "x", 100)


@pytest.fixture
def victim(tmp_path: Path) -> Iterator[Path]:
    """A folder outside, which must come out of a test as it went in."""
    made = tmp_path / "victim"
    for name in ("thesis", "0" * 32, "0" * 64, f"host-999999-{'0' * 32}"):
        (made / name).mkdir(parents=True)
        (made / name / "a").write_text("precious")
        os.utime(made / name, (0, 0))
    before = sorted(made.rglob("*"))
    yield made
    assert sorted(made.rglob("*")) == before


@pytest.mark.parametrize("name", [".staging", "runs", "unfinished", "damaged"])
def test_a_link_in_a_folders_place_is_named_and_not_followed(
    name: str, store: Store, victim: Path
) -> None:
    shutil.rmtree(store.root / name, ignore_errors=True)
    (store.root / name).symlink_to(victim)
    with pytest.raises(StoreError, match=rf"{name}: it is a symbolic link"):
        store.prepare()


@pytest.mark.parametrize(
    "name", [".staging/x", ".staging/" + "1" * 32, "unfinished/" + "1" * 64, "unfinished/x.lock"]
)
def test_a_link_deeper_in_a_folder_is_named_and_not_followed(
    name: str, store: Store, victim: Path
) -> None:
    (store.root / name).parent.mkdir(exist_ok=True)
    (store.root / name).symlink_to(victim)
    with pytest.raises(StoreError, match=rf"{Path(name).name}: it is a symbolic link"):
        store.prepare()


def test_folders_that_bench_did_not_name_are_not_deleted(store: Store) -> None:
    for name in (".staging/thesis", "unfinished/thesis"):
        (store.root / name).mkdir(parents=True)
        os.utime(store.root / name, (0, 0))
    store.prepare()
    assert (store.root / ".staging/thesis").is_dir()
    assert (store.root / "unfinished/thesis").is_dir()


def test_a_checkpoint_that_is_a_fifo_is_refused(tmp_path: Path) -> None:
    (tmp_path / "unfinished" / "key").mkdir(parents=True)
    os.mkfifo(tmp_path / "unfinished" / "key" / "checkpoint")
    with (
        pytest.raises(Refused, match="checkpoint: it is a FIFO"),
        fit_folder(tmp_path, "key", fresh=False),
    ):
        pass


@pytest.mark.parametrize("make", ODD)
@pytest.mark.parametrize("name", ["notes.txt", "result.json", "unlisted"])
def test_an_odd_file_in_a_run_is_a_problem_for_readers_and_an_error_for_writers(
    make: Callable[[Path], None], name: str, store: Store
) -> None:
    (folder_of(store) / name).unlink(missing_ok=True)
    make(folder_of(store) / name)
    (problem,) = store.contents().problems
    assert f"not used: {name}: it is a" in problem.what
    with pytest.raises(StoreError, match=f"{name}: it is a"):
        store.status("k" * 64)


def test_a_run_that_is_a_link_is_a_problem(store: Store, tmp_path: Path) -> None:
    (store.runs / "a").symlink_to(folder_of(store))
    assert [p.where for p in store.contents().problems] == ["runs/a"]


def test_a_results_folder_may_be_reached_by_a_link(store: Store, tmp_path: Path) -> None:
    (tmp_path / "short").symlink_to(store.root)
    Store(tmp_path / "short").prepare()
    assert len(Store(tmp_path / "short").contents().results) == 1


def test_a_run_whose_name_is_no_text_is_a_problem_that_can_be_printed(store: Store) -> None:
    Path(store.runs, os.fsdecode(b"\xff\xfe")).mkdir()
    (problem,) = store.contents().problems
    assert problem.where == r"runs/\xff\xfe"


@root_only
def test_another_owners_folder_is_refused_until_they_are_trusted(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    os.chown(store.root / ".staging", 4321, -1)
    with pytest.raises(StoreError, match=r"\.staging: it belongs to 4321.*BENCH_TRUST_OWNERS"):
        store.prepare()
    monkeypatch.setenv("BENCH_TRUST_OWNERS", "nobody,4321")
    store.prepare()


def _as_another(folder: Path, code: str) -> str:
    """What code prints that runs as a user without rights; the folder is theirs."""
    for path in (folder, *folder.rglob("*")):
        os.chown(path, 4321, -1)
    before = "import os, sys; from pathlib import Path; from bench.store.store import Store\n"
    before += "os.setgid(4321); os.setuid(4321); store = Store(Path(sys.argv[1]))\n"
    words = [sys.executable, "-c", before + code, str(folder)]
    return subprocess.run(words, capture_output=True, text=True, check=True).stdout


@pytest.fixture
def lent(store: Store) -> Iterator[Store]:
    """The store at a place that every user can reach."""
    with tempfile.TemporaryDirectory() as open_to_all:
        Path(open_to_all).chmod(0o755)
        store.root.rename(Path(open_to_all) / "results")
        yield Store(Path(open_to_all) / "results")


@root_only
def test_a_file_that_cannot_be_read_now_is_no_damage(lent: Store) -> None:
    (folder_of(lent) / "notes.txt").chmod(0)
    code = """
try: store.status("k" * 64)
except Exception as error: print(type(error).__name__, error)
print(store.contents().problems)
"""
    said = _as_another(lent.root, code)
    assert "Refused" in said and "notes.txt: cannot be read now: Permission denied" in said
    assert "cannot be read now: notes.txt" in said
    assert folder_of(lent).is_dir() and not (lent.root / "damaged").exists()


@root_only
def test_a_runs_folder_that_cannot_be_read_is_one_line(lent: Store) -> None:
    lent.runs.chmod(0)
    code = "try: store.contents()\nexcept Exception as error: print(type(error).__name__, error)"
    assert "Refused" in (said := _as_another(lent.root, code)) and "/runs: cannot be read" in said


def test_a_record_from_the_future_hides_nothing(store: Store) -> None:
    store.write(a_result("f" * 64, started="2099-01-01T00:00:00+00:00"), {})
    contents = store.contents()
    assert [s.result.key for s in contents.results] == ["k" * 64]
    assert "its clock: started 2099-01-01" in contents.problems[0].what


@pytest.mark.skipif(not Path("/proc/self/limits").exists(), reason="needs /proc")
def test_a_file_that_holds_more_than_its_size_is_read_up_to_the_limit() -> None:
    path = Path("/proc/self/limits")
    assert path.stat().st_size == 0
    assert read_bytes(path, 1 << 20) == path.read_bytes()
    assert read_bytes(path, 100) == path.read_bytes()[:100]

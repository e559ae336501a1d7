"""Weights that come over the network, from a stand-in for the Hub on this machine: what is asked
for, what is kept, and how it is told that something cannot be had."""

import hashlib
import json
import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from urllib.parse import urlsplit

import numpy as np
import pytest
from huggingface_hub import constants
from safetensors.numpy import save

import bench.hub_models
from bench.chat_form import form_digest
from bench.errors import DataError, Unavailable
from bench.weights import chat_form, fingerprint, weights

REPO, COMMIT = "someone/small", "c0ffee" * 6 + "c0ff"
GOOD = {
    "config.json": b'{"model_type": "bert"}',
    "model.safetensors": save({"embedding": np.arange(6, dtype=np.float32)}),
    "pytorch_model.bin": b"never fetched",
    "modeling_made_up.py": b"never fetched",
    "onnx/model.safetensors": b"never fetched",
    "README.md": b"never fetched",
}


class Hub:
    """The few answers of the Hub that a model takes; `asked` lists the requests."""

    def __init__(self, files: Mapping[str, bytes]) -> None:
        self.files, self.asked, self.head = files, list[str](), COMMIT

    def answer(self, path: str) -> tuple[int, bytes, dict[str, str]]:
        """Status, body and headers."""
        self.asked.append(path)
        if path == "/":
            return 200, b"hello", {}
        if path.startswith(f"/{REPO}/resolve/"):
            revision, name = path.split("/", 5)[4:]
            return self._file(name, revision if len(revision) == 40 else self.head)
        if path.startswith(f"/api/models/{REPO}/tree/"):
            return 200, json.dumps([self._entry(n) for n in self.files]).encode(), {}
        if path == f"/api/models/{REPO}" or path.startswith(f"/api/models/{REPO}/revision/"):
            listed = [{"rfilename": name} for name in self.files]
            facts = {"id": REPO, "sha": self.head, "siblings": listed}
            return 200, json.dumps(facts).encode(), {}
        return 404, b"", {"X-Error-Code": "RepoNotFound"}

    def before(self, path: str) -> Iterator[bytes]:
        """What is sent in place of an answer's first line; nothing."""
        yield from ()

    def sent(self, path: str, body: bytes) -> Iterator[bytes]:
        """What is sent of a body, bit by bit."""
        yield body

    def heard(self, headers: Mapping[str, str]) -> None:
        """Look at a request's headers."""

    def _file(self, name: str, commit: str) -> tuple[int, bytes, dict[str, str]]:
        if name not in self.files:
            return 404, b"", {"X-Error-Code": "EntryNotFound"}
        etag = hashlib.sha256(self.files[name]).hexdigest()
        return 200, self.files[name], {"X-Repo-Commit": commit, "ETag": f'"{etag}"'}

    def _entry(self, name: str) -> dict[str, object]:
        digest = hashlib.sha1(self.files[name]).hexdigest()
        return {"type": "file", "path": name, "size": len(self.files[name]), "oid": digest}


@contextmanager
def serving(hub: Hub) -> Iterator[str]:
    """The address at which it answers meanwhile."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            with suppress(ConnectionError):
                self._answer()

        def _answer(self) -> None:
            path = urlsplit(self.path).path
            hub.heard(dict(self.headers))
            self._send(hub.before(path))
            status, body, headers = hub.answer(path)
            self.send_response(status)
            for name, value in {"Content-Length": str(len(body)), **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            if self.command == "GET":
                self._send(hub.sent(path, body))

        def _send(self, parts: Iterator[bytes]) -> None:
            for part in parts:
                self.wfile.write(part)

        do_HEAD = do_POST = do_GET

        def log_message(self, format: str, *args: object) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


@pytest.fixture
def hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
    """A Hub with one model, and an empty cache."""
    made = Hub(GOOD)
    with serving(made) as address:
        turn_to(address, tmp_path, monkeypatch)
        yield made


def turn_to(address: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Have the Hub's library ask that address, and keep its files in that folder."""
    monkeypatch.setenv("HF_ENDPOINT", address)
    monkeypatch.setattr(constants, "ENDPOINT", address)
    template = address + "/{repo_id}/resolve/{revision}/{filename}"
    monkeypatch.setattr(constants, "HUGGINGFACE_CO_URL_TEMPLATE", template)
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(folder / "hub"))
    # As where the environment says nothing: this Hub is on the same machine.
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", False)


def test_only_weights_and_settings_of_the_top_folder_are_fetched(hub: Hub) -> None:
    folder = weights(REPO).folder
    assert {str(p.relative_to(folder)) for p in folder.rglob("*") if p.is_file()} == {
        "config.json",
        "model.safetensors",
    }


def test_what_was_fetched_serves_offline(hub: Hub) -> None:
    found = weights(REPO)
    assert weights(REPO, offline=True) == found


def test_what_was_fetched_is_not_asked_for_again(hub: Hub) -> None:
    weights(REPO)
    hub.asked.clear()
    weights(REPO)
    assert hub.asked == []


def test_main_stays_the_commit_that_it_was_when_first_asked_for(hub: Hub) -> None:
    first = fingerprint(REPO)
    hub.head = "beef" * 10
    assert fingerprint(REPO) == first == f"{REPO}@{COMMIT}"
    assert weights(REPO).revision == COMMIT


def test_a_fingerprint_fetches_no_weights(hub: Hub, tmp_path: Path) -> None:
    fingerprint(REPO)
    assert list(tmp_path.rglob("*.safetensors")) == []


def test_a_chat_form_takes_the_tokenizers_settings_alone(hub: Hub) -> None:
    hub.files = {**GOOD, "tokenizer_config.json": b'{"chat_template": "{{ messages }}"}'}
    known = chat_form(REPO)
    assert not any("safetensors" in path for path in hub.asked)
    assert known == form_digest(weights(REPO).folder) != ""


def test_a_model_without_a_chat_form_has_no_digest(hub: Hub) -> None:
    assert chat_form(REPO) == ""


def test_a_branch_is_named_by_its_commit(hub: Hub) -> None:
    assert fingerprint(f"{REPO}@v2") == f"{REPO}@{COMMIT}"
    assert weights(f"{REPO}@v2").revision == COMMIT


def test_a_half_fetched_model_is_completed(hub: Hub) -> None:
    (weights(REPO).folder / "config.json").unlink()
    assert (weights(REPO).folder / "config.json").read_bytes() == GOOD["config.json"]


def test_a_model_of_pickles_only_is_refused_and_the_pickle_never_fetched(
    hub: Hub, tmp_path: Path
) -> None:
    hub.files = {name: raw for name, raw in GOOD.items() if not name.endswith("safetensors")}
    with pytest.raises(DataError, match=rf"{REPO} holds pytorch_model\.bin, a pickle"):
        weights(REPO)
    assert list(tmp_path.rglob("*.bin")) == []


def test_a_model_without_config_is_refused(hub: Hub) -> None:
    hub.files = {"model.safetensors": GOOD["model.safetensors"]}
    with pytest.raises(DataError, match=r"holds no config\.json"):
        weights(REPO)


def test_a_model_that_the_hub_does_not_know_is_told_in_one_line(hub: Hub) -> None:
    with pytest.raises(Unavailable, match=r"someone/unheard-of cannot be had") as caught:
        weights("someone/unheard-of")
    message = str(caught.value)
    assert "hf auth login" in message and "minilm-l6" in message and "\n" not in message


def test_a_hub_that_falls_silent_is_asked_once_in_a_process(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bench.hub_models, "WAIT", 0.3)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        silent.setblocking(False)
        turn_to(f"http://127.0.0.1:{silent.getsockname()[1]}", tmp_path, monkeypatch)
        for name in (REPO, "someone/else", REPO):
            with pytest.raises(Unavailable, match="cannot be reached"):
                weights(name)
        silent.accept()[0].close()
        with pytest.raises(BlockingIOError):  # a second connection
            silent.accept()


def test_nothing_is_printed_of_a_download(hub: Hub, capfd: pytest.CaptureFixture[str]) -> None:
    weights(REPO)
    assert capfd.readouterr() == ("", "")

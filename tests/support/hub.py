"""A stand-in for the Hub on this machine."""

import hashlib
import json
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

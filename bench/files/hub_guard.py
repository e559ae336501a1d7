"""A guard around the Hub's own library while it downloads: nothing that a server sends is used as a
path, a delay or a size before it has been validated here.

It hooks into the library's HTTP client, which all its functions and those of `datasets` share, so
that every response is validated, not only the first.
"""

import contextlib
import logging
import socket
import threading
from collections.abc import Callable, Iterator
from queue import Empty, SimpleQueue
from typing import Any, TypeVar, cast

from huggingface_hub import constants, set_client_factory
from huggingface_hub.utils import httpx  # type: ignore[attr-defined]
from huggingface_hub.utils._http import default_client_factory

from bench.errors import Unavailable
from bench.files.hub_answers import (
    LARGEST_LISTING,
    lists_files,
    refuse_headers,
    refuse_listing,
    size_of,
)
from bench.guards.patience import TICK, Patience
from bench.guards.secure import is_open, may_have_token

RETRY_AFTER = 5
"""Seconds to wait before a request is repeated, whatever the server asks for."""
TIDY, TIDY_INTERRUPTED = 12.0, 2.0
"""Seconds allowed for the clean-up of a download that was given up, or interrupted: its thread may
be asleep until its next request, which is refused."""
_PASSING = (408, 429, 500, 502, 503, 504)
_FIRST_PATH = "textbench_first_path"
_running = threading.RLock()
_log = logging.getLogger(__name__)
Result = TypeVar("Result")


def guarded(what: str, call: Callable[[], Result]) -> Result:
    """Call a function of the Hub's library, or of `datasets`, under guard; return its result.

    Args:
        what: the subject of messages.
        call: the function; it runs in another thread, so that Ctrl-C and deadlines can end it.

    Raises:
        Unavailable: the server sent something that is refused, or stopped sending.
    """
    with _running:
        guard = _Guard(what)
        with guard.armed():
            return guard.watch(call)


class _Guard:
    def __init__(self, what: str) -> None:
        self.patience = Patience(what)
        self.refusal = ""
        self.largest = LARGEST_LISTING
        self.received = self.waiting = 0
        self.failing = self.kept_back = False
        self.sockets: list[socket.socket] = []
        self.lock = threading.Lock()
        self.thread = threading.Thread()

    @contextlib.contextmanager
    def armed(self) -> Iterator[None]:
        """Guard the library's client within the block, and switch off transfers by Xet."""
        xet = constants.HF_HUB_DISABLE_XET
        set_client_factory(self._client)
        # Xet has a network client of its own, and takes file names from the listing unchecked.
        constants.HF_HUB_DISABLE_XET = True
        try:
            yield
        finally:
            # A thread still running after a deadline stays guarded: all its requests are refused.
            if not self.thread.is_alive():
                constants.HF_HUB_DISABLE_XET = xet
                set_client_factory(default_client_factory)

    def _client(self) -> Any:
        client = default_client_factory()
        hooks = client.event_hooks
        client.event_hooks = {
            "request": [*hooks["request"], self._ask],
            "response": [self._answered, *hooks["response"]],
        }
        return client

    def watch(self, call: Callable[[], Result]) -> Result:
        answer: SimpleQueue[tuple[bool, Any]] = SimpleQueue()

        def work() -> None:
            try:
                answer.put((True, call()))
            except BaseException as error:  # noqa: BLE001 - re-raised in the waiting thread
                answer.put((False, error))

        self.thread = threading.Thread(target=work, daemon=True)
        self.thread.start()
        try:
            done, outcome = self._await(answer)
        except BaseException as error:
            self._stop(f"{self.patience.what}: interrupted")
            self.thread.join(TIDY if isinstance(error, Unavailable) else TIDY_INTERRUPTED)
            raise
        if self.refusal:
            raise Unavailable(self.refusal)
        if not done:
            raise outcome
        return cast(Result, outcome)

    def _await(self, answer: "SimpleQueue[tuple[bool, Any]]") -> tuple[bool, Any]:
        while True:
            try:
                return answer.get(timeout=TICK)
            except Empty:
                self.patience.look(self.received, busy=self.failing or self.waiting > 0)

    def _stop(self, reason: str) -> None:
        with self.lock:
            self.refusal = self.refusal or reason
            for each in self.sockets:
                with contextlib.suppress(OSError):
                    # A TLS socket's own shutdown would first drop the encryption under the reader.
                    socket.socket.shutdown(each, socket.SHUT_RDWR)

    def refuse(self, reason: str) -> None:
        self._stop(f"{self.patience.what}: {reason}; nothing was stored")
        raise Unavailable(self.refusal)

    def _ask(self, request: Any) -> None:
        if self.refusal:
            raise Unavailable(self.refusal)
        # A redirected request inherits the extensions of the first one.
        request.extensions.setdefault(_FIRST_PATH, request.url.path)
        request.extensions["trace"] = self._trace
        # Uncompressed, so that announced sizes are the file's and no body can inflate.
        request.headers["Accept-Encoding"] = "identity"
        if not may_have_token(str(request.url), constants.ENDPOINT):
            self._keep_back(request)

    def _keep_back(self, request: Any) -> None:
        had = request.headers.pop("Authorization", None)
        request.headers.pop("Cookie", None)
        if had and not self.kept_back and is_open(str(request.url)):
            self.kept_back = True
            _log.warning(
                "%s: the token is not sent to %s, which does not use TLS",
                self.patience.what,
                request.url.host,
            )

    def _answered(self, response: Any) -> None:
        self.failing = response.status_code in _PASSING
        for name in ("RateLimit", "RateLimit-Policy"):
            response.headers.pop(name, None)
        if self.failing:
            response.headers["Retry-After"] = str(RETRY_AFTER)
        try:
            refuse_headers(response)
            self._bound(response)
        except ValueError as error:
            self.refuse(str(error))

    def _bound(self, response: Any) -> None:
        first = response.request.extensions[_FIRST_PATH]
        self.largest = max(self.largest, size_of(response))
        listing = lists_files(first) or response.status_code not in (200, 206)
        limit = LARGEST_LISTING if listing else self.largest
        response.stream = _Bounded(response.stream, self, limit)
        if response.request.method != "HEAD" and response.status_code == 200:
            refuse_listing(response, first)

    def _trace(self, name: str, info: dict[str, Any]) -> None:
        with self.lock:
            self.waiting += 1 if name.endswith(".started") else -1
            # A body that is not read to its end is reported as failed, too.
            if name.endswith(".failed") and "body" not in name:
                self.failing = True
            if name.endswith(("connect_tcp.complete", "start_tls.complete")):
                self.sockets.append(info["return_value"].get_extra_info("socket"))


class _Bounded(httpx.SyncByteStream):
    """A response body whose bytes are counted; refused if it is too long."""

    def __init__(self, inner: Any, guard: _Guard, limit: int) -> None:
        self.inner, self.guard, self.limit = inner, guard, limit

    def __iter__(self) -> Iterator[bytes]:
        length = 0
        for chunk in self.inner:
            length += len(chunk)
            self.guard.received += len(chunk)
            if length > self.limit:
                self.guard.refuse(f"an answer is longer than {self.limit:,} bytes")
            yield chunk

    def close(self) -> None:
        self.inner.close()

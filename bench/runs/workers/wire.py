"""The line protocol between a worker process and its parent: JSON objects prefixed by the session's
token."""

import json
import os
import threading
import time
from collections.abc import Iterator, Sequence
from typing import IO, Any

from bench.run_context import Progress
from bench.runs.excerpt import excerpt

LONGEST = 1 << 20
"""Maximum number of bytes of a line read at once, so that endless output does not fill the
memory."""

EVERY = 0.25
"""Minimum seconds between two progress messages."""
LONGEST_PROGRESS = 200
"""Maximum number of characters of a progress message."""
CUT = "the baseline closed file descriptors that it had not opened"


def pack(message: dict[str, Any], token: str) -> bytes:
    """Encode a message as a line."""
    # The leading line break ends an unfinished line of a baseline's output.
    return f"\n{token} {json.dumps(message)}\n".encode()


def unpack(line: bytes, token: str) -> dict[str, Any] | None:
    """Decode a line; None where it is not a message of the worker."""
    start = f"{token} ".encode()
    if not line.startswith(start):
        return None
    try:
        message = json.loads(line[len(start) :])
    except ValueError:
        return None
    return message if isinstance(message, dict) else None


def lines(pipe: IO[bytes]) -> Iterator[bytes]:
    """Yield non-empty lines; a line that is too long comes in pieces."""
    while line := pipe.readline(LONGEST):
        if line.strip():
            yield line


class WireCut(Exception):
    """The worker's own descriptors were closed or redirected by the code that it ran."""


class Answers:
    """The worker's end of the pipe for its messages.

    Args:
        answers: the descriptor to write to.
        watched: further descriptors that the worker needs.
    """

    def __init__(self, answers: int, watched: Sequence[int] = ()) -> None:
        self.answers, self.token, self.owner = answers, "", os.getpid()
        self.known = {descriptor: _identity(descriptor) for descriptor in (answers, *watched)}
        self.one_at_a_time = threading.Lock()

    def check(self) -> None:
        """Check that the parent can still be reached.

        Raises:
            WireCut: it cannot be reached.
        """
        if os.getpid() != self.owner:
            os._exit(1)  # a fork that a baseline did not end; the worker itself goes on
        for descriptor, identity in self.known.items():
            if _identity(descriptor) != identity:
                raise WireCut(CUT)

    def say(self, message: dict[str, Any]) -> None:
        """Send a message.

        Raises:
            WireCut: see `check`.
        """
        self.check()
        remaining = pack(message, self.token)
        with self.one_at_a_time:
            while remaining:
                remaining = remaining[os.write(self.answers, remaining) :]


class Reporter:
    """Report a run's progress, a few times a second."""

    def __init__(self, answers: Answers, key: str) -> None:
        self.answers, self.key, self.last = answers, key, 0.0

    def __call__(self, progress: Progress) -> None:
        now = time.monotonic()
        if now - self.last >= EVERY or progress.done >= progress.total:
            self.last = now
            words = excerpt(str(progress.text), LONGEST_PROGRESS)
            # JSON does not accept a library's own number types.
            numbers = [float(progress.done), float(progress.total)]
            self.answers.say({"key": self.key, "progress": [*numbers, words]})


def _identity(descriptor: int) -> tuple[int, int] | None:
    try:
        status = os.fstat(descriptor)
    except OSError:
        return None
    return status.st_dev, status.st_ino

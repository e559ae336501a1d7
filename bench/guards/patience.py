"""How long a server may keep somebody waiting, by what it sends and not by the clock alone."""

import logging
import time

from bench.errors import Unavailable

PATIENCE = 60.0
"""Seconds in which a server that is waited for must send at least `LEAST` bytes."""
LEAST = 64 * 1024
SAY_AFTER = 10.0
"""Seconds of waiting after which a line says what is waited for; again after each `PATIENCE`."""
TICK = 0.5
"""Seconds between two looks."""
_log = logging.getLogger(__name__)


class Patience:
    """The waiting for a download, from one look to the next.

    Args:
        what: is waited for, for messages.
    """

    def __init__(self, what: str) -> None:
        self.what, self.said = what, False
        self._restart(0)

    def _restart(self, received: int) -> None:
        self.since, self.before = time.monotonic(), received

    def look(self, received: int, *, busy: bool = True) -> None:
        """Look at the bytes that have come.

        Args:
            received: bytes, since the beginning.
            busy: whether a server is being waited for.

        Raises:
            Unavailable: too few have come for too long.
        """
        if not busy:
            self._restart(received)
            return
        waited, came = time.monotonic() - self.since, received - self.before
        if waited > SAY_AFTER and came < LEAST and not self.said:
            self.said = True
            _log.warning("%s: still waiting, %d bytes in %.0f s", self.what, came, waited)
        if waited < PATIENCE:
            return
        if came < LEAST:
            raise Unavailable(
                f"{self.what}: the server sent {came:,} bytes in {waited:.0f} s: given up; "
                "try again later"
            )
        self._restart(received)
        self.said = False

"""Deadlines for downloads that depend on the transfer rate, not on the clock alone."""

import logging
import time

from bench.errors import Unavailable

PATIENCE = 60.0
"""Period in seconds in which the server must send at least `LEAST` bytes."""
LEAST = 64 * 1024
SAY_AFTER = 10.0
"""Seconds of waiting before a warning is logged; repeated at most once per `PATIENCE`."""
TICK = 0.5
"""Seconds between two checks."""
_log = logging.getLogger(__name__)


class Patience:
    """The transfer rate of one download, checked at intervals.

    Args:
        what: the subject of messages.
    """

    def __init__(self, what: str) -> None:
        self.what, self.said = what, False
        self._restart(0)

    def _restart(self, received: int) -> None:
        self.since, self.before = time.monotonic(), received

    def look(self, received: int, *, busy: bool = True) -> None:
        """Check the number of bytes received so far.

        Args:
            received: bytes since the start of the download.
            busy: False if the process is not waiting for a server: the period starts anew.

        Raises:
            Unavailable: too few bytes arrived in the last `PATIENCE` seconds.
        """
        if not busy:
            self._restart(received)
            return
        waited, received_now = time.monotonic() - self.since, received - self.before
        if waited > SAY_AFTER and received_now < LEAST and not self.said:
            self.said = True
            _log.warning("%s: still waiting, %d bytes in %.0f s", self.what, received_now, waited)
        if waited < PATIENCE:
            return
        if received_now < LEAST:
            raise Unavailable(
                f"{self.what}: the server sent only {received_now:,} bytes in {waited:.0f} s; "
                "try again later"
            )
        self._restart(received)
        self.said = False

"""A time that is given, by a clock that never jumps; runs are put off, never cut off."""

import time
from collections.abc import Callable, Mapping
from threading import Lock

GRACE = 1.1
"""How far a run may be expected to end beyond the time, as a multiple of it."""
_TELLING = 3.0
"""Seconds from which a run says how fast the others will be: the first ones load libraries."""


class Deadline:
    """Decides whether a run may still be started.

    Args:
        seconds: the time from now on.
        clock: seconds that only ever grow; the time of day can be set back.
    """

    def __init__(self, seconds: float, clock: Callable[[], float] = time.monotonic) -> None:
        self.seconds, self._clock, self._began = seconds, clock, clock()
        self._estimates: Mapping[str, float] = {}
        self._estimated = self._taken = 0.0
        self._lock = Lock()
        self.put_off = list[str]()

    @property
    def left(self) -> float:
        """Seconds that are left; negative when the time is over."""
        return self.seconds - (self._clock() - self._began)

    def expect(self, estimates: Mapping[str, float]) -> None:
        """Take note of what each run is estimated to take, by key."""
        self._estimates = estimates

    def note(self, key: str, seconds: float) -> None:
        """Take note of what a finished run took."""
        with self._lock:
            estimate = self._estimates.get(key, 0.0)
            if estimate >= _TELLING:
                self._estimated += estimate
                self._taken += seconds

    def allows(self, key: str) -> bool:
        """Return whether a run may be started: at the pace of the finished ones it will not end
        much too late. Those that may not are kept in `put_off`."""
        with self._lock:
            pace = self._taken / self._estimated if self._estimated else 1.0
            expected = self._estimates.get(key, 0.0) * max(pace, 1.0)
            fits = expected <= self.left + (GRACE - 1) * self.seconds
            if not fits:
                self.put_off.append(key)
            return fits

"""Signals that end a command: the first one starts the clean-up, and further ones do not disturb
it."""

import os
import signal
import threading
import time
from types import FrameType
from typing import Any

ENDING = ("SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT")
PATIENCE = 10.0
"""Seconds allowed for the clean-up; after them a further signal interrupts it, too."""


class Interrupts:
    """Turn any number of signals into one KeyboardInterrupt; use as a context manager."""

    def __init__(self) -> None:
        self.number, self.first, self.cleaned = 0, 0.0, False
        self.before: dict[int, Any] = {}

    def __enter__(self) -> "Interrupts":
        if threading.current_thread() is threading.main_thread():
            for number in (getattr(signal, name) for name in ENDING if hasattr(signal, name)):
                # Under nohup, for example, a signal is ignored, and must stay so.
                if signal.getsignal(number) not in (signal.SIG_IGN, None):
                    self.before[number] = signal.signal(number, self._take)
        return self

    def _take(self, number: int, frame: FrameType | None) -> None:
        if self.cleaned:
            os._exit(self.code)
        now = time.monotonic()
        if not self.number or now - self.first > PATIENCE:
            self.number, self.first = self.number or number, now
            raise KeyboardInterrupt

    def __exit__(self, *error: object) -> None:
        # After an interrupt all is cleaned up, and the process ends: a further signal is ignored.
        # A handler would not do, as Python restores the default action while it shuts down, by
        # which the signal would kill it with another exit code.
        for number, handler in self.before.items():
            signal.signal(number, signal.SIG_IGN if self.number else handler)

    @property
    def code(self) -> int:
        """The exit code, by the shell's convention."""
        return 128 + (self.number or signal.SIGINT)

    @property
    def by_hand(self) -> bool:
        """True where a user pressed Ctrl-C, and so is there to read on."""
        return self.number in (0, signal.SIGINT)

    @property
    def words(self) -> str:
        """Return `interrupted` or `ended by SIGTERM`."""
        return "interrupted" if self.by_hand else f"ended by {signal.Signals(self.number).name}"

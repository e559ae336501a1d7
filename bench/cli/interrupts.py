"""The signals that end a command: the first one lets it clean up, and only that is done."""

import os
import signal
import threading
import time
from types import FrameType
from typing import Any

ENDING = ("SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT")
PATIENCE = 10.0
"""Seconds for the clean-up; after them a further signal interrupts that, too."""


class Interrupts:
    """Makes one KeyboardInterrupt of any number of signals; use as a context manager."""

    def __init__(self) -> None:
        self.number, self.first, self.cleaned = 0, 0.0, False
        self.before: dict[int, Any] = {}

    def __enter__(self) -> "Interrupts":
        if threading.current_thread() is threading.main_thread():
            for number in (getattr(signal, name) for name in ENDING if hasattr(signal, name)):
                # Under nohup, say, a signal is ignored, and stays so.
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
        # After an interrupt the handlers stay: one more would be a traceback on the way out.
        if not self.number:
            for number, handler in self.before.items():
                signal.signal(number, handler)

    @property
    def code(self) -> int:
        """The exit code, as a shell has it."""
        return 128 + (self.number or signal.SIGINT)

    @property
    def by_hand(self) -> bool:
        """Whether somebody is there to read on: Ctrl-C was pressed."""
        return self.number in (0, signal.SIGINT)

    @property
    def words(self) -> str:
        """`interrupted`, `ended by SIGTERM`."""
        return "interrupted" if self.by_hand else f"ended by {signal.Signals(self.number).name}"

"""The page of a running `bench run --page`: written anew while runs finish."""

import os
import threading
import time
from pathlib import Path
from types import TracebackType

from bench.cli import report
from bench.errors import UserError
from bench.redaction import redact
from bench.store.written import write_whole

EVERY = 5.0
"""Minimum seconds between two pages."""
SHARE = 0.05
"""Share of the time that making pages may take."""


def refuse(page: Path) -> None:
    """Refuse a place where no page can be written, before anything is run.

    Raises:
        UserError: it is a folder or a file other than a page, or its folder does not exist or
            cannot be written to.
    """
    folder = page.resolve().parent
    if page.is_dir():
        raise UserError(f"--page {page}: it is a folder; give a file, such as {page}/board.html")
    if not folder.is_dir():
        raise UserError(f"--page {page}: there is no folder {folder}; make it first")
    if not os.access(page if page.exists() else folder, os.W_OK):
        raise UserError(f"--page {page}: it cannot be written to; choose another file")
    if page.is_file() and not _is_page(page):
        raise UserError(f"--page {page}: it is there and is no HTML page; choose another file")


def _is_page(file: Path) -> bool:
    """Return whether a file is a page, or empty: anything else may be the user's only copy."""
    try:
        with file.open("rb") as stream:
            start = stream.read(64).lstrip().lower()
    except OSError:
        return False
    return not start or start.startswith((b"<!doctype html", b"<html"))


class LivePage:
    """Write a page after each finished run, in a thread of its own; use as a context manager.

    Pages are as rare as it takes that making them costs little of the time; the last run's is
    always written. A page that cannot be made never ends the runs: see `problem`.

    Args:
        results: the results folder.
        target: the file.
    """

    def __init__(self, results: Path, target: Path) -> None:
        self.results, self.target = results, target
        self.written, self.problem = False, ""
        self.changed, self.ended = threading.Event(), threading.Event()
        self.thread = threading.Thread(target=self._serve, daemon=True)

    def __enter__(self) -> "LivePage":
        self.thread.start()
        return self

    def change(self) -> None:
        """Note that a run has finished."""
        self.changed.set()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.ended.set()
        self.changed.set()
        self.thread.join()

    def _serve(self) -> None:
        while True:
            self.changed.wait()
            last = self.ended.is_set()
            self.changed.clear()
            began = time.monotonic()
            self._write()
            if last:
                return
            spent = time.monotonic() - began
            self.ended.wait(max(EVERY, spent / SHARE))

    def _write(self) -> None:
        from bench.store.store import Store  # on first use: `bench --help` must not import numpy

        try:
            if not Store(self.results).stored_keys():
                return
            write_whole(self.target, report.page(self.results, self.target))
            self.written, self.problem = True, ""
        except Exception as error:  # noqa: BLE001 - whatever breaks a page, the runs go on
            self.problem = f"{self.target}: {redact(str(error)) or type(error).__name__}"

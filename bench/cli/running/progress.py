"""Progress of a run: a live table on a terminal, plain lines elsewhere."""

import time
from collections import deque
from dataclasses import dataclass
from types import TracebackType

from rich.console import Console
from rich.live import Live
from rich.markup import escape
from rich.table import Table

from bench.cli.duration import duration, roughly
from bench.redaction import redact
from bench.run_context import Progress
from bench.runs.estimates.time_left import TimeLeft
from bench.runs.workers.pool import Event

SHOWN = 12
QUIET = 30.0
"""Minimum seconds between two lines on one run, when not on a terminal."""


def _short(event: Event) -> str:
    return str(event.status) if event.status != "done" else _outcome(event)


def _outcome(event: Event) -> str:
    if event.status == "done":
        scores = [f"{score:.3f}" if score is not None else "-" for score in event.scores.values()]
        return scores[0] if len(scores) == 1 else f"{len(scores)} tasks"
    return f"{event.status}: {redact(event.reason)}"


@dataclass
class _Running:
    """A run in progress: its start, the time of its last line, its progress, and the start of its
    stage."""

    title: str
    since: float
    told: float
    progress: Progress | None = None
    first: tuple[float, float] = (0.0, 0.0)

    def take(self, progress: Progress) -> None:
        # Another total means another stage, such as predicting after training.
        if self.progress is None or self.progress.total != progress.total:
            self.first = (time.perf_counter(), progress.done)
        self.progress = progress

    @property
    def words(self) -> str:
        """Return `epoch 2/8, loss 0.412, about 12 s left`."""
        if self.progress is None:
            return "running"
        (since, start), now = self.first, self.progress.done
        text = redact(self.progress.text)
        if now <= start:
            return text or "running"
        left = (time.perf_counter() - since) / (now - start) * (self.progress.total - now)
        return ", ".join(filter(None, [text, f"about {duration(left)} left"]))


class Screen:
    """Display events as they arrive; use as a context manager.

    Args:
        console: the console to print on.
        total: number of runs to execute.
        left: the time that all of them still take; None: unknown.
    """

    def __init__(self, console: Console, total: int, left: TimeLeft | None = None) -> None:
        self.console, self.total, self.finished, self.left = console, total, 0, left
        self.began = self.told = time.perf_counter()
        self.running: dict[str, _Running] = {}
        self.said: set[str] = set()
        self.latest: deque[Event] = deque(maxlen=SHOWN)
        self.live = Live(self, console=console, refresh_per_second=4, transient=True)

    def __enter__(self) -> "Screen":
        if self.console.is_terminal:
            self.live.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self.console.is_terminal:
            self.live.stop()

    def show(self, event: Event) -> None:
        """Display an event."""
        if event.kind == "started":
            now = time.perf_counter()
            self.running[event.run.key] = _Running(event.run.title_with_seed, now, now)
            if self.left:
                self.left.started(event.run, now)
            return
        if event.progress is not None:
            self._show_progress(self.running[event.run.key], event.progress)
            return
        if event.kind == "long":
            self._show_long(event)
            return
        self.running.pop(event.run.key, None)
        self.finished += 1
        if self.left:
            self.left.finished(event.run, event.seconds, done=event.status == "done")
        self.latest.append(event)
        new = bool(event.reason) and event.reason not in self.said
        if not self.console.is_terminal or event.status == "failed" or new:
            title, outcome = event.run.title_with_seed, self._outcome(event)
            line = f"[{self.finished}/{self.total}] {title}: {outcome}"
            spent = f"({duration(event.seconds)}{self._left_now()})"
            self.console.print(f"{escape(line)}  {spent}", soft_wrap=True)
        self.said.add(event.reason)

    def _outcome(self, event: Event) -> str:
        """Describe the outcome of a cell; a reason shared by many is given in full once."""
        if event.status == "skipped" and event.reason in self.said:
            return "skipped for the same reason"
        return _outcome(event)

    def _show_progress(self, running: _Running, progress: Progress) -> None:
        running.take(progress)
        if not self.console.is_terminal and time.perf_counter() - running.told >= QUIET:
            running.told = time.perf_counter()
            line = f"{running.title}: {running.words}{self._left_now()}"
            self.console.print(escape(line), soft_wrap=True)

    def _show_long(self, event: Event) -> None:
        line = (
            f"{event.run.title_with_seed} has been running for {duration(event.seconds)}; to stop "
            "such runs, set timeout = SECONDS under [limits] in an experiment file"
        )
        self.console.print(escape(line), soft_wrap=True)

    def _left_now(self) -> str:
        """Return the time that is left, for a line that stays; only now and then."""
        now = time.perf_counter()
        if self.console.is_terminal or now - self.told < QUIET:
            return ""
        self.told = now
        return self.estimate

    @property
    def estimate(self) -> str:
        """The time that all runs still take, in words; "" where it is unknown."""
        if self.left is None or self.finished >= self.total:
            return ""
        return f", about {roughly(self.left.seconds(time.perf_counter()))} left in all"

    def __rich__(self) -> Table:
        spent = duration(time.perf_counter() - self.began)
        title = f"{self.finished} of {self.total} runs, {spent}{self.estimate}"
        table = Table(title=title, title_justify="left", box=None, pad_edge=False)
        table.add_column("run", no_wrap=True)
        table.add_column("time", justify="right")
        table.add_column("main metric", overflow="ellipsis", no_wrap=True)
        for event in self.latest:
            table.add_row(
                escape(event.run.title_with_seed), duration(event.seconds), escape(_short(event))
            )
        for cell in self.running.values():
            spent = duration(time.perf_counter() - cell.since)
            table.add_row(escape(cell.title), spent, escape(cell.words))
        return table

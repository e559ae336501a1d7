"""Progress of a run: a live table on a terminal, plain lines elsewhere."""

import time
from collections import deque
from types import TracebackType

from rich.console import Console
from rich.live import Live
from rich.markup import escape
from rich.table import Table

from bench.execute import Event

SHOWN = 12


def duration(seconds: float) -> str:
    """`0.4 s`, `12 s`, `3 min 05 s`, `2 h 10 min`."""
    if seconds < 10:
        return f"{seconds:.1f} s"
    if seconds < 60:
        return f"{seconds:.0f} s"
    minutes, rest = divmod(round(seconds), 60)
    if minutes < 60:
        return f"{minutes} min {rest:02d} s"
    return f"{minutes // 60} h {minutes % 60:02d} min"


def _outcome(event: Event) -> str:
    if event.status == "done":
        found = [f"{score:.3f}" if score is not None else "-" for score in event.scores.values()]
        return found[0] if len(found) == 1 else f"{len(found)} tasks"
    return f"{event.status}: {event.reason}"


class Progress:
    """Shows events as they come; use as a context manager.

    Args:
        console: where to show them.
        total: runs to do.
    """

    def __init__(self, console: Console, total: int) -> None:
        self.console, self.total, self.finished = console, total, 0
        self.began = time.perf_counter()
        self.running: dict[str, tuple[str, float]] = {}
        self.latest: deque[Event] = deque(maxlen=SHOWN)
        self.live = Live(self, console=console, refresh_per_second=4, transient=True)

    def __enter__(self) -> "Progress":
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
        """Take one event in."""
        if event.kind == "started":
            self.running[event.run.key] = (event.run.title, time.perf_counter())
            return
        self.running.pop(event.run.key, None)
        self.finished += 1
        self.latest.append(event)
        if not self.console.is_terminal or event.status == "failed":
            line = f"[{self.finished}/{self.total}] {event.run.title}: {_outcome(event)}"
            self.console.print(f"{escape(line)}  ({duration(event.seconds)})", soft_wrap=True)

    @property
    def estimate(self) -> str:
        """Time left, from the mean of the finished runs."""
        if not self.finished or self.finished >= self.total:
            return ""
        spent = time.perf_counter() - self.began
        return f", about {duration(spent / self.finished * (self.total - self.finished))} left"

    def __rich__(self) -> Table:
        spent = duration(time.perf_counter() - self.began)
        title = f"{self.finished} of {self.total} cells, {spent}{self.estimate}"
        table = Table(title=title, title_justify="left", box=None, pad_edge=False)
        table.add_column("cell", no_wrap=True)
        table.add_column("time", justify="right")
        table.add_column("main metric", overflow="ellipsis", no_wrap=True)
        for event in self.latest:
            table.add_row(escape(event.run.title), duration(event.seconds), escape(_outcome(event)))
        for title, since in self.running.values():
            table.add_row(escape(title), duration(time.perf_counter() - since), "running …")
        return table

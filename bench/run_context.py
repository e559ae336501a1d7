"""The context of a running fit: a checkpoint folder, progress reports, and network access."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Progress:
    """The progress of a fit or a prediction.

    Args:
        done: the work done so far, in any unit.
        total: the whole work, in the same unit.
        text: a few words, such as `epoch 2/8, loss 0.412`.
    """

    done: float
    total: float
    text: str = ""


def _to_nobody(progress: Progress) -> None:
    return


@dataclass(frozen=True)
class RunContext:
    """The context of a fit.

    Args:
        folder: a folder for checkpoints. It survives a kill, so that the next fit of the same run
            can resume; None: nothing is kept.
        offline: never use the network.
        threads: the number of cores that this process may use; None: unspecified.
        report: a callback for progress, callable at any rate; reports that come too fast are
            dropped.
        checkpoint_seconds: the least time between two checkpoints, in seconds.
    """

    folder: Path | None = None
    offline: bool = False
    threads: int | None = None
    report: Callable[[Progress], None] = _to_nobody
    checkpoint_seconds: float = 60.0


Work = RunContext
"""Its old name, for plugins."""


_ALONE = RunContext()
_current: ContextVar[RunContext] = ContextVar("work", default=_ALONE)


def current() -> RunContext:
    """Return the context of the running fit; outside of a fit, nothing is kept or reported."""
    return _current.get()


@contextmanager
def running_in(work: RunContext) -> Iterator[None]:
    """Make `current` return `work` within the block."""
    token = _current.set(work)
    try:
        yield
    finally:
        _current.reset(token)


working = running_in
"""Its old name, for plugins."""

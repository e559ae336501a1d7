"""The context of a running fit: a checkpoint folder, progress reports, and network access."""

import time
from collections.abc import Callable, Iterator, MutableMapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


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


@dataclass
class OneOff:
    """Seconds that work took so far which is done once, however much follows.

    Args:
        loading: loading weights.
        compiling: compiling, and recording CUDA graphs.
    """

    loading: float = 0.0
    compiling: float = 0.0
    _running: bool = field(default=False, repr=False)


spent_once = OneOff()
"""What this process has spent."""


@contextmanager
def loading() -> Iterator[None]:
    """Count the time of the block as loading.

    Statements `with loading():` and `with compiling():` are in no run's key.
    """
    with _counted("loading"):
        yield


@contextmanager
def compiling() -> Iterator[None]:
    """Count the time of the block as compiling."""
    with _counted("compiling"):
        yield


@contextmanager
def _counted(kind: str) -> Iterator[None]:
    """Count time once where blocks lie within each other."""
    if spent_once._running:
        yield
        return
    spent_once._running, clock = True, time.perf_counter()
    try:
        yield
    finally:
        took = time.perf_counter() - clock
        spent_once._running = False
        setattr(spent_once, kind, getattr(spent_once, kind) + took)


_spared: list[MutableMapping[Any, Any]] = []


def spare(cache: MutableMapping[Any, Any]) -> None:
    """Have a cache of a baseline's module put back as it was after single texts have been timed,
    which would push out what later runs can use. A statement `spare(…)` is in no run's key."""
    _spared.append(cache)


@contextmanager
def sparing_caches() -> Iterator[None]:
    """Put the caches back as they were, after the block."""
    before = [dict(cache) for cache in _spared]
    try:
        yield
    finally:
        for cache, content in zip(_spared, before, strict=False):
            cache.clear()
            cache.update(content)

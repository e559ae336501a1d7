"""What a fit may use while it runs: a folder that outlives a kill, a way to tell how far it is,
and whether the network may be asked."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Progress:
    """How far a fit or a prediction is.

    Args:
        done: of `total`, in any unit.
        total: all there is to do.
        text: a few words, such as `epoch 2/8, loss 0.412`.
    """

    done: float
    total: float
    text: str = ""


def _to_nobody(progress: Progress) -> None:
    return


@dataclass(frozen=True)
class Work:
    """What surrounds a fit.

    Args:
        folder: survives a kill, so that the next fit of the same run can go on; None: nothing is
            kept.
        offline: never ask the network.
        threads: cores that this process may use; None: not said.
        report: takes progress as often as one likes; what comes too fast is dropped.
        checkpoint_seconds: least time between two checkpoints.
    """

    folder: Path | None = None
    offline: bool = False
    threads: int | None = None
    report: Callable[[Progress], None] = _to_nobody
    checkpoint_seconds: float = 60.0


_ALONE = Work()
_current: ContextVar[Work] = ContextVar("work", default=_ALONE)


def current() -> Work:
    """What surrounds the fit that is running; outside of any, nothing is kept or reported."""
    return _current.get()


@contextmanager
def working(work: Work) -> Iterator[None]:
    """Have `current` answer `work` meanwhile."""
    token = _current.set(work)
    try:
        yield
    finally:
        _current.reset(token)

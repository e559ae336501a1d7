"""Whether a request is for a given time: with --time, or by default."""

from collections.abc import Iterator

from bench.errors import UserError
from bench.hardware import has_gpu
from bench.registry import Registry
from bench.runs.planning.experiment import RunRequest
from bench.runs.timed.duration import seconds_of

DEFAULT = 600.0
"""Seconds for tasks of one's own where nothing else says how much to run."""


def seconds_asked(request: RunRequest, text: str) -> float | None:
    """Return the seconds that a request may take; None: it says itself what is to be run.

    Args:
        request: the request.
        text: the value of --time; "" without.

    Raises:
        UserError: --time is no duration, or stands beside what it would choose itself.
    """
    fixed = [*_fixed(request)]
    if text and fixed:
        raise UserError(
            f"--time chooses models' sizes and the test itself: leave out {', '.join(fixed)}, or "
            "--time"
        )
    if text:
        return seconds_of(text)
    several = any(setting.partition("=")[2].strip().startswith("[") for setting in request.settings)
    if fixed or several or not _is_own(request) or has_gpu():
        return None
    return DEFAULT


def _fixed(request: RunRequest) -> Iterator[str]:
    """Yield what a request says that a given time would decide."""
    if request.experiment:
        yield request.experiment
    if request.profile:
        yield "--profile"
    if request.limit_train is not None:
        yield "--limit-train"
    if request.limit_test is not None:
        yield "--limit-test"
    if request.folds is not None:
        yield "--folds"


def _is_own(request: RunRequest) -> bool:
    """Return whether only tasks of the user's own are asked for."""
    if request.everything or request.suites or not request.tasks:
        return False
    plugins = Registry("tasks", request.plugins).plugins
    return all(name in plugins and plugins[name].origin != "shipped" for name in request.tasks)

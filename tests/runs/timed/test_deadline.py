"""A time that is given: runs are put off, never cut off."""

import time

import pytest

from bench.runs.timed.deadline import Deadline


class Clock:
    """A clock that stands until it is moved."""

    now = 1000.0

    def __call__(self) -> float:
        return self.now


def test_a_run_that_fits_may_start() -> None:
    deadline = Deadline(100, Clock())
    deadline.expect({"a": 90})
    assert deadline.allows("a")


def test_a_run_that_would_end_too_late_is_put_off() -> None:
    clock = Clock()
    deadline = Deadline(100, clock)
    deadline.expect({"a": 90})
    clock.now += 60
    assert not deadline.allows("a")
    assert deadline.put_off == ["a"]


def test_runs_that_take_longer_than_estimated_make_the_others_longer() -> None:
    deadline = Deadline(100, Clock())
    deadline.expect({"a": 20, "b": 60})
    deadline.note("a", 40)
    assert not deadline.allows("b")


def test_short_runs_say_nothing_of_the_pace() -> None:
    deadline = Deadline(100, Clock())
    deadline.expect({"short": 0.1, "b": 60})
    deadline.note("short", 6)
    assert deadline.allows("b")


def test_a_time_of_day_that_jumps_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    deadline = Deadline(100)
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + 86_400)
    assert 90 < deadline.left <= 100

"""The time that is left over all runs."""

from pathlib import Path

import pytest

from bench.runs.estimates.time_left import TimeLeft
from tests.support.estimates import all_taking, set_up_in


@pytest.fixture
def left(tmp_path: Path) -> TimeLeft:
    """Four runs of 100 seconds each."""
    todo = list(set_up_in(tmp_path, "majority", "naive_bayes").todo)
    return TimeLeft(all_taking(todo, 100.0), {run.key: run for run in todo})


def test_it_counts_all_runs_and_not_the_running_one_alone(left: TimeLeft) -> None:
    left.started(next(iter(left.runs.values())), 1000.0)
    assert left.seconds(1040.0) == pytest.approx(360.0)


def test_runs_that_take_twice_as_long_double_what_is_left(left: TimeLeft) -> None:
    first, *_ = left.runs.values()
    left.started(first, 0.0)
    left.finished(first, 200.0, done=True)
    assert left.seconds(200.0) == pytest.approx(600.0, rel=0.05)


def test_a_run_that_was_skipped_tells_nothing_of_the_others(left: TimeLeft) -> None:
    first, *_ = left.runs.values()
    left.finished(first, 0.1, done=False)
    assert left.seconds(0.1) == pytest.approx(300.0)


def test_several_workers_share_what_is_left_but_not_the_longest_run(left: TimeLeft) -> None:
    left.workers = 2
    assert left.seconds(0.0) == pytest.approx(200.0)
    left.workers = 100
    assert left.seconds(0.0) == pytest.approx(100.0)


def test_a_run_that_outlasts_its_estimate_leaves_no_less_than_nothing(left: TimeLeft) -> None:
    for run in left.runs.values():
        left.started(run, 0.0)
    assert left.seconds(1e6) > 0

"""Peak memory and time of a stretch of work."""

import subprocess
import sys
import threading
import time

import pytest

from bench.run_context import compiling, loading
from bench.runs.cells.memory import PeakMemory, Stopwatch

MIB = 2**20


def test_the_peak_counts_what_was_held_for_a_moment() -> None:
    before, memory = PeakMemory().peak_bytes(), PeakMemory()
    held = b"x" * (100 * MIB)
    del held
    assert memory.peak_bytes() > before + 90 * MIB


@pytest.mark.skipif(sys.platform != "linux", reason="glibc alone is asked to give memory back")
def test_what_earlier_work_freed_is_not_part_of_the_peak() -> None:
    # Arrays too small for pages of their own; the last one keeps the allocator from giving back.
    held = [b"x" * 60_000 for _ in range(4000)]
    last = b"x" * 60_000
    full = PeakMemory().peak_bytes()
    del held
    assert PeakMemory().peak_bytes() < full - 150 * MIB
    assert last


def busy(seconds: float) -> None:
    end = time.thread_time() + seconds
    while time.thread_time() < end:
        pass


def test_processor_time_is_that_of_all_threads_and_waiting_is_none() -> None:
    watch, others = Stopwatch(), [threading.Thread(target=busy, args=(0.1,)) for _ in range(2)]
    with watch:
        for thread in others:
            thread.start()
        for thread in others:
            thread.join()
        time.sleep(0.3)
    assert watch.cpu is not None and 0.2 <= watch.cpu < watch.wall


def test_processor_time_of_children_that_ended_counts() -> None:
    code = "import time\nwhile time.process_time() < 0.4: pass"
    with Stopwatch() as watch:
        subprocess.run([sys.executable, "-c", code], check=True)
    assert watch.cpu is not None and watch.cpu > 0.35


def test_work_that_an_earlier_run_did_has_no_processor_time_that_is_known() -> None:
    watch = Stopwatch()
    watch.add_shared(0.0)
    assert (watch.wall, watch.cpu) == (0.0, 0.0)
    watch.add_shared(2.0)
    with watch:
        busy(0.01)
    assert watch.wall >= 2.0 and watch.cpu is None


def test_loading_and_compiling_are_told_apart_from_the_rest() -> None:
    watch = Stopwatch()
    with watch:
        with loading():
            busy(0.05)
        with compiling():
            busy(0.02)
        busy(0.03)
    assert watch.loading >= 0.05 and watch.compiling >= 0.02
    assert watch.wall >= watch.loading + watch.compiling + 0.03


def test_what_is_loaded_while_compiling_counts_once() -> None:
    watch = Stopwatch()
    with watch, compiling(), loading():
        busy(0.02)
    assert watch.compiling >= 0.02 and watch.loading == 0.0


def test_what_was_loaded_outside_is_not_counted() -> None:
    with loading():
        busy(0.02)
    with Stopwatch() as watch:
        busy(0.01)
    assert watch.loading == 0.0

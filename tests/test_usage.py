"""Peak memory of a stretch of work."""

import sys

import pytest

from bench.usage import PeakMemory

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

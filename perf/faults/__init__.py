"""Faults on purpose, in numbers: kills, crowds, full disks, odd records: `python -m
perf.faults.__main__`."""

"""Fault injection, in numbers: kills, concurrent runs, full disks, corrupted records: `python -m
perf.faults`."""

"""Tests of the measurements in `perf/`."""

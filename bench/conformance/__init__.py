"""Conformance checks that every task and baseline must pass: the suite behind `bench check`."""

from bench.conformance.baseline_facts import check_baseline
from bench.conformance.facts import Finding
from bench.conformance.task_facts import check_task

__all__ = ["Finding", "check_baseline", "check_task"]

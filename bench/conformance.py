"""The suite behind `bench check NAME`: facts that every task and every baseline must hold."""

from bench.baseline_facts import check_baseline
from bench.facts import Finding
from bench.task_facts import check_task

__all__ = ["Finding", "check_baseline", "check_task"]

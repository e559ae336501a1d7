"""The direction of a task's main metric, and the loss of it that does not matter."""

import math

from bench.metrics.base import Metric
from bench.outputs import Regression
from bench.records import MetricDirection
from bench.task import Task

ERROR_SHARE = 0.02
"""Margin of an error, as a part of the range of the answers."""


def direction(task: Task, main: Metric) -> MetricDirection:
    """Return the record of a task's main metric; the margin is the task's own, else the metric's.

    An error is measured in the unit of the answers and has no bounded scale: a part of their range
    is its margin, unless task or metric declare one.
    """
    margin = task.margin if task.margin is not None else main.margin
    if margin is None and main.perfect is None and isinstance(task.output, Regression):
        width = task.output.high - task.output.low
        margin = ERROR_SHARE * width if math.isfinite(width) and width > 0 else None
    return MetricDirection(
        greater_is_better=main.greater_is_better, perfect=main.perfect, margin=margin
    )

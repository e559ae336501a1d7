"""The direction of a task's main metric, and the loss of it that does not matter."""

import math

from bench.metrics.base import Metric
from bench.outputs import Output, Regression
from bench.records import MetricDirection
from bench.task import Task

ERROR_SHARE = 0.02
"""Margin of an error, as a part of the range of the answers."""


def direction(task: Task, main: Metric) -> MetricDirection:
    """Return a task's main metric as recorded, with the task's own margin, else the metric's."""
    return direction_of(main, task.output, task.margin)


def direction_of(main: Metric, output: Output, margin: float | None = None) -> MetricDirection:
    """Return the record of a metric of an answer space.

    An error is measured in the unit of the answers and has no bounded scale: a part of their range
    is its margin, unless task or metric declare one.

    Args:
        main: the metric.
        output: the answer space.
        margin: the task's own margin; None: it declares none for this metric.
    """
    margin = main.margin if margin is None else margin
    if margin is None and main.perfect is None and isinstance(output, Regression):
        width = output.high - output.low
        margin = ERROR_SHARE * width if math.isfinite(width) and width > 0 else None
    return MetricDirection(
        greater_is_better=main.greater_is_better, perfect=main.perfect, margin=margin
    )

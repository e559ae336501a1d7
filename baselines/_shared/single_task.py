"""Check that a single-task baseline is given exactly one task."""

from collections.abc import Sequence

from bench.baseline import TaskData
from bench.errors import UserError


def only(data: Sequence[TaskData]) -> TaskData:
    """Return the only task given to a single-task baseline.

    Raises:
        UserError: not exactly one task.
    """
    if len(data) != 1:
        raise UserError(f"{len(data)} tasks given to a baseline that is fitted on one task")
    return data[0]

"""Facts of a run, read in results of older versions, too, which have no field for them."""

from bench.records import Result

_FLOOR = ("majority", "stratified_random")
_MULTI = "_multi"
"""The ending of a multi-task baseline's name; the rest is its single-task twin's."""


def is_floor(run: Result) -> bool:
    """Whether the run's baseline learns nothing of the text."""
    if run.is_floor is None:
        return run.outside is None and run.baseline in _FLOOR
    return run.is_floor


def single_task_twin(run: Result) -> str:
    """The baseline that does the same as the run's, a task at a time; "" without one."""
    if run.single_task_twin is None:
        return run.baseline.removesuffix(_MULTI) if run.baseline.endswith(_MULTI) else ""
    return run.single_task_twin

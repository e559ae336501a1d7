"""The largest loss of score that does not matter, in the unit of a task's main metric."""

from collections.abc import Sequence
from typing import Protocol

from bench.errors import UserError
from bench.metrics import metric
from bench.records import TaskScores

SHARE = 0.02
"""Margin of scores from 0 to 1, and as a share of the way from the floor to perfect."""


class Scale(Protocol):
    """A task's scale; see `bench.leaderboard.board.TaskColumn` for the fields."""

    @property
    def name(self) -> str: ...
    @property
    def main_metric(self) -> str: ...
    @property
    def perfect(self) -> float | None: ...
    @property
    def floor(self) -> float | None: ...


def declared(facts: TaskScores) -> float | None:
    """Return the margin that a result's task or metric declares; None where neither does."""
    if facts.direction is not None and facts.direction.margin is not None:
        return facts.direction.margin
    try:
        return metric(facts.main_metric).margin
    except UserError:
        return None


def margin_of(own: float | None, *, perfect: float | None, floor: float | None) -> float | None:
    """Return the margin of a task.

    Args:
        own: the margin that its task or metric declares; None: neither does.
        perfect: the best possible score; None: the scale is unbounded.
        floor: the score of guessing; None: unknown.

    Returns:
        `own`; else `SHARE` for scores up to 1, and that part of the way from the floor to perfect
        for others; None where a scale is unbounded and nothing is declared.
    """
    if own is not None:
        return own
    if perfect is None:
        return None
    if perfect == 1:
        return SHARE
    return None if floor is None else SHARE * abs(perfect - floor)


def checked(margin: float | None, tasks: Sequence[Scale]) -> float | None:
    """Return a margin given by the user.

    Raises:
        UserError: it is negative, not a number, or as wide as the whole scale of a task.
    """
    if margin is None:
        return None
    if not margin >= 0:
        raise UserError(f"--margin {margin:g}: give 0 or more")
    alone = ", or name one task with --task" if len(tasks) > 1 else ""
    for task in tasks:
        width = _width(task)
        if width is not None and margin >= width:
            raise UserError(
                f"--margin {margin:g}: scores of {task.name} ({task.main_metric}) span only "
                f"{width:.3g} from the floor to perfect; give a loss in that unit, such as "
                f"{SHARE * width:.2g}{alone}"
            )
    return margin


def _width(task: Scale) -> float | None:
    if task.perfect is None:
        return None
    if task.floor is None:
        return 1.0 if task.perfect == 1 else None
    return abs(task.perfect - task.floor) or None

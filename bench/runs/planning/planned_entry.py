"""One entry of a plan for a given time: a recipe at one size."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class PlannedEntry:
    """A baseline with its parameters, for some tasks and one number of labelled examples.

    Args:
        baseline: its name.
        params: all parameters that are set.
        tasks: the tasks of one fit; several for a multi-task baseline alone.
        train: largest number of labelled examples, validation included; None: all of them.
        seeds: the seeds, in order.
        smallest: the size that all entries of its tasks share; an entry of another size is not
            ranked.
    """

    baseline: str
    params: Mapping[str, Any]
    tasks: tuple[str, ...]
    train: int | None
    seeds: tuple[int, ...]
    smallest: int

    @property
    def larger(self) -> bool:
        """True if it learns from more examples than those that all families are given."""
        return self.train is not None and self.train > self.smallest

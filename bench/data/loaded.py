"""A task's checked examples by split, before any sampling or cross-validation."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from bench.example import Example

if TYPE_CHECKING:
    from bench.data.near_twins import Twins


@dataclass(frozen=True)
class Loaded:
    """A task's checked examples by split, and the counts of its reader's faults by kind."""

    train: Sequence[Example]
    validation: Sequence[Example]
    test: Sequence[Example]
    faults: Counter[str]
    cut: bool = False
    """True if the task has no test split and one was split off train here."""

    @cached_property
    def twins(self) -> "Twins":
        """The near twins of the test split; checks and scores both ask for them."""
        # Imported on first use, as it imports NumPy.
        from bench.data.near_twins import twins_of

        return twins_of([self.train, self.validation], self.test)

"""A task's checked examples by split, before any sampling or cross-validation."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from bench.example import Example


@dataclass(frozen=True)
class Loaded:
    """A task's checked examples by split, and the counts of its reader's faults by kind."""

    train: Sequence[Example]
    validation: Sequence[Example]
    test: Sequence[Example]
    faults: Counter[str]
    cut: bool = False
    """True if the task has no test split and one was split off train here."""

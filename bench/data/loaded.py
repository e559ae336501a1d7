"""A task's checked rows by split, before anything is chosen of them."""

from collections import Counter
from dataclasses import dataclass

from bench.example import Example


@dataclass(frozen=True)
class Loaded:
    """A task's checked rows by split, and the faults its reader met, by kind."""

    train: tuple[Example, ...]
    validation: tuple[Example, ...]
    test: tuple[Example, ...]
    faults: Counter[str]
    cut: bool = False
    """Whether the test split was cut off train here, the task giving none."""

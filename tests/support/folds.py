"""Prepared tasks, and runs in folds over them."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from bench.data.loaded import Loaded
from bench.data.prepare import PreparedTask
from bench.metrics import accuracy
from bench.records import Limit
from bench.runs.planning.run_spec import Run, TaskRows
from bench.task import Example, Prompt, Task
from tests.support.rows import ANIMALS

PETS = Task(
    name="pets",
    output=ANIMALS,
    load=lambda files: {},
    metrics=(accuracy,),
    prompt=Prompt(instruction="Which animal?"),
    licence="made up",
    citation="made up",
    source="made up",
)


def prepared(rows: Sequence[Example]) -> PreparedTask:
    """The rows as a task whose last third is its test split."""
    cut = len(rows) * 2 // 3
    return PreparedTask(
        PETS, None, Loaded(tuple(rows[:cut]), (), tuple(rows[cut:]), Counter()), {}, frozenset()
    )


def run_of(rows: TaskRows) -> Run:
    names = {"key": "0" * 64, "baseline": "careful", "profile": "full"}
    empty: dict[str, Any] = {"ingredients": {"a": "b"}, "params": {}, "changed": {}}
    return Run(**names, **empty, seed=0, seeded=True, limit=Limit(), tasks=(rows,))

"""A task with the examples that a run uses, as the run's process holds it."""

from collections.abc import Container, Sequence
from dataclasses import dataclass, field, replace

from bench.baseline import TaskData
from bench.data.annotations import Annotations
from bench.example import Example, Input
from bench.runs.planning.run_spec import TaskRows
from bench.task import Task


@dataclass(frozen=True)
class CellTask:
    """A task with the examples that a run uses.

    Args:
        task: the task.
        chosen: which examples are used.
        rows: all of the task's examples.
        unscored: texts without gold that are to be predicted, too.
        opinions: annotations and published answers; no baseline sees them.
    """

    task: Task
    chosen: TaskRows
    rows: Sequence[Example]
    unscored: Sequence[Input] = ()
    opinions: Annotations = field(default_factory=Annotations)

    def pick(self, positions: Sequence[int]) -> list[Example]:
        """Return the examples at those positions."""
        return [self.rows[i] for i in positions]

    @property
    def data(self) -> TaskData:
        """Return the data that the baseline may train on."""
        chosen = self.chosen
        return TaskData(self.task, self.pick(chosen.train), self.pick(chosen.validation))

    @property
    def labelled(self) -> tuple[int, ...]:
        """The positions of the training and validation examples."""
        return (*self.chosen.train, *self.chosen.validation)

    def fold(self, number: int) -> "CellTask":
        """Return the task with the examples of one fold only."""
        part = self.chosen.folds[number]
        rows = {"train": part.train, "validation": part.validation, "test": part.test}
        return replace(self, chosen=self.chosen.model_copy(update={**rows, "folds": ()}))

    def without(self, positions: Container[int]) -> "CellTask":
        """Return the task without the labelled examples at those positions."""
        train, validation = (
            tuple(i for i in part if i not in positions)
            for part in (self.chosen.train, self.chosen.validation)
        )
        update = {"train": train, "validation": validation}
        return replace(self, chosen=self.chosen.model_copy(update=update))

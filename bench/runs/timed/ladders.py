"""The steps that each recipe could take: its tasks at nested sizes, with what each would take."""

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from bench.baseline import Baseline
from bench.data.prepare import PreparedTask
from bench.runs.planning.plan import uses_seed
from bench.runs.planning.planned_entry import PlannedEntry
from bench.runs.planning.row_selection import labelled
from bench.runs.timed.allocation import Ladder, Step
from bench.runs.timed.sizes import SMALLEST, train_sizes
from bench.runs.timed.timed_plan import Recipe

Estimate = Callable[[PlannedEntry, int | None], float | None]
"""Function from an entry and a limit on the test to the seconds that all its seeds would take; None
where it cannot be run."""


Seeds = tuple[int, ...]


@dataclass(frozen=True)
class Field:
    """What there is to choose from.

    Args:
        tasks: the tasks with their examples.
        folds: the number of folds of each.
        families: the class of each baseline.
        recipes: the recipes by name.
        estimate: what an entry would take.
    """

    tasks: Mapping[str, PreparedTask]
    folds: Mapping[str, int]
    families: Mapping[str, type[Baseline]]
    recipes: Mapping[str, Recipe]
    estimate: Estimate

    def labelled(self, tasks: Sequence[str]) -> int:
        """Return the number of labelled examples that one fit has of the largest of some tasks."""
        return max(_of_one_fit(self.tasks[name], self.folds[name]) for name in tasks)

    def varies(self, entry: PlannedEntry) -> bool:
        """Return whether an entry's answers depend on its seed."""
        drawn = entry.train is not None and entry.train < self.labelled(entry.tasks)
        family = self.families[entry.baseline]
        folds = any(self.folds[name] for name in entry.tasks)
        return drawn or folds or uses_seed(family, entry.params)

    @property
    def smallest(self) -> int:
        """The number of labelled examples that all families share."""
        return min(SMALLEST, self.labelled([*self.tasks]))

    def fits(self) -> Iterator[tuple[str, tuple[str, ...]]]:
        """Yield each recipe with the tasks of one fit."""
        for name, recipe in self.recipes.items():
            several = self.families[recipe.baseline].multi_task
            for tasks in [tuple(self.tasks)] if several else [(task,) for task in self.tasks]:
                yield name, tasks

    def ladder(
        self, name: str, tasks: tuple[str, ...], smallest: int, *, test: int | None, seeds: Seeds
    ) -> Ladder:
        """Return the steps of a recipe, up to the first that cannot be run."""
        recipe, steps = self.recipes[name], list[Step]()
        for train in sizes_of(self.families[recipe.baseline], self.labelled(tasks), smallest):
            entry = PlannedEntry(recipe.baseline, recipe.params, tasks, train, seeds, smallest)
            if (seconds := self.estimate(entry, test)) is None:
                break
            steps.append(Step(name, entry, seconds))
        return steps

def _of_one_fit(task: PreparedTask, folds: int) -> int:
    return math.ceil(len(task.rows) * (folds - 1) / folds) if folds else labelled(task)


def sizes_of(
    family: type[Baseline], available: int, smallest: int
) -> tuple[int | None, ...]:
    """Return the sizes that a family is tried at; None: all labelled examples.

    A floor does not learn from the texts, and a prompted model from a few of them: neither is tried
    at a second size.
    """
    if getattr(family, "is_floor", False) or getattr(family, "prompted", False):
        return (smallest,)
    sizes = train_sizes(available, smallest)
    if family.full_data_entry and available > smallest:
        return (*sizes[:-1], None)
    return sizes

"""The steps that each recipe could take: its tasks at nested sizes, with what each would take."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from bench.baseline import Baseline
from bench.data.prepare import PreparedTask
from bench.runs.estimates.estimate import Estimate
from bench.runs.estimates.estimator import Estimator
from bench.runs.planning.plan import uses_seed
from bench.runs.planning.planned_entry import PlannedEntry
from bench.runs.planning.row_selection import labelled
from bench.runs.timed.allocation import Ladder, Step
from bench.runs.timed.sizes import SMALLEST, train_sizes
from bench.runs.timed.timed_plan import Recipe

DOWNLOAD = 5e6
"""Bytes a second that a download is taken to bring."""


Seeds = tuple[int, ...]


@dataclass(frozen=True)
class Field:
    """What there is to choose from.

    Args:
        tasks: the tasks with their examples.
        folds: the number of folds of each.
        families: the class of each baseline.
        recipes: the recipes by name.
        estimator: says what a run would take.
    """

    tasks: Mapping[str, PreparedTask]
    folds: Mapping[str, int]
    families: Mapping[str, type[Baseline]]
    recipes: Mapping[str, Recipe]
    estimator: Estimator

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
        self, name: str, tasks: tuple[str, ...], smallest: int, *, test: int, seeds: Seeds
    ) -> Ladder:
        """Return the steps of a recipe."""
        recipe, steps = self.recipes[name], list[Step]()
        for train in sizes_of(self.families[recipe.baseline], self.labelled(tasks), smallest):
            entry = PlannedEntry(recipe.baseline, recipe.params, tasks, train, seeds, smallest)
            steps.append(Step(name, entry, self.estimate(entry, test)))
        return steps

    def estimate(self, entry: PlannedEntry, test: int) -> float:
        """Return the seconds that all seeds of an entry would take; those of its smallest size with
        what is loaded, and downloaded, once for a family."""
        seeds = len(entry.seeds) if self.varies(entry) else 1
        parts = [self._on(entry, task, test) for task in entry.tasks]
        folds = [max(1, self.folds[task]) for task in entry.tasks]
        seconds = seeds * sum(map(_in_folds, parts, folds))
        if entry.train != entry.smallest:
            return seconds
        once = self.estimator.loading(entry.baseline, entry.params).values()
        return seconds + sum(once) + max(part.download_bytes for part in parts) / DOWNLOAD

    def _on(self, entry: PlannedEntry, task: str, test: int) -> Estimate:
        """Return the estimate for a task, or for one fold of it."""
        available, folds = self.labelled([task]), self.folds[task]
        return self.estimator.at(
            entry.baseline,
            entry.params,
            task,
            labelled=available if entry.train is None else min(entry.train, available),
            tested=min(test, len(self.tasks[task].rows)) // folds if folds else test,
        )


def _in_folds(part: Estimate, folds: int) -> float:
    return folds * (part.fit_seconds + part.predict_seconds) + part.other_seconds


def _of_one_fit(task: PreparedTask, folds: int) -> int:
    return math.ceil(len(task.rows) * (folds - 1) / folds) if folds else labelled(task)


def sizes_of(family: type[Baseline], available: int, smallest: int) -> tuple[int | None, ...]:
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

"""The contents of a plan.toml as checked types: tasks, recipes, and entries at nested sizes."""

from collections.abc import Iterator
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

FORMAT: Literal[1] = 1
Size = Annotated[int, Field(ge=1, le=10**9)]
Seed = Annotated[int, Field(ge=0, le=2**53)]


def _several(folds: int) -> int:
    if folds == 1:
        raise ValueError("one fold has no other to learn from; give 2 to 100, or 0 for none")
    return folds


def _each_once(seeds: tuple[int, ...]) -> tuple[int, ...]:
    if len(set(seeds)) < len(seeds):
        raise ValueError("a seed is named twice")
    return seeds


class _Table(BaseModel):
    # Strict, so that "100" or 100.0 is never accepted for 100; TOML has lists, no tuples.
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


Name = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$", max_length=200)]
Names = Annotated[tuple[Name, ...], Field(min_length=1, strict=False)]
Seeds = Annotated[
    tuple[Seed, ...], Field(min_length=1, max_length=100, strict=False), AfterValidator(_each_once)
]


class TaskOfPlan(_Table):
    """A task as it was when the plan was made.

    Args:
        examples: sha256 over its definition and all its examples.
        folds: number of folds in which every example is tested; 0: none.
    """

    examples: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    folds: Annotated[int, AfterValidator(_several), Field(ge=0, le=100)] = 0


class Recipe(_Table):
    """A baseline with all the parameters that are set."""

    baseline: Name
    params: dict[str, Any] = {}


class EntryOfPlan(_Table):
    """A recipe on some tasks at one size.

    Args:
        recipe: its name.
        tasks: the tasks of one fit; several for a multi-task baseline.
        train: largest number of labelled examples; None: all.
        seeds: the seeds.
        seconds: what all its seeds were estimated to take when the plan was made.
    """

    recipe: Name
    tasks: Names
    train: Size | None = None
    seeds: Seeds
    seconds: Annotated[float, Field(ge=0, le=10**9, allow_inf_nan=False)] = 0.0

    @property
    def place(self) -> tuple[str, tuple[str, ...], int | None]:
        """What sets it apart from the other entries."""
        return self.recipe, self.tasks, self.train


class TimedPlan(_Table):
    """What is to be run: nothing about it depends on a machine or on a test score.

    Args:
        format: version of the format.
        profile: the profile that the recipes are named after.
        smallest: the number of labelled examples that all entries share, for the ranking.
        test: largest number of test examples of a task, the same for all entries.
        threads: threads of the numerical libraries, on which the last digits depend.
        score_train: whether the training examples are scored, too.
        tasks: the tasks by name.
        recipes: the recipes by name.
        entries: the entries, in the order in which they were planned.
    """

    format: Literal[1] = FORMAT
    profile: Literal["quick", "full"]
    smallest: Size
    test: Size
    threads: Annotated[int, Field(ge=1, le=1024)]
    score_train: bool = False
    tasks: Annotated[dict[Name, TaskOfPlan], Field(min_length=1)]
    recipes: Annotated[dict[Name, Recipe], Field(min_length=1)]
    entries: Annotated[tuple[EntryOfPlan, ...], Field(min_length=1, strict=False)]

    @model_validator(mode="after")
    def _agrees(self) -> "TimedPlan":
        for fault in self._faults():
            raise ValueError(fault)
        return self

    def _faults(self) -> Iterator[str]:
        """Yield what in one part contradicts another."""
        seen = set()
        for number, entry in enumerate(self.entries, 1):
            where = f"entry {number}"
            if entry.recipe not in self.recipes:
                yield f"{where} names the recipe {entry.recipe!r}, which is not there"
            if unknown := sorted({*entry.tasks} - {*self.tasks}):
                yield f"{where} names the task {unknown[0]!r}, which is not there"
            if len({*entry.tasks}) < len(entry.tasks):
                yield f"{where} names a task twice"
            if entry.train is not None and entry.train < self.smallest:
                yield f"{where}: train = {entry.train} is below smallest = {self.smallest}"
            if entry.place in seen:
                yield f"{where} is there twice"
            seen.add(entry.place)

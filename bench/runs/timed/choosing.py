"""The first plan for a time: how many test examples, which models, and which sizes."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from bench.errors import UserError
from bench.runs.timed.allocation import Ladder, Step, allocate
from bench.runs.timed.ladders import Field, Seeds
from bench.runs.timed.repeated import examples_hash
from bench.runs.timed.sizes import test_sizes
from bench.runs.timed.timed_plan import EntryOfPlan, TaskOfPlan, TimedPlan

PRECISE_TEST = 500
"""Test examples that every model must be able to answer, where there are so many: with fewer, an
interval is wider than most differences."""


@dataclass(frozen=True)
class Settings:
    """What is the same for all entries of a plan.

    Args:
        profile: the profile that the recipes are named after.
        threads: threads of each worker.
        seeds: the seeds of each entry.
        score_train: whether the training examples are scored, too.
    """

    profile: str
    threads: int
    seeds: Seeds
    score_train: bool = False


@dataclass(frozen=True)
class Chosen:
    """A plan, and what it left out.

    Args:
        plan: the plan.
        left_out: the smallest step of each recipe that does not fit.
        new: the places of the entries that were added to an earlier plan, or given seeds.
        exhausted: whether no longer time would add anything, either.
    """

    plan: TimedPlan
    left_out: tuple[Step, ...]
    new: frozenset[tuple[str, tuple[str, ...], int | None]] = frozenset()
    exhausted: bool = False


def first_plan(field: Field, settings: Settings, seconds: float) -> Chosen:
    """Choose what to run in a time.

    Raises:
        UserError: nothing but guessing fits; it says what the smallest plan takes.
    """
    available = max(_testable(field, name) for name in field.tasks)
    options = test_sizes(available)
    test = _test(field, settings, seconds, options)
    ladders = _ladders(field, settings, test)
    found = allocate(ladders, seconds)
    learning = any(_learns(field, name) for name in field.recipes)
    fit = [step for step in found.steps if _learns(field, step.recipe) or not learning]
    if not fit:
        raise UserError(_too_short(field, _ladders(field, settings, options[-1]), seconds))
    plan = TimedPlan.model_validate(
        {
            "profile": settings.profile,
            "smallest": field.smallest,
            "test": test,
            "threads": settings.threads,
            "score_train": settings.score_train,
            "tasks": {
                name: TaskOfPlan(examples=examples_hash(task), folds=field.folds[name])
                for name, task in field.tasks.items()
            },
            "recipes": dict(field.recipes),
            "entries": [planned_step(step) for step in found.steps],
        }
    )
    return Chosen(plan, found.left_out, frozenset(entry.place for entry in plan.entries))


def planned_step(step: Step) -> EntryOfPlan:
    """Return a step as an entry of a plan."""
    entry = step.entry
    return EntryOfPlan(
        recipe=step.recipe,
        tasks=entry.tasks,
        train=entry.train,
        seeds=entry.seeds,
        seconds=rounded(step.seconds),
    )


def rounded(seconds: float) -> float:
    """Return seconds with three digits: an estimate has no more."""
    return float(f"{seconds:.3g}")


def _testable(field: Field, name: str) -> int:
    task = field.tasks[name]
    return len(task.rows) if field.folds[name] else len(task.loaded.test)


def _test(field: Field, settings: Settings, seconds: float, options: Sequence[int]) -> int:
    """Return the largest number of test examples with which nothing is lost that fits with a
    moderate number; the smallest where no model fits that learns."""
    moderate = ([n for n in options if n >= PRECISE_TEST] or options[:1])[-1]
    wanted = _fitting(field, settings, moderate, seconds)
    if not any(_learns(field, recipe) for recipe, _, _ in wanted):
        return options[-1]
    larger = [n for n in options if n > moderate]
    whole = (n for n in larger if _fitting(field, settings, n, seconds) >= wanted)
    return next(whole, moderate)


def _fitting(
    field: Field, settings: Settings, test: int, seconds: float
) -> set[tuple[str, tuple[str, ...], int | None]]:
    steps = allocate(_ladders(field, settings, test), seconds).steps
    return {(step.recipe, step.entry.tasks, step.entry.train) for step in steps}


def _ladders(field: Field, settings: Settings, test: int) -> list[Ladder]:
    found = [
        field.ladder(name, tasks, field.smallest, test=test, seeds=settings.seeds)
        for name, tasks in field.fits()
    ]
    return [ladder for ladder in found if ladder]


def _learns(field: Field, recipe: str) -> bool:
    return not getattr(field.families[field.recipes[recipe].baseline], "is_floor", False)


def _too_short(field: Field, ladders: Sequence[Ladder], seconds: float) -> str:
    learning = [ladder[0] for ladder in ladders if _learns(field, ladder[0].recipe)]
    floors = [ladder[0] for ladder in ladders if not _learns(field, ladder[0].recipe)]
    least = min(learning or floors, key=lambda step: step.seconds)
    needed = sum(step.seconds for step in floors if learning) + least.seconds
    enough = 10 * math.ceil(needed / 8 + 0.5)
    # A fraction of a second is none to a reader: "0 s are left, and it takes about 0 s".
    left = f"{seconds:.0f} s" if seconds >= 1 else "less than 1 s"
    takes = f"about {needed:.0f} s" if needed >= 1 else "less than 1 s"
    return (
        f"--time: of it, {left} remains for models, and none fits: the smallest plan "
        f"({least.entry.baseline} with {least.entry.train} labelled examples) takes {takes}; try "
        f"--time {enough}s"
    )

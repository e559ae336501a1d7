"""A finished plan grown: larger sizes of the models that can still lead, then further seeds."""

import math
from collections.abc import Iterator, Set
from dataclasses import replace

from bench.runs.timed.allocation import Ladder, Step, allocate
from bench.runs.timed.choosing import Chosen, planned_step, rounded
from bench.runs.timed.ladders import Field, Seeds
from bench.runs.timed.repeated import entry_of
from bench.runs.timed.timed_plan import EntryOfPlan, TimedPlan

SEEDS: Seeds = (0, 1, 2)
Fit = tuple[str, tuple[str, ...]]
"""A recipe, and the tasks of one fit."""


def grown(
    plan: TimedPlan, field: Field, seconds: float, *, seeds: Seeds, leading: Set[Fit]
) -> Chosen:
    """Return a plan with more entries, and more seeds, as far as a time allows; where that is none,
    whether any time would allow more. See `_grown`."""
    found = _grown(plan, field, seconds, seeds=seeds, leading=leading)
    if found.new:
        return found
    ever = _grown(plan, field, math.inf, seeds=seeds, leading=leading)
    return replace(found, exhausted=not ever.new)


def _grown(
    plan: TimedPlan, field: Field, seconds: float, *, seeds: Seeds, leading: Set[Fit]
) -> Chosen:
    """Return a plan with more entries, and more seeds, as far as a time allows.

    Args:
        plan: the plan.
        field: what there is to choose from; recipes of the plan that it lacks stay as they are.
        seconds: the time.
        seeds: the seeds that the user asked for; empty: one, then those of `SEEDS`.
        leading: what can still reach the leader, by calibration examples; the rest does not grow.
    """
    recipes = {**plan.recipes, **field.recipes}
    first = seeds or SEEDS[:1]
    new, growing = list[Ladder](), list[Ladder]()
    tried = {entry.place for entry in plan.entries}
    for name, tasks in field.fits():
        ladder = field.ladder(name, tasks, plan.smallest, test=plan.test, seeds=first)
        further = [step for step in ladder if (name, tasks, step.entry.train) not in tried]
        if len(further) == len(ladder):
            new += [ladder] if ladder else []
        elif (name, tasks) in leading:
            growing.append(further)
    found = allocate(new, seconds, growing=growing)
    larger = plan.model_copy(
        update={
            "recipes": recipes,
            "entries": (*plan.entries, *map(planned_step, found.steps)),
        }
    )
    changed = {(s.recipe, s.entry.tasks, s.entry.train) for s in found.steps}
    wanted = seeds or SEEDS
    left = seconds - found.seconds
    larger, reseeded = _with_seeds(larger, field, left, wanted=wanted, leading=leading)
    changed |= reseeded
    return Chosen(larger, found.left_out, frozenset(changed))


def _with_seeds(
    plan: TimedPlan, field: Field, seconds: float, *, wanted: Seeds, leading: Set[Fit]
) -> tuple[TimedPlan, set[tuple[str, tuple[str, ...], int | None]]]:
    """Return the plan with one more of the wanted seeds, then another, and which entries were given
    some; those that learn from most come first."""
    entries, changed = list(plan.entries), set()
    for missing in range(len(wanted), 0, -1):
        steps = _more(plan, entries, field, wanted=wanted, leading=leading)
        for step in sorted(steps, key=_largest_first):
            at = next(i for i, one in enumerate(entries) if one.place == _place(step))
            old = entries[at]
            if len({*wanted} - {*old.seeds}) == missing and step.seconds <= seconds:
                seconds -= step.seconds
                total = rounded(old.seconds + step.seconds)
                seeds = (*old.seeds, *step.entry.seeds)
                entries[at] = old.model_copy(update={"seeds": seeds, "seconds": total})
                changed.add(old.place)
    return plan.model_copy(update={"entries": tuple(entries)}), changed


def _place(step: Step) -> tuple[str, tuple[str, ...], int | None]:
    return step.recipe, step.entry.tasks, step.entry.train


def _largest_first(step: Step) -> tuple[float, float]:
    train = step.entry.train
    return (-float("inf") if train is None else -train, step.seconds)


def _more(
    plan: TimedPlan,
    entries: list[EntryOfPlan],
    field: Field,
    *,
    wanted: Seeds,
    leading: Set[Fit],
) -> Iterator[Step]:
    """Yield one further seed of each entry that varies with it."""
    for entry in entries:
        unused = [seed for seed in wanted if seed not in entry.seeds]
        if (entry.recipe, entry.tasks) not in leading or entry.recipe not in field.recipes:
            continue
        whole = replace(entry_of(plan, entry), seeds=tuple(unused[:1]))
        if unused and field.varies(whole):
            yield Step(entry.recipe, whole, field.estimate(whole, plan.test))

"""A plan on the tasks at hand: refused where they are not those that it was made for, else put in
the place of an experiment's limits and seeds."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from bench.baseline import Baseline
from bench.data.prepare import PreparedTask, PreparedTasks
from bench.errors import UserError
from bench.registry import Registry
from bench.runs.planning.experiment import Experiment, RunRequest
from bench.runs.planning.parameters import checked
from bench.runs.planning.planned_entry import PlannedEntry
from bench.runs.planning.profiles import Limits
from bench.runs.planning.row_selection import hashed
from bench.runs.timed.timed_plan import EntryOfPlan, TimedPlan


def asked_again(plan: TimedPlan, request: RunRequest) -> RunRequest:
    """Return the request for a plan's tasks and baselines.

    Args:
        plan: the plan.
        request: what was asked for beside it: only folders may be.

    Raises:
        UserError: something else was asked for.
    """
    chosen = {
        "--all": request.everything,
        "-t": request.tasks,
        "--suite": request.suites,
        "-b": request.baselines,
        "--profile": request.profile,
        "--seed": request.seeds,
        "--set": request.settings,
        "--limit-train": request.limit_train is not None,
        "--limit-test": request.limit_test is not None,
        "--folds": request.folds is not None,
        "--score-train": request.score_train,
    }
    if given := [option for option, value in chosen.items() if value]:
        raise UserError(f"{request.experiment} is repeated exactly: leave out {', '.join(given)}")
    baselines = dict.fromkeys(recipe.baseline for recipe in plan.recipes.values())
    return RunRequest(
        tasks=[*plan.tasks],
        baselines=[*baselines],
        profile=plan.profile,
        plugins=request.plugins,
    )


def refuse_unknown(plan: TimedPlan, plugins: Sequence[Path], path: Path) -> None:
    """Refuse a plan of tasks or baselines that are not here: those of one's own stand in a folder
    that a plan does not name.

    Raises:
        UserError: says which, and what to do.
    """
    tasks, baselines = Registry("tasks", plugins), Registry("baselines", plugins)
    named = [(tasks, name) for name in plan.tasks]
    named += [(baselines, recipe.baseline) for recipe in plan.recipes.values()]
    for registry, name in named:
        try:
            registry[name]
        except UserError as error:
            raise UserError(f"{path}: {error} (what is your own: --plugins DIR)") from None


def refuse_others(plan: TimedPlan, material: PreparedTasks, path: Path) -> None:
    """Refuse a plan whose tasks cannot be loaded, or are not what they were.

    Raises:
        UserError: says which task, and what to do.
    """
    for name, reason in (*material.missing.items(), *material.broken.items()):
        raise UserError(f"{path}: task {name}: {reason}")
    for name, task in plan.tasks.items():
        if examples_hash(material.tasks[name]) != task.examples:
            raise UserError(
                f"{path}: task {name} is not what it was when the plan was made (its examples, "
                "labels or prompt differ): make a new plan with --time"
            )


def examples_hash(prepared: PreparedTask) -> str:
    """Return the sha256 over a task's definition and its examples, split by split."""
    loaded = prepared.loaded
    splits = [len(part) for part in (loaded.train, loaded.validation, loaded.test)]
    every = prepared.hash_of(range(len(prepared.rows)))
    return hashed([prepared.task.spec(), splits, every])


def refuse_recipes(plan: TimedPlan, families: Mapping[str, type[Baseline]], path: Path) -> None:
    """Refuse a plan with parameters or tasks that a baseline does not take.

    Raises:
        UserError: says which, for the first fault.
    """
    for fault in _faults(plan, families):
        raise UserError(f"{path}: {fault}")


def _faults(plan: TimedPlan, families: Mapping[str, type[Baseline]]) -> Iterator[str]:
    for recipe in plan.recipes.values():
        errors: list[str] = []
        if recipe.baseline in families:  # else it cannot be imported, which is told elsewhere
            checked(recipe.baseline, families[recipe.baseline], recipe.params, errors)
        yield from errors
    for number, entry in enumerate(plan.entries, 1):
        family = families.get(plan.recipes[entry.recipe].baseline)
        if len(entry.tasks) > 1 and family and not family.multi_task:
            yield f"entry {number}: {entry.recipe} is fitted on one task at a time"


def entry_of(plan: TimedPlan, entry: EntryOfPlan) -> PlannedEntry:
    """Return an entry with its recipe, as it is planned."""
    recipe = plan.recipes[entry.recipe]
    return PlannedEntry(
        recipe.baseline, recipe.params, entry.tasks, entry.train, entry.seeds, plan.smallest
    )


def with_plan(experiment: Experiment, plan: TimedPlan, recipes: Collection[str]) -> Experiment:
    """Return the experiment that runs a plan's entries of some recipes and nothing else; those of
    baselines that cannot be imported are left out."""
    entries = [entry_of(plan, entry) for entry in plan.entries if entry.recipe in recipes]
    return replace(
        experiment,
        entries=tuple(one for one in entries if one.baseline in experiment.families),
        task_folds={name: task.folds for name, task in plan.tasks.items()},
        limits=Limits(test=plan.test),
        score_train=plan.score_train,
        sweep=(),
        folds=None,
    )

"""`bench run` for a given time, or of a plan.toml: choose, write the plan, and run it."""

import hashlib
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from bench.errors import UserError
from bench.runs.estimates.estimator import Estimator
from bench.runs.estimates.machine import Machine
from bench.runs.loaded_experiment import LoadedExperiment, RunOptions, load
from bench.runs.planning.default_folds import default_folds
from bench.runs.planning.experiment import RunRequest
from bench.runs.planning.run_spec import Run
from bench.runs.session import PlannedRuns, carry_out, estimator_of, measured, planned, settled
from bench.runs.timed.choosing import Chosen, Settings, first_plan
from bench.runs.timed.contenders import calibration_score, contenders
from bench.runs.timed.deadline import Deadline
from bench.runs.timed.growth import Fit, grown
from bench.runs.timed.ladders import Field, Seeds
from bench.runs.timed.plan_file import NAME, read_plan, text_of
from bench.runs.timed.recipes import named_recipes
from bench.runs.timed.repeated import (
    asked_again,
    examples_hash,
    refuse_others,
    refuse_recipes,
    refuse_unknown,
    with_plan,
)
from bench.runs.timed.timed_plan import Recipe, TimedPlan
from bench.runs.workers.pool import Event
from bench.store.atomic import clear_errors
from bench.store.store import Store
from bench.store.written import write_whole

USED = 0.9
"""Share of the time that is planned for: estimates err, and the board comes last."""
WORTH_MEASURING = 60.0
"""Seconds that must be given for this machine to be measured first, which takes some of them."""
MEASURING = 0.1
"""Share of the time after which no further family is measured."""
Progress = Callable[[str], None]
MakeEstimator = Callable[[LoadedExperiment], Estimator]


@dataclass(frozen=True)
class TimedRuns:
    """Runs that a plan names.

    Args:
        setup: the runs.
        chosen: the plan; None where no task has its data.
        path: where it is stored.
        aside: where an earlier plan of other tasks will be kept; None: there is none.
    """

    setup: PlannedRuns
    chosen: Chosen | None
    path: Path
    aside: Path | None = None


def set_up_plan(
    request: RunRequest,
    options: RunOptions,
    progress: Progress,
    *,
    machine: Machine | None = None,
) -> TimedRuns:
    """Plan the runs of a plan.toml.

    Raises:
        UserError: the plan cannot be repeated; nothing has been run.
    """
    path = Path(request.experiment)
    plan = read_plan(path)
    refuse_unknown(plan, request.plugins, path)
    loaded = load(asked_again(plan, request), options, progress)
    refuse_recipes(plan, loaded.experiment.families, path)
    refuse_others(plan, loaded.material, path)
    if options.threads is None:
        options = replace(options, threads=plan.threads, threads_source=f"as in {path}")
    setup = planned(_with(loaded, plan, plan.recipes), options, machine=machine)
    return TimedRuns(setup, Chosen(plan, ()), options.results / NAME)


def set_up_timed(
    request: RunRequest,
    options: RunOptions,
    deadline: Deadline,
    progress: Progress,
    *,
    machine: Machine | None = None,
    measuring: Progress | None = None,
    estimator: MakeEstimator | None = None,
) -> TimedRuns:
    """Choose what fits into a time, beside what an earlier plan of the results folder holds.

    Args:
        request: the tasks and baselines.
        options: how to run them.
        deadline: the time.
        progress: called with what is being done.
        machine: where the runs are to be executed, for estimates; None: here.
        measuring: called with each family whose speed on this machine is measured; None: none is.
        estimator: makes what says how long runs take; None: the usual one.

    Raises:
        UserError: the request is invalid, or nothing fits.
    """
    path, loaded = options.results / NAME, load(request, options, progress)
    if not loaded.material.tasks or not loaded.experiment.families:
        return TimedRuns(planned(loaded, options, machine=machine), None, path)
    plan, aside = _stored(path, loaded)
    recipes = named_recipes(loaded.experiment, plan)
    if measuring is not None and machine is None and deadline.seconds >= WORTH_MEASURING:
        _measure(planned(loaded, options), request, options, (deadline.seconds, measuring))
    judge = estimator(loaded) if estimator else estimator_of(loaded, options, machine=machine)
    field = _field(loaded, plan, recipes, judge)
    seeds, time = tuple(request.seeds), USED * deadline.left
    if plan is None:
        chosen = first_plan(field, _settings(loaded, options, seeds), time)
    else:
        setup = planned(_with(loaded, plan, recipes), options, machine=machine)
        time -= sum(estimate.seconds for estimate in setup.estimates.values())
        leading = set(_leading(plan, setup, field, options.results))
        chosen = grown(plan, field, time, seeds=seeds, leading=leading)
    setup = planned(_with(loaded, chosen.plan, recipes), options, machine=machine)
    deadline.expect({key: estimate.seconds for key, estimate in setup.estimates.items()})
    return TimedRuns(setup, chosen, path, aside)


def _measure(
    setup: PlannedRuns, request: RunRequest, options: RunOptions, within: tuple[float, Progress]
) -> None:
    """Measure this machine's speed, and keep it, for the families that could fit into a time."""
    seconds, show = within
    could = [run for run in setup.todo if setup.estimates[run.key].seconds <= seconds]
    measured(replace(setup, todo=could), request, options, show, patience=MEASURING * seconds)


def carry_out_timed(
    timed: TimedRuns,
    request: RunRequest,
    options: RunOptions,
    on_event: Callable[[Event], None],
    deadline: Deadline | None,
) -> None:
    """Write the plan, then execute its missing runs as long as there is time.

    Raises:
        StoreError, KeyboardInterrupt: as `bench.runs.session.carry_out`.
    """
    Store(options.results).prepare()
    if timed.chosen is not None:
        write_plan(timed, timed.path)
    if deadline is None:
        carry_out(timed.setup, request, options, on_event)
        return

    def noted(event: Event) -> None:
        if event.kind == "finished":
            deadline.note(event.run.key, event.seconds)
        on_event(event)

    carry_out(timed.setup, request, options, noted, lambda run: deadline.allows(run.key))


def write_plan(timed: TimedRuns, target: Path) -> None:
    """Write the plan to a file; a plan of the results folder that it replaces is kept."""
    assert timed.chosen is not None
    text = text_of(timed.chosen.plan).encode()
    with clear_errors(target.parent):
        if timed.aside is not None and target == timed.path:
            timed.path.rename(timed.aside)
        write_whole(target, text)


def _stored(path: Path, loaded: LoadedExperiment) -> tuple[TimedPlan | None, Path | None]:
    """Return the plan that a results folder holds, if it is of these tasks as they are now; else
    where it will be kept.

    Raises:
        UserError: there is one that cannot be read.
    """
    if not path.exists() and not path.is_symlink():
        return None, None
    try:
        plan = read_plan(path)
    except UserError as error:
        raise UserError(f"{error}; or move that file away") from None
    now = {name: examples_hash(task) for name, task in loaded.material.tasks.items()}
    then = {name: task.examples for name, task in plan.tasks.items()}
    asked = loaded.experiment
    if (then, plan.profile, plan.score_train) == (now, asked.profile, asked.score_train):
        return plan, None
    digest = hashlib.sha256(path.read_bytes()).hexdigest()[:8]
    return None, path.with_name(f"plan-{digest}.toml")


def _with(loaded: LoadedExperiment, plan: TimedPlan, recipes: Collection[str]) -> LoadedExperiment:
    return replace(loaded, experiment=with_plan(loaded.experiment, plan, recipes))


def _settings(loaded: LoadedExperiment, options: RunOptions, seeds: Seeds) -> Settings:
    asked = loaded.experiment
    return Settings(asked.profile, settled(options).count, seeds or (0,), asked.score_train)


def _field(
    loaded: LoadedExperiment,
    plan: TimedPlan | None,
    recipes: Mapping[str, Recipe],
    estimator: Estimator,
) -> Field:
    tasks = loaded.material.tasks
    if plan is None:
        folds = {name: default_folds([task]) for name, task in tasks.items()}
    else:
        folds = {name: task.folds for name, task in plan.tasks.items()}
    return Field(tasks, folds, loaded.experiment.families, recipes, estimator)


def _leading(plan: TimedPlan, setup: PlannedRuns, field: Field, results: Path) -> Iterator[Fit]:
    """Yield the fits that can still reach the leader of any of their tasks; those of which a run is
    missing can tell nothing yet."""
    missing = {run.key for run in setup.todo}
    largest: dict[Fit, Run] = {}
    for name, tasks in field.fits():
        recipe = field.recipes[name]
        runs = [run for run in setup.runs if _is_of(run, recipe, tasks)]
        learns = not any(run.is_floor for run in runs)
        if runs and learns and not any(run.key in missing for run in runs):
            largest[name, tasks] = max(runs, key=lambda run: len(run.tasks[0].train))
    for task, prepared in field.tasks.items():
        scores = {
            fit: calibration_score(results / "runs" / run.key, prepared, _learnt(run, task))
            for fit, run in largest.items()
            if task in fit[1]
        }
        yield from contenders(scores, field.labelled([task]))


def _is_of(run: Run, recipe: Recipe, tasks: tuple[str, ...]) -> bool:
    same = (run.baseline, run.params) == (recipe.baseline, recipe.params)
    return same and tuple(rows.task for rows in run.tasks) == tasks


def _learnt(run: Run, task: str) -> int:
    rows = next(rows for rows in run.tasks if rows.task == task)
    return len(rows.train) + len(rows.validation)

"""`bench run` for a given time, or of a plan.toml: choose, write the plan, and run it."""

import hashlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from bench.errors import UserError
from bench.runs.planning.default_folds import default_folds
from bench.runs.planning.experiment import RunRequest
from bench.runs.planning.run_spec import Run
from bench.runs.session import LoadedExperiment, PlannedRuns, RunOptions, load, planned
from bench.runs.timed.choosing import Chosen, Settings, first_plan
from bench.runs.timed.contenders import calibration_score, contenders
from bench.runs.timed.deadline import Deadline
from bench.runs.timed.growth import Fit, grown
from bench.runs.timed.ladders import Estimate, Field
from bench.runs.timed.plan_file import NAME, read_plan, text_of
from bench.runs.timed.repeated import asked_again, refuse_others, refuse_recipes, with_plan
from bench.runs.timed.timed_plan import Recipe, TimedPlan
from bench.store.store import Store
from bench.store.written import write_whole

USED = 0.9
"""Share of the time that is planned for: estimates err, and the board comes last."""
Progress = Callable[[str], None]


@dataclass(frozen=True)
class TimedRuns:
    """Runs that a plan names.

    Args:
        setup: the runs.
        chosen: the plan; None where no task has its data.
        path: where it is stored.
        note: what became of an earlier plan; "" where nothing did.
    """

    setup: PlannedRuns
    chosen: Chosen | None
    path: Path
    note: str = ""


def set_up_plan(request: RunRequest, options: RunOptions, progress: Progress) -> TimedRuns:
    """Plan the runs of a plan.toml.

    Raises:
        UserError: the plan cannot be repeated; nothing has been run.
    """
    path = Path(request.experiment)
    plan = read_plan(path)
    loaded = load(asked_again(plan, request), options, progress)
    refuse_recipes(plan, loaded.experiment.families, path)
    refuse_others(plan, loaded.material, path)
    setup = planned(_with(loaded, plan), _threads(options, plan))
    return TimedRuns(setup, Chosen(plan, ()), options.results / NAME)


def set_up_timed(
    request: RunRequest, options: RunOptions, deadline: Deadline, progress: Progress
) -> TimedRuns:
    """Choose what fits into a time, beside what an earlier plan of the results folder holds.

    Raises:
        UserError: the request is invalid, or nothing fits.
    """
    path, loaded = options.results / NAME, load(request, options, progress)
    if not loaded.material.tasks or not loaded.experiment.families:
        return TimedRuns(planned(loaded, options), None, path)
    plan, note = _stored(path, loaded)
    setup = planned(loaded if plan is None else _with(loaded, plan), options)
    field = _field(loaded, plan, options)
    if plan is None:
        threads = options.threads or setup.threads.count
        seeds = tuple(request.seeds) or (0,)
        settings = Settings(
            loaded.experiment.profile, threads, seeds, loaded.experiment.score_train
        )
        chosen = first_plan(field, settings, USED * deadline.left)
    else:
        left = USED * deadline.left - sum(_unfinished(plan, setup, field))
        leading = {fit for fit in _leading(plan, setup, field, options.results)}
        chosen = grown(plan, field, left, seeds=tuple(request.seeds), leading=leading)
    return TimedRuns(planned(_with(loaded, chosen.plan), options), chosen, path, note)

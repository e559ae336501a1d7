"""The kinds of `bench run`: an experiment, a plan.toml, or what fits into a given time."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bench.errors import UserError

if TYPE_CHECKING:
    from bench.runs.estimates.machine import Machine
    from bench.runs.loaded_experiment import RunOptions
    from bench.runs.planning.experiment import RunRequest
    from bench.runs.session import PlannedRuns
    from bench.runs.timed.deadline import Deadline
    from bench.runs.timed_session import TimedRuns
    from bench.runs.workers.pool import Event


@dataclass(frozen=True)
class Asked:
    """The runs that the user asked for, and how to execute and show them."""

    request: "RunRequest"
    options: "RunOptions"
    time: str = ""
    output: Path | None = None
    dry_run: bool = False
    why: bool = False
    page: Path | None = None


def asked(**given: Any) -> Asked:
    """Return what the options of `run` ask for: which runs, and how.

    Args:
        given: the options, by the names of the parameters of `run`.
    """
    from bench.runs.loaded_experiment import RunOptions
    from bench.runs.planning.experiment import RunRequest

    request = RunRequest(
        experiment=given["experiment"],
        everything=given["everything"],
        tasks=given["task"] or (),
        suites=given["suite"] or (),
        baselines=given["baseline"] or (),
        profile=given["profile"],
        seeds=given["seed"] or (),
        limit_train=given["limit_train"],
        limit_test=given["limit_test"],
        settings=given["setting"] or (),
        folds=given["folds"],
        score_train=given["score_train"],
        plugins=given["plugins"] or (),
    )
    how = ("offline", "strict", "rerun", "jobs", "threads")
    options = RunOptions(given["results"], given["data"] or (), *(given[name] for name in how))
    shown = {name: given[name] for name in ("dry_run", "why", "page") if name in given}
    return Asked(request, options, given["time"], given["output"], **shown)


@dataclass(frozen=True)
class Prepared:
    """The runs; those of a plan with the plan, and with the time that they may take."""

    setup: "PlannedRuns"
    timed: "TimedRuns | None" = None
    deadline: "Deadline | None" = None

    def write(self, output: Path | None) -> None:
        """Write the plan, if there is one, to a file that the user asked for."""
        if self.timed is not None and output is not None:
            from bench.runs.timed_session import write_plan

            write_plan(self.timed, output)

    def carry_out(self, wanted: Asked, show: "Callable[[Event], None]") -> None:
        """Execute the runs."""
        from bench.runs.session import carry_out
        from bench.runs.timed_session import carry_out_timed

        if self.timed is None:
            carry_out(self.setup, wanted.request, wanted.options, show)
        else:
            carry_out_timed(self.timed, wanted.request, wanted.options, show, self.deadline)


def prepare_runs(
    wanted: Asked,
    progress: "Callable[[str], None]",
    measuring: "Callable[[str], None]",
    *,
    machine: "Machine | None" = None,
) -> Prepared:
    """Plan the runs: of a plan.toml, for a given time, or of an experiment.

    Args:
        wanted: what the user asked for.
        progress: called with what is being loaded.
        measuring: called with the family whose speed is measured.
        machine: where the runs are to be executed, for estimates; None: here.
    """
    from bench.cli.running.plan_output import check_output
    from bench.runs.session import set_up
    from bench.runs.timed.asked import seconds_asked
    from bench.runs.timed.deadline import Deadline
    from bench.runs.timed.plan_file import is_plan
    from bench.runs.timed_session import set_up_plan, set_up_timed

    request, options = wanted.request, wanted.options
    gpu = machine is not None and machine.gpu
    seconds = None if gpu and not wanted.time else seconds_asked(request, wanted.time)
    if wanted.output is not None and seconds is None:
        raise UserError("-o writes the plan of a given time: add --time, e.g. --time 10m")
    if wanted.output is not None:
        check_output(wanted.output)
    if gpu and not (request.profile or request.experiment):
        request = replace(request, profile="full")  # as `bench run` has it there
    if request.experiment and is_plan(Path(request.experiment)):
        timed = set_up_plan(request, options, progress, machine=machine)
        return Prepared(timed.setup, timed)
    if seconds is None:
        return Prepared(set_up(request, options, progress, machine=machine))
    deadline = Deadline(seconds)
    timed = set_up_timed(
        request,
        options,
        deadline,
        progress,
        machine=machine,
        measuring=None if wanted.dry_run else measuring,
    )
    return Prepared(timed.setup, timed, deadline)

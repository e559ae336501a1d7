"""The kinds of `bench run`: an experiment, a plan.toml, or what fits into a given time."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from bench.errors import UserError

if TYPE_CHECKING:
    from bench.runs.planning.experiment import RunRequest
    from bench.runs.session import PlannedRuns, RunOptions
    from bench.runs.timed.deadline import Deadline
    from bench.runs.timed_session import TimedRuns
    from bench.runs.workers.pool import Event


@dataclass(frozen=True)
class Asked:
    """What the user asked for."""

    request: "RunRequest"
    options: "RunOptions"
    dry_run: bool
    why: bool
    time: str
    output: Path | None


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

    def carry_out(self, asked: Asked, show: "Callable[[Event], None]") -> None:
        """Execute the runs."""
        from bench.runs.session import carry_out
        from bench.runs.timed_session import carry_out_timed

        if self.timed is None:
            carry_out(self.setup, asked.request, asked.options, show)
        else:
            carry_out_timed(self.timed, asked.request, asked.options, show, self.deadline)


def prepare_runs(asked: Asked, progress: "Callable[[str], None]") -> Prepared:
    """Plan the runs: of a plan.toml, for a given time, or of an experiment."""
    from bench.runs.estimates.sources import estimator
    from bench.runs.session import set_up
    from bench.runs.timed.asked import seconds_asked
    from bench.runs.timed.deadline import Deadline
    from bench.runs.timed.plan_file import is_plan
    from bench.runs.timed_session import set_up_plan, set_up_timed

    request, options = asked.request, asked.options
    seconds = seconds_asked(request, asked.time)
    if asked.output is not None and seconds is None:
        raise UserError("-o writes the plan of a given time: add --time, e.g. --time 10m")
    if request.experiment and is_plan(Path(request.experiment)):
        timed = set_up_plan(request, options, progress)
        return Prepared(timed.setup, timed)
    if seconds is None:
        return Prepared(set_up(request, options, progress))
    deadline = Deadline(seconds)
    timed = set_up_timed(
        request, options, deadline, progress, lambda loaded: estimator(loaded, options)
    )
    return Prepared(timed.setup, timed, deadline)

"""The messages of `bench run`: what is planned, what is left out, and why."""

from pathlib import Path
from typing import TYPE_CHECKING

from rich.markup import escape
from rich.table import Table

from bench.cli.console import err, out
from bench.cli.duration import roughly, size
from bench.outputs.look_alikes import look_alikes
from bench.redaction import redact

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bench.baseline import Baseline
    from bench.runs.session import PlannedRuns


def plan_in_words(setup: "PlannedRuns") -> str:
    """Return, for example, `1 task × 2 models, quick profile (128 of 2,400 labelled examples):
    3 runs to do`."""
    tasks = _counted(len(setup.material.tasks), "task")
    models = _counted(len(setup.experiment.families), "model")
    head = f"{tasks} × {models}, {setup.experiment.profile} profile{_amount(setup)}"
    todo = len(setup.todo)
    if todo == len(setup.runs):
        return f"{head}: {counted_runs(todo)} to do"
    runs = counted_runs(len(setup.runs))
    return f"{head}: {runs}, {len(setup.runs) - todo} done, {todo} to do"


def _amount(setup: "PlannedRuns") -> str:
    """Return how many labelled examples a run may use, in brackets; "" without a limit."""
    limit = setup.experiment.limits.train
    if limit is None or any("limits" in sweep for sweep in setup.experiment.sweep):
        return ""
    loaded = [prepared.loaded for prepared in setup.material.tasks.values()]
    sizes = [len(splits.train) + len(splits.validation) for splits in loaded]
    if len(sizes) != 1:
        return f" (at most {limit:,} labelled examples per task)"
    return f" ({limit:,} of {sizes[0]:,} labelled examples)" if limit < sizes[0] else ""


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}{'s' * (number != 1)}"


def counted_runs(number: int) -> str:
    """Return, for example, `3 runs`."""
    return _counted(number, "run")


def odd_labels(setup: "PlannedRuns") -> list[str]:
    """Return a warning for each group of a task's labels that look the same."""
    tasks = setup.material.tasks
    return [
        f"{name}: {line}" for name in tasks for line in look_alikes(tasks[name].task.output.labels)
    ]


def time_in_words(setup: "PlannedRuns") -> str:
    """Return how long the runs will take, and when the cheap models have been run on all tasks."""
    estimates = [setup.estimates[run.key] for run in setup.todo]
    whole = sum(estimate.seconds for estimate in estimates) / setup.workers
    words = f"about {roughly(whole)} on this machine"
    if fetched := sum(estimate.download_bytes for estimate in estimates):
        words += f", after {size(fetched)} of downloads"
    families = setup.experiment.families
    cheap = [i for i, run in enumerate(setup.todo) if _is_cheap(families[run.baseline])]
    first = sum(e.seconds for e in estimates[: cheap[-1] + 1]) / setup.workers if cheap else 0.0
    if cheap and len(cheap) < len(estimates) and first < whole / 2:
        words += f"; the cheap models on every task after about {roughly(first)}"
    return words


def _is_cheap(family: "type[Baseline]") -> bool:
    return family.full_data_entry or bool(getattr(family, "is_floor", False))


def report_absent(names: "Sequence[str]") -> None:
    """Name the tasks left out of the run because only the user can provide their files."""
    if names:
        listed = ", ".join(names[:6]) + (f" and {len(names) - 6} more" if len(names) > 6 else "")
        err.print(
            f"{_counted(len(names), 'task')} skipped: they need data files you must download "
            f"yourself: {escape(listed)}; `bench show {escape(names[0])}` says how",
            soft_wrap=True,
        )


def report_skips(missing: "Mapping[str, str]") -> None:
    """Report skipped tasks; those that need the same file are listed together."""
    for reason in dict.fromkeys(missing.values()):
        names = ", ".join(name for name, why in missing.items() if why == reason)
        err.print(f"skipped {escape(names)}: {escape(redact(reason))}", soft_wrap=True)


def list_todo(setup: "PlannedRuns", results: Path) -> None:
    """Print the runs to do, each with the reason."""
    from bench.runs.session import reasons_to_run
    from bench.store.store import Store

    reasons = reasons_to_run(setup, Store(results))
    table = Table("model", "tasks", "seed", "why", box=None)
    for run in setup.todo:
        names = ", ".join(rows.task for rows in run.tasks)
        title = f"{run.baseline} {run.variant or ''}" + (" (all examples)" * run.full_data_row)
        table.add_row(escape(title), escape(names), str(run.seed), reasons[run.key])
    out.print(table)

"""A plan in columns, and its totals in words."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from rich.markup import escape
from rich.table import Table

from bench.cli.duration import roughly, size

if TYPE_CHECKING:
    from bench.runs.estimates.fitting import Fitting
    from bench.runs.planning.run_spec import Run
    from bench.runs.session import PlannedRuns

ORIGINS = {
    "stored": "finished runs of this machine",
    "calibrated": "small fits that measured this machine",
    "arithmetic": "arithmetic (may be off by a factor of 3)",
}


NUMBERS = 42
"""Columns of a terminal that the numbers take."""


def plan_table(plan: "Sequence[Fitting]", width: int) -> Table:
    """Return the plan, a line for each entry on each task; seeds stand together.

    Args:
        plan: the runs to do, each with what stands against it.
        width: columns of the terminal; names are cut to leave the numbers whole.
    """
    cells = _cells(plan)
    names = max(24, width - NUMBERS)
    task = min(names // 2, max((len(_tasks(cell[0].run)) for cell in cells), default=1))
    table = Table(box=None, pad_edge=False, padding=(0, 1, 0, 0))
    table.add_column("model", overflow="ellipsis", no_wrap=True, max_width=names - task)
    table.add_column("task", overflow="ellipsis", no_wrap=True, max_width=task)
    fetching = any(one.estimate.download_bytes for one in plan if not one.obstacle)
    for name in ("learns", " tests", "  time", " memory", *(["download"] if fetching else [])):
        table.add_column(name, justify="right", no_wrap=True, min_width=len(name))
    for cell in cells:
        first = cell[0]
        took = sum(one.estimate.seconds for one in cell)
        fetched = 0 if first.obstacle else sum(one.estimate.download_bytes for one in cell)
        table.add_row(
            escape(_entry(first.run, len(cell))),
            escape(_tasks(first.run)),
            f"{_labelled(first.run):,}",
            f"{sum(_tested(first.run)):,}",
            "no" if first.obstacle else roughly(took),
            size(max(one.estimate.memory_bytes for one in cell)),
            *([size(fetched) if fetched else ""] if fetching else []),
            style="dim" if first.obstacle else "",
        )
    return table


def _cells(plan: "Sequence[Fitting]") -> "list[list[Fitting]]":
    cells = dict[tuple[object, ...], "list[Fitting]"]()
    for one in plan:
        run = one.run
        names = tuple(rows.task for rows in run.tasks)
        known = (run.baseline, run.variant, run.full_data_row, names, one.obstacle)
        cells.setdefault(known, []).append(one)
    return list(cells.values())


def _entry(run: "Run", seeds: int) -> str:
    parts = [run.variant] if run.variant else []
    parts += ["all"] if run.full_data_row else []
    parts += [f"{seeds} seeds"] if seeds > 1 else []
    return run.baseline + (f" ({', '.join(parts)})" if parts else "")


def _tasks(run: "Run") -> str:
    return run.tasks[0].task if len(run.tasks) == 1 else f"{len(run.tasks)} tasks"


def _labelled(run: "Run") -> int:
    """Return the labelled examples that a fit is given."""
    return sum(
        len(rows.folds[0].train) + len(rows.folds[0].validation)
        if rows.folds
        else len(rows.train) + len(rows.validation)
        for rows in run.tasks
    )


def _tested(run: "Run") -> list[int]:
    return [
        sum(len(fold.test) for fold in rows.folds) if rows.folds else len(rows.test)
        for rows in run.tasks
    ]


def totals(setup: "PlannedRuns", plan: "Sequence[Fitting]", hours: float | None) -> Iterator[str]:
    """Yield the lines below the table: what cannot run, and what the rest takes.

    Args:
        setup: the planned runs.
        plan: the runs to do, each with what stands against it.
        hours: the time that there is; None: any.
    """
    for obstacle in dict.fromkeys(one.obstacle for one in plan if one.obstacle):
        titles = dict.fromkeys(one.run.title for one in plan if one.obstacle == obstacle)
        more = f" and {len(titles) - 4} more" if len(titles) > 4 else ""
        yield escape(f"cannot run: {', '.join([*titles][:4])}{more}: {obstacle}")
    done = len(setup.runs) - len(setup.todo)
    before = f" ({done} more are done)" if done else ""
    fit = [one for one in plan if not one.obstacle]
    took = sum(one.estimate.seconds for one in fit) / setup.workers
    runs = f"{len(fit)} run{'s' * (len(fit) != 1)}{before}"
    if hours is not None:
        runs += f" fit into {hours:g} h"
    if not fit:
        yield _nothing(plan, done)
        return
    yield escape(
        f"total: {runs}, about {roughly(took)} on {setup.estimator.machine.name}{_rest(fit)}"
    )
    yield _origin(fit)


def _nothing(plan: "Sequence[Fitting]", done: int) -> str:
    """Return why nothing is left to run."""
    if not plan:
        return "nothing to run" + (
            f": {done} run{'s are' if done > 1 else ' is'} done" if done else ""
        )
    cheapest = min(plan, key=lambda one: one.estimate.seconds)
    took, needs = roughly(cheapest.estimate.seconds), size(cheapest.estimate.memory_bytes)
    return escape(f"nothing fits: {cheapest.run.title} alone takes {took} and {needs} of memory")


def _rest(fit: "Sequence[Fitting]") -> str:
    most = max(one.estimate.memory_bytes for one in fit)
    fetched = sum(one.estimate.download_bytes for one in fit)
    return f", {size(most)} of memory" + (f", {size(fetched)} to download" if fetched else "")


def _origin(fit: "Sequence[Fitting]") -> str:
    """Return where the times come from, each source with its models."""
    models = dict[str, list[str]]()
    for one in fit:
        known = models.setdefault(one.estimate.origin, [])
        if one.run.baseline not in known:
            known.append(one.run.baseline)
    if len(models) == 1:
        return f"times from {ORIGINS[next(iter(models))]}"
    told = (f"{ORIGINS[origin]}: {escape(', '.join(names))}" for origin, names in models.items())
    return "times from " + "; ".join(told)

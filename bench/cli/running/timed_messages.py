"""The messages of `bench run` for a given time: the plan before it is run, and what is left."""

from typing import TYPE_CHECKING

from rich.markup import escape
from rich.table import Table

from bench.cli.console import err, note
from bench.cli.duration import duration, roughly

if TYPE_CHECKING:
    from bench.runs.timed.choosing import Chosen
    from bench.runs.timed.timed_plan import EntryOfPlan
    from bench.runs.timed_session import TimedRuns


def show_plan(timed: "TimedRuns", seconds: float) -> None:
    """Print what will be tried: each entry with its size and what it is estimated to take.

    Args:
        timed: the plan with its runs.
        seconds: the time that was given.
    """
    chosen = timed.chosen
    if chosen is None:
        return
    if timed.aside is not None:
        was = "planned other tasks, or these before they changed"
        note(f"{timed.path} {was}: it is kept as {timed.aside.name}")
    open_entries = [entry for entry in chosen.plan.entries if _is_open(entry, timed)]
    whole = sum(estimate.seconds for estimate in timed.setup.estimates.values())
    if open_entries:
        err.print(f"in {duration(seconds)} will be tried, in about {roughly(whole)}:")
        err.print(_table(open_entries, several=len(chosen.plan.tasks) > 1))
        err.print(_tested(chosen), soft_wrap=True)
    else:
        err.print(_nothing_left(chosen, seconds), soft_wrap=True)
    for step in chosen.left_out:
        size, takes = f"{step.entry.train:,} labelled examples", roughly(step.seconds)
        words = f"left out: {step.entry.baseline}, which with {size} would take about {takes}"
        err.print(escape(words), soft_wrap=True)


def _is_open(entry: "EntryOfPlan", timed: "TimedRuns") -> bool:
    """Return whether runs of an entry are still to be done."""
    assert timed.chosen is not None
    recipe = timed.chosen.plan.recipes[entry.recipe]
    return any(
        (run.baseline, run.params) == (recipe.baseline, recipe.params)
        and tuple(rows.task for rows in run.tasks) == entry.tasks
        and (None if run.full_data_row else run.limit.train) == entry.train
        for run in timed.setup.todo
    )


def _nothing_left(chosen: "Chosen", seconds: float) -> str:
    if chosen.exhausted:
        return (
            "nothing is left to try, in any time: the models that can still lead have had all "
            "labelled examples and their seeds; choose other models with -b"
        )
    return (
        "nothing more can be tried in this time: give more of it, e.g. --time "
        f"{max(2, round(seconds / 30))}m, or choose other models with -b"
    )


def _table(entries: "list[EntryOfPlan]", *, several: bool) -> Table:
    table = Table(box=None, pad_edge=False)
    table.add_column("model")
    if several:
        table.add_column("task")
    table.add_column("labelled examples", justify="right")
    table.add_column("seeds", justify="right")
    table.add_column("about", justify="right")
    for entry in entries:
        size = "all" if entry.train is None else f"{entry.train:,}"
        named = entry.tasks[0] if len(entry.tasks) == 1 else f"{len(entry.tasks)} tasks"
        cells = [escape(entry.recipe), *([escape(named)] if several else [])]
        table.add_row(*cells, size, str(len(entry.seeds)), roughly(entry.seconds))
    return table


def _tested(chosen: "Chosen") -> str:
    plan = chosen.plan
    return (
        f"each answers at most {plan.test:,} test examples; models are ranked with "
        f"{plan.smallest:,} labelled examples, and all sizes compete for the recommendation"
    )


def show_put_off(count: int) -> None:
    """Say that runs were not started, as the time is over."""
    if count:
        runs, were, them = (
            ("1 run", "was", "it") if count == 1 else (f"{count} runs", "were", "them")
        )
        err.print(
            f"{runs} of the plan would have ended too late and {were} not started: the same "
            f"command does {them} first",
            soft_wrap=True,
        )

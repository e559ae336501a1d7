"""One `bench run` on a terminal: what is planned, how it goes on, and the board at its end."""

from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from rich.markup import escape

from bench.cli import report as cli_report
from bench.cli.console import complain, err, note, out
from bench.cli.running.live_page import LivePage, refuse
from bench.cli.running.run_kinds import Asked, Prepared, prepare_runs
from bench.cli.running.run_messages import (
    counted_runs,
    list_todo,
    odd_labels,
    plan_in_words,
    report_absent,
    report_skips,
    time_in_words,
)
from bench.cli.running.timed_messages import show_plan, show_put_off

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from bench.runs.session import PlannedRuns
    from bench.runs.workers.pool import Event

WORTH_MEASURING = 120.0
"""Expected seconds of all runs from which on measuring the machine beforehand takes little of
them."""
SHORT = 20.0
"""Seconds of a family's runs from which on its speed matters, and those after which the measuring
ends, since a board is wanted soon."""


def carry_on(wanted: Asked) -> int:
    """Run what is missing and show it.

    Returns:
        The exit code: 2 for mistakes in the request, 1 for failed runs, 128 plus the signal's
        number after an interrupt.
    """
    from bench.cli.running.interrupts import Interrupts

    with Interrupts() as interrupts:
        try:
            return _run_all(wanted)
        except (KeyboardInterrupt, OSError) as error:
            # A closed terminal accepts no final message, nor a live table's.
            if isinstance(error, OSError) and not interrupts.number:
                raise
            with suppress(OSError):
                words = "all finished runs are stored. Run the same command again to continue."
                err.print(f"{interrupts.words}; {words}")
                # From here on a signal ends the command at once, so not before the line is out.
                interrupts.cleaned = True
                if interrupts.by_hand:
                    _board_so_far(wanted.options.results)
            return interrupts.code


def _run_all(wanted: Asked) -> int:
    if wanted.page:
        refuse(wanted.page)
    prepared, options = _set_up(wanted), wanted.options
    setup = prepared.setup
    if (wanted.why or (wanted.dry_run and prepared.deadline is None)) and setup.todo:
        list_todo(setup, options.results)
    prepared.write(wanted.output)
    if wanted.dry_run:
        report_skips(setup.material.missing)
        out.print(counted_runs(len(setup.todo)) + " to do")
        return _exit_code(setup, failed=0)
    if setup.todo and prepared.deadline is None:
        prepared = replace(prepared, setup=_measured(setup, wanted))
        err.print(escape(time_in_words(prepared.setup)), soft_wrap=True)
    with _page(options.results, wanted.page) as changed:
        failed = _carry_out(prepared, wanted, changed)
    if setup.todo:
        _board_so_far(options.results)
    report_skips(setup.material.missing)
    if setup.runs:
        folder = escape(str(options.results))
        err.print(f"next: bench report --results {folder} --format html", soft_wrap=True)
    elif not setup.mistakes:
        complain("nothing was run: no task has its data")
    return _exit_code(setup, failed)


def _exit_code(setup: "PlannedRuns", failed: int) -> int:
    """Return 2 for mistakes in the user's own plugins, 1 for failed runs or where none is
    possible."""
    return 2 if setup.mistakes else int(failed > 0 or not setup.runs)


def _set_up(wanted: Asked) -> Prepared:
    """Plan the runs and report on them."""
    from bench.runs.planning.default_folds import told

    with err.status("loading data") as status:

        def measuring(name: str) -> None:
            status.update(f"measuring this machine, once: {escape(name)}")

        def loading(step: str) -> None:
            status.update(f"loading data {escape(step)}")

        prepared = prepare_runs(wanted, loading, measuring)
    setup = prepared.setup
    for line in setup.mistakes:
        complain(line)
    if setup.runs:
        err.print(plan_in_words(setup), soft_wrap=True)
        err.print(escape(str(setup.threads)), soft_wrap=True)
    if setup.threads.note:
        note(setup.threads.note)
    for line in told(setup.runs, avoidable=prepared.timed is None):
        err.print(escape(line), soft_wrap=True)
    for line in odd_labels(setup):
        note(line)
    report_absent(setup.material.absent)
    if prepared.timed is not None and prepared.deadline is not None:
        show_plan(prepared.timed, prepared.deadline.seconds)
    return prepared


def _measured(setup: "PlannedRuns", wanted: Asked) -> "PlannedRuns":
    """Measure how fast this machine is, once, where the runs take long enough to be worth it."""
    from bench.runs.session import measured

    if sum(estimate.seconds for estimate in setup.estimates.values()) < WORTH_MEASURING:
        return setup
    with err.status("measuring this machine, once") as status:

        def show(name: str) -> None:
            status.update(f"measuring this machine, once: {escape(name)}")

        return measured(setup, wanted.request, wanted.options, show, least=SHORT, patience=SHORT)


@contextmanager
def _page(results: Path, target: Path | None) -> "Iterator[Callable[[], None]]":
    """Give a function to call when a run has finished, upon which the page is written."""
    if target is None:
        yield lambda: None
        return
    page = LivePage(results, target)
    try:
        with page:
            yield page.change
    finally:
        if page.written:
            err.print(f"wrote {escape(str(target))}", soft_wrap=True)
        if page.problem:
            note(f"the page could not be written: {page.problem}")


def _carry_out(prepared: Prepared, wanted: Asked, changed: "Callable[[], None]") -> int:
    """Execute the runs and return the number of failed runs; `changed` is called after each."""
    from bench.cli.running.progress import Screen
    from bench.runs.estimates.time_left import TimeLeft

    setup = prepared.setup
    left = TimeLeft(setup.estimates, {run.key: run for run in setup.todo}, setup.workers)
    for key in setup.damaged:
        note(f"runs/{key[:12]}… was damaged: moved to damaged/ and run again")
    failed = 0
    with Screen(err, len(setup.todo), left) as screen:

        def show(event: "Event") -> None:
            nonlocal failed
            failed += event.status == "failed"
            screen.show(event)
            if event.kind == "finished":
                changed()

        prepared.carry_out(wanted, show)
    if prepared.deadline is not None:
        show_put_off(len(prepared.deadline.put_off))
    return failed


def _board_so_far(results: Path) -> None:
    from bench.store.store import Store

    if Store(results).has_runs:
        shown = cli_report.board_shown(results, cli_report.terminal_view)
        out.print(shown.made)

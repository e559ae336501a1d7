"""The command `bench run`: parse, call, print."""

from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape

from bench.cli import report as cli_report
from bench.cli.console import (
    Data,
    Names,
    Offline,
    Plugins,
    Results,
    complain,
    err,
    note,
    out,
)
from bench.cli.help_layout import AMOUNT, EXECUTION, SELECTION, Command
from bench.cli.run_messages import (
    counted_runs,
    list_todo,
    odd_labels,
    plan_in_words,
    report_absent,
    report_skips,
)

if TYPE_CHECKING:
    from bench.runs.planning.experiment import RunRequest
    from bench.runs.session import PlannedRuns, RunOptions
    from bench.runs.workers.pool import Event


app = typer.Typer()


@app.command(cls=Command, rich_help_panel="Train and compare")
def run(
    experiment: Annotated[
        str, typer.Argument(help="A TOML file or a name: `bench list experiments` shows them.")
    ] = "",
    task: Annotated[
        Names,
        typer.Option(
            "-t", "--task", metavar="NAME", help="A task; repeatable.", rich_help_panel=SELECTION
        ),
    ] = None,
    suite: Annotated[
        Names,
        typer.Option(
            metavar="NAME", help="All tasks of a suite; repeatable.", rich_help_panel=SELECTION
        ),
    ] = None,
    everything: Annotated[
        bool,
        typer.Option("--all", help="All tasks whose data is available.", rich_help_panel=SELECTION),
    ] = False,
    baseline: Annotated[
        Names,
        typer.Option(
            "-b",
            "--baseline",
            metavar="NAME",
            help="A model; repeatable. Default: all.",
            rich_help_panel=SELECTION,
        ),
    ] = None,
    profile: Annotated[
        str,
        typer.Option(
            metavar="quick|full",
            help="Limits and parameters. Default: full with a GPU, else quick.",
            rich_help_panel=SELECTION,
        ),
    ] = "",
    seed: Annotated[
        list[int] | None,
        typer.Option(
            min=0,
            max=2**32 - 1,  # as `bench.runs.planning.profiles.LARGEST_SEED`
            metavar="N",
            help="A seed; repeatable.",
            rich_help_panel=SELECTION,
        ),
    ] = None,
    setting: Annotated[
        Names,
        typer.Option(
            "--set",
            metavar="BASELINE.PARAM=VALUE",
            help="Set a parameter; repeatable. [1, 2] tries both values.",
            rich_help_panel=SELECTION,
        ),
    ] = None,
    limit_train: Annotated[
        int | None,
        typer.Option(
            metavar="N",
            help="Use at most N labelled examples of each task (training and validation).",
            rich_help_panel=AMOUNT,
        ),
    ] = None,
    limit_test: Annotated[
        int | None,
        typer.Option(
            metavar="N",
            help="Use at most N test examples of each task.",
            rich_help_panel=AMOUNT,
        ),
    ] = None,
    folds: Annotated[
        int | None,
        typer.Option(
            metavar="K",
            help="K-fold cross-validation: test every example by a model trained on the other "
            "folds; 0: never. Default: 5 for a task without a test split of its own that has few "
            "examples.",
            rich_help_panel=AMOUNT,
        ),
    ] = None,
    score_train: Annotated[
        bool,
        typer.Option(
            "--score-train", help="Also score the training examples.", rich_help_panel=AMOUNT
        ),
    ] = False,
    dry_run: Annotated[
        bool,
        typer.Option("--dry-run", help="List the runs; run nothing.", rich_help_panel=EXECUTION),
    ] = False,
    why: Annotated[
        bool,
        typer.Option(
            "--why", help="Say why each run is not up to date.", rich_help_panel=EXECUTION
        ),
    ] = False,
    rerun: Annotated[
        bool, typer.Option("--rerun", help="Repeat finished runs.", rich_help_panel=EXECUTION)
    ] = False,
    strict: Annotated[
        bool,
        typer.Option(
            "--strict", help="Stop if a data check finds anything.", rich_help_panel=EXECUTION
        ),
    ] = False,
    jobs: Annotated[
        int | None,
        typer.Option(
            min=1,
            metavar="N",
            help="Worker processes. Default: one per visible GPU, else 1. Measured times are "
            "upper bounds if workers share cores or a GPU.",
            rich_help_panel=EXECUTION,
        ),
    ] = None,
    threads: Annotated[
        int | None,
        typer.Option(
            min=1,
            max=1024,
            metavar="N",
            help="Threads per worker. Default: as before in the results folder; in a new one, the "
            "available cores divided by the workers.",
            rich_help_panel=EXECUTION,
        ),
    ] = None,
    results: Results = Path("results"),
    data: Data = None,
    plugins: Plugins = None,
    offline: Offline = False,
) -> None:
    """Train and score models; finished results are reused."""
    from bench.runs.planning.experiment import RunRequest
    from bench.runs.session import RunOptions

    request = RunRequest(
        experiment=experiment,
        everything=everything,
        tasks=task or (),
        suites=suite or (),
        baselines=baseline or (),
        profile=profile,
        seeds=seed or (),
        limit_train=limit_train,
        limit_test=limit_test,
        settings=setting or (),
        folds=folds,
        score_train=score_train,
        plugins=plugins or (),
    )
    options = RunOptions(results, data or (), offline, strict, rerun, jobs, threads)
    raise typer.Exit(_run(request, options, dry_run=dry_run, why=why))


def _run(request: "RunRequest", options: "RunOptions", *, dry_run: bool, why: bool) -> int:
    """Return the exit code: 2 for mistakes in the request, 1 for failed runs, 128 plus the
    signal's number after an interrupt."""
    from bench.cli.interrupts import Interrupts

    with Interrupts() as interrupts:
        try:
            return _run_all(request, options, dry_run=dry_run, why=why)
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
                    _board_so_far(options.results)
            return interrupts.code


def _run_all(request: "RunRequest", options: "RunOptions", *, dry_run: bool, why: bool) -> int:
    setup = _set_up(request, options)
    if (why or dry_run) and setup.todo:
        list_todo(setup, options.results)
    if dry_run:
        report_skips(setup.material.missing)
        out.print(counted_runs(len(setup.todo)) + " to do")
        return _exit_code(setup, failed=0)
    failed = _carry_out(setup, request, options)
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


def _set_up(request: "RunRequest", options: "RunOptions") -> "PlannedRuns":
    """Plan the runs and report on them."""
    from bench.runs.planning.default_folds import told
    from bench.runs.session import set_up

    with err.status("loading data") as status:
        setup = set_up(request, options, lambda step: status.update(f"loading data {escape(step)}"))
    for line in setup.mistakes:
        complain(line)
    if setup.runs:
        err.print(plan_in_words(setup), soft_wrap=True)
        err.print(escape(str(setup.threads)), soft_wrap=True)
    if setup.threads.note:
        note(setup.threads.note)
    for line in told(setup.runs):
        err.print(escape(line), soft_wrap=True)
    for line in odd_labels(setup):
        note(line)
    report_absent(setup.material.absent)
    return setup


def _carry_out(setup: "PlannedRuns", request: "RunRequest", options: "RunOptions") -> int:
    """Execute the runs and return the number of failed runs."""
    from bench.cli.progress import Screen
    from bench.runs.session import carry_out

    for key in setup.damaged:
        note(f"runs/{key[:12]}… was damaged: moved to damaged/ and run again")
    failed = 0
    with Screen(err, len(setup.todo)) as screen:

        def show(event: "Event") -> None:
            nonlocal failed
            failed += event.status == "failed"
            screen.show(event)

        carry_out(setup, request, options, show)
    return failed


def _board_so_far(results: Path) -> None:
    from bench.store.store import Store

    if Store(results).has_runs:
        shown = cli_report.board_shown(results, cli_report.terminal_view)
        out.print(shown.made)

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
from bench.cli.run_kinds import Asked, Prepared, asked, prepare_runs
from bench.cli.run_messages import (
    counted_runs,
    list_todo,
    plan_in_words,
    report_absent,
    report_skips,
)
from bench.cli.timed_messages import show_plan, show_put_off

if TYPE_CHECKING:
    from bench.runs.session import PlannedRuns
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
        typer.Option(min=0, metavar="N", help="A seed; repeatable.", rich_help_panel=SELECTION),
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
    time: Annotated[
        str,
        typer.Option(
            metavar="10m",
            help="How long to take, e.g. 90s, 10m or 1h30m: models and numbers of labelled "
            "examples are chosen to fit. Again: the plan is finished, then grows. Default: 10m for "
            "tasks of your own without a GPU, where nothing else says how much to run.",
            rich_help_panel=AMOUNT,
        ),
    ] = "",
    output: Annotated[
        Path | None,
        typer.Option(
            "-o",
            "--output",
            metavar="FILE",
            help="With --time: write the plan here, too; `bench run FILE` repeats it.",
            rich_help_panel=EXECUTION,
        ),
    ] = None,
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
    wanted = asked(
        experiment=experiment,
        task=task,
        suite=suite,
        everything=everything,
        baseline=baseline,
        profile=profile,
        seed=seed,
        setting=setting,
        limit_train=limit_train,
        limit_test=limit_test,
        folds=folds,
        score_train=score_train,
        rerun=rerun,
        strict=strict,
        jobs=jobs,
        threads=threads,
        results=results,
        data=data,
        plugins=plugins,
        offline=offline,
        time=time,
        output=output,
        dry_run=dry_run,
        why=why,
    )
    raise typer.Exit(_run(wanted))


def _run(wanted: Asked) -> int:
    """Return the exit code: 2 for mistakes in the request, 1 for failed runs, 128 plus the
    signal's number after an interrupt."""
    from bench.cli.interrupts import Interrupts

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
    prepared, options = _set_up(wanted), wanted.options
    setup = prepared.setup
    if (wanted.why or (wanted.dry_run and prepared.deadline is None)) and setup.todo:
        list_todo(setup, options.results)
    prepared.write(wanted.output)
    if wanted.dry_run:
        report_skips(setup.material.missing)
        out.print(counted_runs(len(setup.todo)) + " to do")
        return _exit_code(setup, failed=0)
    failed = _carry_out(prepared, wanted)
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
        prepared = prepare_runs(wanted, lambda step: status.update(f"loading data {escape(step)}"))
    setup = prepared.setup
    for line in setup.mistakes:
        complain(line)
    if setup.runs:
        err.print(plan_in_words(setup), soft_wrap=True)
        err.print(escape(str(setup.threads)), soft_wrap=True)
    if setup.threads.note:
        note(setup.threads.note)
    for line in told(setup.runs):
        err.print(escape(line), soft_wrap=True)
    report_absent(setup.material.absent)
    if prepared.timed is not None and prepared.deadline is not None:
        show_plan(prepared.timed, prepared.deadline.seconds)
    return prepared


def _carry_out(prepared: Prepared, wanted: Asked) -> int:
    """Execute the runs and return the number of failed runs."""
    from bench.cli.progress import Screen

    setup = prepared.setup
    for key in setup.damaged:
        note(f"runs/{key[:12]}… was damaged: moved to damaged/ and run again")
    failed = 0
    with Screen(err, len(setup.todo)) as screen:

        def show(event: "Event") -> None:
            nonlocal failed
            failed += event.status == "failed"
            screen.show(event)

        prepared.carry_out(wanted, show)
    if prepared.deadline is not None:
        show_put_off(len(prepared.deadline.put_off))
    return failed


def _board_so_far(results: Path) -> None:
    from bench.store.store import Store

    if Store(results).has_runs:
        shown = cli_report.board_shown(results, cli_report.terminal_view)
        out.print(shown.made)

"""The command `bench run`: parse, call, print."""

from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape
from rich.table import Table

from bench.cli import report as cli_report
from bench.cli.console import Data, Names, Plugins, Results, complain, err, out
from bench.redaction import redact

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bench.runs.planning.experiment import RunRequest
    from bench.runs.session import PlannedRuns, RunOptions
    from bench.runs.workers.pool import Event


app = typer.Typer()


@app.command()
def run(
    experiment: Annotated[
        str, typer.Argument(help="A TOML file, or a shipped one: see `bench list experiments`.")
    ] = "",
    everything: Annotated[bool, typer.Option("--all", help="Every task and baseline.")] = False,
    task: Annotated[Names, typer.Option("-t", "--task", help="A task; repeatable.")] = None,
    baseline: Annotated[
        Names, typer.Option("-b", "--baseline", help="A baseline; repeatable. Default: all.")
    ] = None,
    suite: Annotated[Names, typer.Option(help="All tasks of a suite; repeatable.")] = None,
    profile: Annotated[
        str, typer.Option(help="quick or full. Default: full with a GPU, else quick.")
    ] = "",
    seed: Annotated[list[int] | None, typer.Option(min=0, help="A seed; repeatable.")] = None,
    limit_train: Annotated[
        int | None, typer.Option(help="Labelled rows a task, validation among them.")
    ] = None,
    limit_test: Annotated[int | None, typer.Option(help="Test rows a task.")] = None,
    setting: Annotated[
        Names,
        typer.Option(
            "--set",
            metavar="BASELINE.PARAM=VALUE",
            help="A parameter; repeatable. [1, 2] tries both.",
        ),
    ] = None,
    folds: Annotated[
        int | None,
        typer.Option(metavar="K", help="Test every row, by a fit on the other K - 1 of K parts."),
    ] = None,
    score_train: Annotated[
        bool, typer.Option(help="Score the rows that were learnt from, too.")
    ] = False,
    results: Results = Path("results"),
    data: Data = None,
    plugins: Plugins = None,
    dry_run: Annotated[bool, typer.Option(help="Say what would be run; run nothing.")] = False,
    why: Annotated[bool, typer.Option(help="Say why each cell must be run.")] = False,
    rerun: Annotated[bool, typer.Option(help="Run cells again that are done.")] = False,
    jobs: Annotated[
        int | None,
        typer.Option(
            min=1,
            help="Worker processes. Default: one a visible GPU, which it has to itself, else 1. "
            "More than 1 blurs the cost columns, but not the GPU's part of them while each worker "
            "has a GPU to itself and cores enough. Several on one GPU take turns there, unless "
            "NVIDIA's MPS runs.",
        ),
    ] = None,
    threads: Annotated[
        int | None,
        typer.Option(
            min=1,
            max=1024,
            metavar="N",
            help="Threads that one worker computes with. Default: as before in the results folder; "
            "in a new one the cores that this process may use, divided by the workers.",
        ),
    ] = None,
    offline: Annotated[bool, typer.Option(help="Never ask the network.")] = False,
    strict: Annotated[bool, typer.Option(help="Stop when a data check finds anything.")] = False,
) -> None:
    """Fit and score baselines on tasks; finished runs are not repeated."""
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
    """Return the exit code: 2 for mistakes in the request, 1 for failed cells, 128 plus the
    signal's number after an interrupt."""
    from bench.cli.interrupts import Interrupts

    with Interrupts() as interrupts:
        try:
            return _run_all(request, options, dry_run=dry_run, why=why)
        except (KeyboardInterrupt, OSError) as error:
            # A closed terminal accepts no final message, nor a live table's.
            if isinstance(error, OSError) and not interrupts.number:
                raise
            interrupts.cleaned = True
            with suppress(OSError):
                words = "every finished cell is kept. Run the same command to go on."
                err.print(f"{interrupts.words}; {words}")
                if interrupts.by_hand:
                    _board_so_far(options.results)
            return interrupts.code


def _run_all(request: "RunRequest", options: "RunOptions", *, dry_run: bool, why: bool) -> int:
    setup = _set_up(request, options)
    if why or dry_run:
        _list_todo(setup, options.results)
    if dry_run:
        _say_skips(setup.material.missing)
        out.print(f"{len(setup.todo)} run{'s' * (len(setup.todo) != 1)} to do")
        return 2 if setup.mistakes else 0
    failed = _carry_out(setup, request, options)
    if setup.todo:
        _board_so_far(options.results)
    _say_skips(setup.material.missing)
    folder = escape(str(options.results))
    err.print(f"next: bench report --results {folder} --format html", soft_wrap=True)
    return 2 if setup.mistakes else int(failed > 0)


def _set_up(request: "RunRequest", options: "RunOptions") -> "PlannedRuns":
    """Plan the runs and report on them."""
    from bench.runs.session import set_up

    with err.status("reading tasks") as status:
        setup = set_up(request, options, lambda name: status.update(f"reading {escape(name)}"))
    for line in setup.mistakes:
        complain(line)
    done, known = len(setup.runs) - len(setup.todo), setup.experiment
    err.print(
        f"{len(setup.material.tasks)} tasks × {len(known.families)} baselines, profile "
        f"{known.profile}: {len(setup.runs)} cells, {done} done, {len(setup.todo)} to do"
    )
    err.print(escape(str(setup.threads)), soft_wrap=True)
    if setup.threads.note:
        err.print(escape(setup.threads.note), soft_wrap=True)
    _say_absent(setup.material.absent)
    return setup


def _carry_out(setup: "PlannedRuns", request: "RunRequest", options: "RunOptions") -> int:
    """Execute the runs and return the number of failed cells."""
    from bench.cli.progress import Screen
    from bench.runs.session import carry_out

    for key in setup.damaged:
        err.print(f"runs/{key[:12]}… is damaged: moved to damaged/, and run again")
    failed = 0
    with Screen(err, len(setup.todo)) as screen:

        def show(event: "Event") -> None:
            nonlocal failed
            failed += event.status == "failed"
            screen.show(event)

        carry_out(setup, request, options, show)
    return failed


def _say_absent(names: "Sequence[str]") -> None:
    if names:
        listed = ", ".join(names[:6]) + (f" and {len(names) - 6} more" if len(names) > 6 else "")
        err.print(
            f"{len(names)} tasks left out, whose data only you can bring: {escape(listed)}; "
            f"'bench run -t {escape(names[0])}' says how",
            soft_wrap=True,
        )


def _say_skips(missing: "Mapping[str, str]") -> None:
    """Report skipped tasks; those that need the same file are listed together."""
    for reason in dict.fromkeys(missing.values()):
        names = ", ".join(name for name, why in missing.items() if why == reason)
        err.print(f"skipped {escape(names)}: {escape(redact(reason))}", soft_wrap=True)


def _list_todo(setup: "PlannedRuns", results: Path) -> None:
    from bench.runs.session import reasons_to_run
    from bench.store.store import Store

    reasons = reasons_to_run(setup, Store(results))
    table = Table("baseline", "tasks", "seed", "why", box=None)
    for one in setup.todo:
        names = ", ".join(rows.task for rows in one.tasks)
        title = f"{one.baseline} {one.variant or ''}" + (" (all rows)" * one.full_data_row)
        table.add_row(escape(title), escape(names), str(one.seed), reasons[one.key])
    out.print(table)


def _board_so_far(results: Path) -> None:
    from bench.store.store import Store

    if Store(results).has_runs:
        shown = cli_report.board_shown(results, cli_report.terminal_view)
        out.print(shown.made)

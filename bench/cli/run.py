"""The command `bench run`: parse, call, print."""

from pathlib import Path
from typing import Annotated

import typer

from bench.cli.console import Data, Names, Offline, Plugins, Results
from bench.cli.help_layout import AMOUNT, EXECUTION, SELECTION, Command
from bench.cli.running.carry_on import carry_on
from bench.cli.running.run_kinds import asked

app = typer.Typer()


@app.command(cls=Command, rich_help_panel="Train and compare")
def run(
    experiment: Annotated[
        str,
        typer.Argument(
            help="A TOML file (an experiment, or a plan.toml) or a name: `bench list experiments` "
            "shows them."
        ),
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
    page: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Write the leaderboard as an HTML page while runs finish.",
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
        page=page,
    )
    raise typer.Exit(carry_on(wanted))

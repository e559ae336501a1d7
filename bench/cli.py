"""The `bench` command: parse, call, print; the only module that prints."""

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

import bench
from bench.errors import BenchError, UserError, redact
from bench.plugins import Registry

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bench.board import Leaderboard
    from bench.execute import Event
    from bench.experiment import Request
    from bench.run import Run
    from bench.session import Options

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Which rung of the ladder does a text task need, from Naive Bayes to QLoRA, "
    "and what does each cost?",
)
new = typer.Typer(no_args_is_help=True, help="Write a working task or baseline to start from.")
app.add_typer(new, name="new")
out, err = Console(), Console(stderr=True)

Results = Annotated[Path, typer.Option(help="The results folder.", show_default=True)]
Plugins = Annotated[
    list[Path] | None,
    typer.Option(help="A folder with tasks/*.py and baselines/*.py of your own; repeatable."),
]
Data = Annotated[
    list[Path] | None,
    typer.Option(help="A folder with the official files of tasks, DIR/<task>/…; repeatable."),
]
Names = list[str] | None


def _version(asked: bool) -> None:
    if asked:
        out.print(f"textbench {bench.__version__}")
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """The options of `bench` itself."""


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
        typer.Option("--set", metavar="BASELINE.PARAM=VALUE", help="A parameter; repeatable."),
    ] = None,
    results: Results = Path("results"),
    data: Data = None,
    plugins: Plugins = None,
    dry_run: Annotated[bool, typer.Option(help="Say what would be run; run nothing.")] = False,
    why: Annotated[bool, typer.Option(help="Say why each cell must be run.")] = False,
    rerun: Annotated[bool, typer.Option(help="Run cells again that are done.")] = False,
    jobs: Annotated[
        int, typer.Option(min=1, help="Worker processes; more than 1 blurs the cost columns.")
    ] = 1,
    offline: Annotated[bool, typer.Option(help="Never ask the network.")] = False,
    strict: Annotated[bool, typer.Option(help="Stop when a data check finds anything.")] = False,
) -> None:
    """Fit and score baselines on tasks; what is done already is not done again."""
    from bench.experiment import Request
    from bench.session import Options

    request = Request(
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
        plugins=plugins or (),
    )
    options = Options(results, data or (), offline, strict, rerun, jobs)
    raise typer.Exit(_run(request, options, dry_run=dry_run, why=why))


def _run(request: "Request", options: "Options", *, dry_run: bool, why: bool) -> int:
    from bench.live import Progress
    from bench.session import carry_out, reasons_to_run, set_up
    from bench.store import Store

    try:
        with err.status("reading tasks") as status:
            setup = set_up(request, options, lambda name: status.update(f"reading {escape(name)}"))
        for line in setup.mistakes:
            _complain(line)
        done = len(setup.runs) - len(setup.todo)
        known = setup.experiment
        err.print(
            f"{len(setup.material.tasks)} tasks × {len(known.families)} baselines, profile "
            f"{known.profile}: {len(setup.runs)} cells, {done} done, {len(setup.todo)} to do"
        )
        if why or dry_run:
            _list_todo(reasons_to_run(setup, Store(options.results)), setup.todo)
        if dry_run:
            return 2 if setup.mistakes else 0
        for key in setup.damaged:
            err.print(f"runs/{key[:12]}… is damaged: moved to damaged/, and run again")
        failed = 0
        with Progress(err, len(setup.todo)) as progress:

            def show(event: "Event") -> None:
                nonlocal failed
                failed += event.status == "failed"
                progress.show(event)

            carry_out(setup, request, options, show)
    except KeyboardInterrupt:
        err.print("interrupted; every finished cell is kept. Run the same command to go on.")
        _board_so_far(options.results)
        return 130
    _board_so_far(options.results)
    _say_skips(setup.material.missing)
    err.print(f"next: bench report --results {options.results} --format html", soft_wrap=True)
    return 2 if setup.mistakes else int(failed > 0)


def _complain(line: str) -> None:
    err.print(f"[red]error:[/red] {escape(redact(line))}", soft_wrap=True)


def _say_skips(missing: "Mapping[str, str]") -> None:
    for name, reason in missing.items():
        err.print(f"skipped {escape(name)}: {escape(reason)}", soft_wrap=True)


def _list_todo(reasons: "Mapping[str, str]", todo: "Sequence[Run]") -> None:
    table = Table("baseline", "tasks", "seed", "why", box=None)
    for one in todo:
        names = ", ".join(rows.task for rows in one.tasks)
        title = f"{one.baseline} {one.variant or ''}" + (" (all rows)" * one.full_data_row)
        table.add_row(escape(title), escape(names), str(one.seed), reasons[one.key])
    out.print(table)


def _board(results: Path) -> "Leaderboard":
    from bench.leaderboard import compute
    from bench.store import Store

    if not (results / "runs").is_dir():
        raise UserError(f"results folder {results}: it holds no runs; `bench run` makes them")
    contents = Store(results).contents()
    return compute(contents.results, contents.problems)


def _board_so_far(results: Path) -> None:
    from bench.reports.terminal import table

    if (results / "runs").is_dir():
        out.print(table(_board(results)))


@app.command()
def report(
    results: Results = Path("results"),
    format: Annotated[
        Literal["html", "md", "csv", "json"] | None,
        typer.Option(help="Default: the board on the terminal."),
    ] = None,
    output: Annotated[
        Path | None, typer.Option("-o", "--output", help="Default: leaderboard.FORMAT; - prints.")
    ] = None,
) -> None:
    """Write the leaderboard of a results folder; never runs a model."""
    board = _board(results)
    for problem in board.problems:
        _complain(f"{problem.where}: {problem.what}")
    if format is None:
        from bench.reports.terminal import table

        out.print(table(board))
        return
    from bench.reports import render

    text = render(board, format)
    if str(output) == "-":
        sys.stdout.write(text)
        return
    target = output or Path(f"leaderboard.{format}")
    try:
        target.write_text(text, encoding="utf-8", newline="")
    except OSError as error:
        raise UserError(f"{target}: {error.strerror}; choose another with -o FILE") from None
    err.print(f"wrote {target} ({len(text.encode()) / 1024:.0f} KiB)", soft_wrap=True)


@app.command(name="list")
def list_(
    what: Annotated[
        Literal["tasks", "baselines", "experiments"] | None, typer.Argument(help="Default: all.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="As JSON.")] = False,
    plugins: Plugins = None,
) -> None:
    """Name the tasks, baselines and experiments there are; imports none of them."""
    from bench.catalogue import catalogue

    kinds = [what] if what else ["tasks", "baselines", "experiments"]
    found = {kind: catalogue(kind, plugins or ()) for kind in kinds}
    if as_json:
        sys.stdout.write(json.dumps(found, indent=2, ensure_ascii=False) + "\n")
        return
    for kind, entries in found.items():
        table = Table("name", "suite", "what it is", title=kind, title_justify="left", box=None)
        for entry in entries:
            what_it_is = escape(entry["summary"])
            if entry["problem"]:
                what_it_is = f"[red]{escape(entry['problem'])}[/red]"
            table.add_row(escape(entry["name"]), entry["suite"], what_it_is)
        out.print(table, "")


@app.command()
def show(
    task: Annotated[str, typer.Argument(help="A task's name.")],
    data: Data = None,
    plugins: Plugins = None,
    offline: Annotated[bool, typer.Option(help="Never ask the network.")] = False,
) -> None:
    """Show a task: rows, label counts, lengths, data checks, three examples, its prompt."""
    from bench.describe import describe

    for block in describe(task, plugins or (), data or (), offline=offline):
        out.print(block)


@app.command()
def check(
    name: Annotated[str, typer.Argument(help="A task or a baseline, shipped or your own.")],
    data: Data = None,
    plugins: Plugins = None,
    offline: Annotated[bool, typer.Option(help="Never ask the network.")] = False,
) -> None:
    """Run the conformance suite on a task or baseline; exit 1 when a fact does not hold."""
    from bench.describe import check_plugin

    findings = check_plugin(name, plugins or (), data or (), offline=offline)
    for finding in findings:
        mark = "[green]ok  [/green]" if finding.passed else "[red]FAIL[/red]"
        detail = f": {finding.detail}" if finding.detail else ""
        out.print(f"{mark} {escape(finding.name + detail)}", soft_wrap=True)
    bad = sum(not finding.passed for finding in findings)
    out.print(f"{len(findings) - bad} of {len(findings)} facts hold")
    raise typer.Exit(int(bad > 0))


@app.command()
def fetch(
    task: Annotated[Names, typer.Argument(help="Task names. Default: all.")] = None,
    model: Annotated[Names, typer.Option(help="A model on the Hub; repeatable.")] = None,
    data: Data = None,
    plugins: Plugins = None,
) -> None:
    """Bring the data of tasks, and model weights, into the cache."""
    from bench.fetch import fetch_models, fetch_tasks

    names = task or ([] if model else Registry("tasks", plugins or ()).names())
    missed = 0
    for step in (*fetch_tasks(names, plugins or (), data or ()), *fetch_models(model or ())):
        with err.status(escape(step.what)):
            outcome = step.do()
        missed += not outcome.ok
        mark = "[green]ok[/green]" if outcome.ok else "[yellow]no[/yellow]"
        err.print(f"{mark} {escape(step.what)}: {escape(outcome.detail)}", soft_wrap=True)
    raise typer.Exit(int(missed > 0))


@app.command()
def doctor() -> None:
    """Tell what this machine has: hardware, versions, what can be reached, caches, threads."""
    from bench.doctor import facts

    table = Table(box=None, show_header=False)
    with err.status("looking"):
        for fact in facts():
            table.add_row(fact.name, escape(fact.value))
    out.print(table)


@new.command("task")
def new_task(
    name: Annotated[str, typer.Argument(help="The task's name.")],
    csv: Annotated[Path, typer.Option(help="A CSV or TSV file with a header line.")],
    text: Annotated[str, typer.Option(help="The column with the text.")],
    label: Annotated[str, typer.Option(help="The column with the label.")],
    plugins: Annotated[Path, typer.Option(help="Where to write tasks/NAME.py.")] = Path("plugins"),
) -> None:
    """Write a task that reads a table of yours; edit it to taste."""
    from bench.scaffold import write_task

    made = write_task(name, csv, text=text, label=label, folder=plugins)
    for note in made.notes:
        err.print(f"[yellow]note:[/yellow] {escape(note)}", soft_wrap=True)
    out.print(f"wrote {made.path}", soft_wrap=True)
    out.print(f"next: bench run -t {name} --plugins {plugins}", soft_wrap=True)


@new.command("baseline")
def new_baseline(
    name: Annotated[str, typer.Argument(help="The baseline's name.")],
    plugins: Annotated[Path, typer.Option(help="Where to write it.")] = Path("plugins"),
) -> None:
    """Write a small baseline that works, to be replaced by yours."""
    from bench.scaffold import write_baseline

    path = write_baseline(name, folder=plugins)
    out.print(f"wrote {path}", soft_wrap=True)
    out.print(f"next: bench check {name} --plugins {plugins}", soft_wrap=True)


def main() -> None:
    """Run the command; a mistake of the user's ends it with one line and exit code 2."""
    try:
        app()
    except BenchError as error:
        _complain(str(error))
        sys.exit(2)
    except KeyboardInterrupt:
        sys.exit(130)

"""The commands that inspect and create plugins: list, show, check, fetch, doctor, new."""

from dataclasses import replace
from pathlib import Path
from typing import Annotated, Literal

import typer
from rich.markup import escape
from rich.table import Table

from bench.cli.console import Data, Names, Plugins, err, out
from bench.cli.safe_console import print_file
from bench.redaction import redact
from bench.registry import Registry
from bench.visible import plain_json

app = typer.Typer()
new = typer.Typer(no_args_is_help=True, help="Write a working task or baseline to start from.")
app.add_typer(new, name="new")


@app.command(name="list")
def list_(
    what: Annotated[
        Literal["tasks", "baselines", "experiments"] | None, typer.Argument(help="Default: all.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="As JSON.")] = False,
    plugins: Plugins = None,
) -> None:
    """List the available tasks, baselines and experiments; imports none of them."""
    from bench.cli.plugin_commands.catalogue import catalogue

    kinds = [what] if what else ["tasks", "baselines", "experiments"]
    found = {kind: catalogue(kind, plugins or ()) for kind in kinds}
    if as_json:
        print_file(plain_json(found, indent=2) + "\n")
        return
    for kind, entries in found.items():
        table = Table("name", "suite", "what it is", title=kind, title_justify="left", box=None)
        for entry in entries:
            what_it_is = escape(entry["summary"])
            if entry["problem"]:
                what_it_is = f"[red]{escape(redact(entry['problem']))}[/red]"
            table.add_row(escape(entry["name"]), escape(entry["suite"]), what_it_is)
        out.print(table, "")


@app.command()
def show(
    task: Annotated[str, typer.Argument(help="A task's name.")],
    prompt: Annotated[
        str | None,
        typer.Option(
            help="Show its prompt instead, byte by byte, in this template: llama2_chat, alpaca, "
            "extremita, or with --model chat (the model's own) or auto."
        ),
    ] = None,
    model: Annotated[
        str | None,
        typer.Option(help="With --prompt: also the token ids of this model, prefix and tail."),
    ] = None,
    wording: Annotated[
        str, typer.Option(help="With --prompt: another of the task's prompts, by its name.")
    ] = "",
    data: Data = None,
    plugins: Plugins = None,
    offline: Annotated[bool, typer.Option(help="Never ask the network.")] = False,
) -> None:
    """Show a task: sizes, label counts, lengths, data checks, three examples, its prompt."""
    from bench.cli.plugin_commands.describe import describe
    from bench.cli.plugin_commands.show_prompt import show_prompt
    from bench.data.source import Source, prepared_task
    from bench.errors import UserError

    if model and not prompt:
        raise UserError("--model needs --prompt: say in which template, as in --prompt auto")
    if wording and not prompt:
        raise UserError("--wording needs --prompt: say in which template, as in --prompt auto")
    if prompt:
        material = prepared_task(task, Source(plugins or (), data or (), offline))
        material = replace(material, task=material.task.worded(wording)) if wording else material
        for block in show_prompt(material, prompt, model, offline=offline):
            out.print(block, soft_wrap=True)
        return
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
    from bench.cli.plugin_commands.describe import check_plugin

    findings = check_plugin(name, plugins or (), data or (), offline=offline)
    for finding in findings:
        mark = "[green]ok  [/green]" if finding.passed else "[red]FAIL[/red]"
        detail = f": {finding.detail}" if finding.detail else ""
        out.print(f"{mark} {escape(redact(finding.name + detail))}", soft_wrap=True)
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
    """Fetch the data of tasks, and model weights, into the cache.

    A task named explicitly also asks for official files that only you can obtain.
    """
    from bench.cli.plugin_commands.fetch import fetch_models, fetch_tasks

    names = task or ([] if model else Registry("tasks", plugins or ()).names())
    missed = 0
    for step in (*fetch_tasks(names, plugins or (), data or ()), *fetch_models(model or ())):
        with err.status(escape(step.what)):
            outcome = step.do()
        if outcome.missing and not task:
            continue  # not requested, and nothing to fetch
        missed += not outcome.ok
        mark = "[green]ok[/green]" if outcome.ok else "[yellow]no[/yellow]"
        err.print(f"{mark} {escape(step.what)}: {escape(redact(outcome.detail))}", soft_wrap=True)
    raise typer.Exit(int(missed > 0))


@app.command()
def doctor() -> None:
    """Report on this machine: hardware, versions, network access, caches, threads."""
    from bench.cli.plugin_commands.doctor import facts

    table = Table(box=None, show_header=False)
    with err.status("looking"):
        for fact in facts():
            table.add_row(fact.name, escape(redact(fact.value)))
    out.print(table)


@new.command("task")
def new_task(
    name: Annotated[str, typer.Argument(help="The task's name.")],
    csv: Annotated[Path, typer.Option(help="A CSV or TSV file with a header line.")],
    text: Annotated[str, typer.Option(help="The column with the text.")],
    label: Annotated[str, typer.Option(help="The column with the label.")],
    plugins: Annotated[Path, typer.Option(help="Where to write tasks/NAME.py.")] = Path("plugins"),
) -> None:
    """Write a task that reads your own table; edit it as you like."""
    from bench.cli.plugin_commands.scaffold import write_task

    made = write_task(name, csv, text=text, label=label, folder=plugins)
    for note in made.notes:
        err.print(f"[yellow]note:[/yellow] {escape(note)}", soft_wrap=True)
    out.print(f"wrote {escape(str(made.path))}", soft_wrap=True)
    out.print(f"next: bench run -t {name} --plugins {escape(str(plugins))}", soft_wrap=True)


@new.command("baseline")
def new_baseline(
    name: Annotated[str, typer.Argument(help="The baseline's name.")],
    plugins: Annotated[Path, typer.Option(help="Where to write it.")] = Path("plugins"),
) -> None:
    """Write a small working baseline, to be replaced by your own."""
    from bench.cli.plugin_commands.scaffold import write_baseline

    path = write_baseline(name, folder=plugins)
    out.print(f"wrote {escape(str(path))}", soft_wrap=True)
    out.print(f"next: bench check {name} --plugins {escape(str(plugins))}", soft_wrap=True)

"""The commands that inspect and create plugins: new, list, show, check, fetch, doctor."""

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer
from rich.markup import escape
from rich.table import Table

from bench.cli.console import Data, Names, Offline, Plugins, err, out
from bench.cli.help_layout import Command, Group
from bench.cli.plugin_commands.new_task import new_task
from bench.cli.safe_console import print_file
from bench.redaction import redact
from bench.registry import Registry
from bench.visible import plain_json

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bench.cli.plugin_commands.catalogue import Entry

app = typer.Typer()
PANEL = "Tasks and models"
new = typer.Typer(
    cls=Group, no_args_is_help=True, help="Write a task for your own data, or a new baseline."
)


@app.command(name="list", cls=Command, rich_help_panel=PANEL)
def list_(
    what: Annotated[
        Literal["tasks", "baselines", "experiments"] | None, typer.Argument(help="Default: all.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    data: Data = None,
    plugins: Plugins = None,
) -> None:
    """List tasks (yours first), models and experiments; * marks tasks that run here as they are."""
    from bench.cli.plugin_commands.catalogue import catalogue, sections
    from bench.files.data_folders import data_folders

    kinds = [what] if what else ["tasks", "baselines", "experiments"]
    folders = data_folders(data or ())
    entries = {kind: catalogue(kind, plugins or (), folders) for kind in kinds}
    if as_json:
        print_file(plain_json(entries, indent=2) + "\n")
        return
    for kind in kinds:
        for section in sections(kind, entries[kind]):
            out.print(f"[bold]{escape(section.heading)}[/bold]", soft_wrap=True)
            out.print(_listed(section.entries), "")
    if "tasks" in kinds:
        out.print(
            "* runs here as it is. `bench show TASK` describes a task, or says what it needs."
        )


def _listed(entries: "Sequence[Entry]") -> Table:
    """Return names and descriptions as a table."""
    table = Table.grid(padding=(0, 2))
    for entry in entries:
        summary = escape(entry["summary"])
        if entry["problem"]:
            summary = f"[red]{escape(redact(entry['problem']))}[/red]"
        mark = "* " if entry.get("runs_here") else "  "
        table.add_row(mark + escape(entry["name"]), summary)
    return table


@app.command(cls=Command, rich_help_panel=PANEL)
def show(
    task: Annotated[str, typer.Argument(help="The task.")],
    prompt: Annotated[
        str | None,
        typer.Option(
            metavar="TEMPLATE",
            help="Show its exact prompt instead, in this template: llama2_chat, alpaca or "
            "extremita; with --model also chat (the model's own) or auto.",
        ),
    ] = None,
    model: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="With --prompt: also show this model's token ids."),
    ] = None,
    wording: Annotated[
        str, typer.Option(metavar="NAME", help="With --prompt: another of the task's prompts.")
    ] = "",
    data: Data = None,
    plugins: Plugins = None,
    offline: Offline = False,
) -> None:
    """Show a task: its data, labels, checks, examples and prompt."""
    from bench.cli.plugin_commands.describe import describe
    from bench.cli.plugin_commands.show_prompt import show_prompt
    from bench.data.source import Source, prepared_task
    from bench.errors import UserError

    if model and not prompt:
        raise UserError("--model needs a template, e.g. --prompt auto")
    if wording and not prompt:
        raise UserError("--wording needs a template, e.g. --prompt auto")
    if prompt:
        material = prepared_task(task, Source(plugins or (), data or (), offline))
        material = (
            replace(material, task=material.task.with_prompt(wording)) if wording else material
        )
        for block in show_prompt(material, prompt, model, offline=offline):
            out.print(block, soft_wrap=True)
        return
    for block in describe(task, plugins or (), data or (), offline=offline):
        out.print(block)


@app.command(cls=Command, rich_help_panel=PANEL)
def check(
    name: Annotated[str, typer.Argument(help="A task or a baseline.")],
    data: Data = None,
    plugins: Plugins = None,
    offline: Offline = False,
) -> None:
    """Check a task or a baseline; exit 1 if a check fails.

    Examples whose files are not at hand are not checked, which is no failure.
    """
    from bench.cli.plugin_commands.describe import check_plugin

    findings = check_plugin(name, plugins or (), data or (), offline=offline)
    for finding in findings:
        mark = _MARKS[finding.passed] if finding.checked else "[yellow]-   [/yellow]"
        detail = f": {finding.detail}" if finding.detail else ""
        out.print(f"{mark} {escape(redact(finding.name + detail))}", soft_wrap=True)
    done = [finding for finding in findings if finding.checked]
    bad = sum(not finding.passed for finding in done)
    left = f", {len(findings) - len(done)} not checked" * (len(done) < len(findings))
    out.print(f"{len(done) - bad} of {len(done)} checks passed{left}")
    raise typer.Exit(int(bad > 0))


_MARKS = {True: "[green]ok  [/green]", False: "[red]FAIL[/red]"}


@app.command(cls=Command, rich_help_panel=PANEL)
def fetch(
    task: Annotated[Names, typer.Argument(help="Tasks. Default: all.")] = None,
    model: Annotated[
        Names, typer.Option(metavar="NAME", help="A model on the Hub; repeatable.")
    ] = None,
    data: Data = None,
    plugins: Plugins = None,
) -> None:
    """Download the data of tasks, and model weights, into the cache.

    For a task that you name, it also says which files you must download yourself.
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


@app.command(cls=Command, rich_help_panel=PANEL)
def doctor() -> None:
    """Check hardware, versions and network access."""
    from bench.cli.plugin_commands.doctor import facts

    table = Table(box=None, show_header=False)
    with err.status("checking this machine"):
        for fact in facts():
            table.add_row(fact.name, escape(redact(fact.value)))
    out.print(table)


new.command("task", cls=Command)(new_task)


@new.command("baseline", cls=Command)
def new_baseline(
    name: Annotated[str, typer.Argument(help="The name of the new baseline.")],
    plugins: Annotated[
        Path, typer.Option(metavar="DIR", help="The folder to write baselines/NAME.py in.")
    ] = Path("plugins"),
) -> None:
    """Write a small working baseline to replace by your own."""
    from bench.cli.plugin_commands.scaffold import write_baseline

    path = write_baseline(name, folder=plugins)
    out.print(f"wrote {escape(str(path))}", soft_wrap=True)
    out.print(f"next: bench check {name} --plugins {escape(str(plugins))}", soft_wrap=True)

"""The commands encode, which writes tasks as text to text, and decode, which writes answers as a
task's official files."""

from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from bench.cli.console import Data, Plugins, Results, err, out
from bench.errors import UserError

app = typer.Typer()
To = Annotated[Path, typer.Option(metavar="DIR", help="A folder, empty or not there yet.")]


@app.command()
def encode(
    task: Annotated[list[str], typer.Argument(help="Task names.")],
    to: To,
    push: Annotated[
        str,
        typer.Option(
            metavar="OWNER/NAME",
            help="Upload the folder to this data set of the Hugging Face Hub as well; a new one is "
            "private. Refused where a task's licence does not let its rows be handed on.",
        ),
    ] = "",
    data: Data = None,
    plugins: Plugins = None,
    offline: Annotated[bool, typer.Option(help="Never ask the network.")] = False,
) -> None:
    """Write tasks as text to text: tab-separated id, task, input and target, one file per split."""
    from bench.data.source import Source
    from bench.exchange.hub_push import push as hand_over
    from bench.exchange.text_to_text import encode as write
    from bench.models.pretrained import HUB_ID

    if push and not HUB_ID.fullmatch(push):
        raise UserError(f"--push {push}: write OWNER/NAME")
    with err.status("writing"):
        done = write(task, to, Source(plugins or (), data or (), offline), public=bool(push))
    rows = ", ".join(f"{split} {count:,}" for split, count in done.rows.items())
    out.print(f"wrote {escape(str(done.folder))}: {rows} rows", soft_wrap=True)
    if done.mended:
        err.print(f"{done.mended:,} rows had tabs or line breaks: each is a space now")
    if push:
        with err.status(f"pushing to {escape(push)}"):
            address = hand_over(done.folder, push, kind="dataset")
        out.print(f"pushed to {escape(address)}", soft_wrap=True)


@app.command()
def decode(
    cell: Annotated[
        str,
        typer.Argument(
            metavar="CELL",
            help="BASELINE/TASK or BASELINE/TASK/SEED, or the key of a result (its folder's name "
            "under runs/), 6 characters or more of it.",
        ),
    ],
    to: To,
    results: Results = Path("results"),
    data: Data = None,
    plugins: Plugins = None,
    offline: Annotated[bool, typer.Option(help="Never ask the network.")] = False,
) -> None:
    """Write a cell's answers as the official submission files of its task, or as a table.

    Texts whose gold is not published are answered there too. No model runs. The task's data must be
    available only where its official files contain more than ids and answers.
    """
    from bench.data.source import Source
    from bench.exchange.official_files import decode as write

    done = write(results, cell, to, Source(plugins or (), data or (), offline))
    names = ", ".join(done.files)
    out.print(
        f"wrote {escape(str(done.folder))}: {done.answers:,} answers in {escape(names)}",
        soft_wrap=True,
    )
    for part in done.parts:
        out.print(f"{escape(part.title)}: {escape(part.rows)}", soft_wrap=True)
        if part.unread:
            err.print(
                f"[yellow]note:[/yellow] {escape(part.title)}: {part.unread:,} answers could not "
                f"be read: {escape(part.instead)}",
                soft_wrap=True,
            )

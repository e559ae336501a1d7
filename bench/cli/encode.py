"""The commands encode (tasks as text-to-text files) and decode (answers as official files)."""

from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from bench.cli.console import Data, Offline, Plugins, Results, err, note, out
from bench.cli.help_layout import Command
from bench.errors import UserError

app = typer.Typer()
PANEL = "Exchange with other tools"
To = Annotated[Path, typer.Option(metavar="DIR", help="The folder to write: new or empty.")]


@app.command(cls=Command, rich_help_panel=PANEL)
def encode(
    task: Annotated[list[str], typer.Argument(help="Task names.")],
    to: To,
    push: Annotated[
        str,
        typer.Option(
            metavar="OWNER/NAME",
            help="Also upload the folder to this data set on the Hugging Face Hub; a new one is "
            "private. Refused if a task's licence does not permit redistribution.",
        ),
    ] = "",
    data: Data = None,
    plugins: Plugins = None,
    offline: Offline = False,
) -> None:
    """Write tasks as text-to-text data: one tab-separated file per split.

    Its columns are id, task, input and target.
    """
    from bench.data.source import Source
    from bench.exchange.hub_push import push as hand_over
    from bench.exchange.text_to_text import encode as write
    from bench.models.pretrained import HUB_ID

    if push and not HUB_ID.fullmatch(push):
        raise UserError(f"--push {push}: give OWNER/NAME, e.g. --push me/my-data")
    with err.status("writing"):
        done = write(task, to, Source(plugins or (), data or (), offline), public=bool(push))
    rows = ", ".join(f"{split} {count:,}" for split, count in done.rows.items())
    out.print(f"wrote {escape(str(done.folder))}: {rows} examples", soft_wrap=True)
    if done.mended:
        note(f"{done.mended:,} examples contain tabs or line breaks, which were written as spaces")
    if push:
        with err.status(f"uploading to {escape(push)}"):
            address = hand_over(done.folder, push, kind="dataset")
        out.print(f"uploaded to {escape(address)}", soft_wrap=True)


@app.command(cls=Command, rich_help_panel=PANEL)
def decode(
    cell: Annotated[
        str,
        typer.Argument(
            metavar="CELL",
            help="BASELINE/TASK, BASELINE/TASK/SEED, or the first 6 or more characters of a "
            "result's key (the name of its folder in runs/).",
        ),
    ],
    to: To,
    results: Results = Path("results"),
    data: Data = None,
    plugins: Plugins = None,
    offline: Offline = False,
) -> None:
    """Write a result's answers in the official submission format, or as a table.

    Test texts whose gold answers are not published are included. No model runs. The task's data
    is needed only if its official files contain more than ids and answers.
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
        if part.altered:
            note(
                f"{part.title}: {part.altered:,} ids or answers contain tabs, line breaks or "
                "control characters, which were written as spaces or signs"
            )
        if part.unparsed:
            note(f"{part.title}: {part.unparsed:,} answers could not be read: {part.instead}")

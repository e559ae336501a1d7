"""The consoles that the commands print to, and the options that several of them share."""

from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from bench.cli.help_layout import CHOICE, PLACES
from bench.cli.safe_console import SafeConsole
from bench.redaction import redact

out, err = SafeConsole(), SafeConsole(stderr=True)

Results = Annotated[
    Path,
    typer.Option(
        metavar="DIR", help="The results folder.", show_default=True, rich_help_panel=PLACES
    ),
]


def _or_nearby(folders: list[Path] | None) -> list[Path] | None:
    """Return the folders given, else ./plugins if it is a plugin folder."""
    nearby = Path("plugins")
    found = any((nearby / kind).is_dir() for kind in ("tasks", "baselines"))
    return folders or ([nearby] if found else None)


Plugins = Annotated[
    list[Path] | None,
    typer.Option(
        metavar="DIR",
        callback=_or_nearby,
        help="A folder with your own tasks/*.py and baselines/*.py; repeatable. Default: ./plugins "
        "if there is one.",
        rich_help_panel=PLACES,
    ),
]
Data = Annotated[
    list[Path] | None,
    typer.Option(
        metavar="DIR",
        help="A folder with data files that you downloaded, in DIR/TASK/ or DIR/SUITE/; "
        "repeatable.",
        rich_help_panel=PLACES,
    ),
]
Offline = Annotated[
    bool, typer.Option("--offline", help="Never use the network.", rich_help_panel=PLACES)
]
Names = list[str] | None
Suites = Annotated[
    Names,
    typer.Option(
        "--suite",
        metavar="NAME",
        help="Only the tasks of this suite; repeatable.",
        rich_help_panel=CHOICE,
    ),
]
Tasks = Annotated[
    Names,
    typer.Option(
        "-t",
        "--task",
        metavar="NAME",
        help="Only this task, beside those of --suite; repeatable.",
        rich_help_panel=CHOICE,
    ),
]
Baselines = Annotated[
    Names,
    typer.Option(
        "-b",
        "--baseline",
        metavar="NAME",
        help="Only the entries of this baseline, beside the floor; repeatable.",
        rich_help_panel=CHOICE,
    ),
]
Ranked = Annotated[
    str,
    typer.Option(
        "--metric",
        metavar="NAME",
        help="Rank every task that has it by this metric, from the stored predictions.",
        rich_help_panel=CHOICE,
    ),
]


def complain(line: str) -> None:
    """Print an error; tokens are redacted."""
    err.print(f"[red]error:[/red] {escape(redact(line))}", soft_wrap=True)


def note(line: str) -> None:
    """Print a remark that is no error; tokens are redacted."""
    err.print(f"[yellow]note:[/yellow] {escape(redact(line))}", soft_wrap=True)

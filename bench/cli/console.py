"""The consoles that the commands print to, and the options that several of them share."""

from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from bench.cli.safe_console import SafeConsole
from bench.redaction import redact

out, err = SafeConsole(), SafeConsole(stderr=True)

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


def complain(line: str) -> None:
    """Print an error; tokens are redacted."""
    err.print(f"[red]error:[/red] {escape(redact(line))}", soft_wrap=True)

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
Suites = Annotated[Names, typer.Option("--suite", help="Only tasks of a suite; repeatable.")]
Tasks = Annotated[
    Names, typer.Option("-t", "--task", help="Only a task, beside those of --suite; repeatable.")
]
Baselines = Annotated[
    Names,
    typer.Option(
        "-b", "--baseline", help="Only entries of a baseline, beside the floor; repeatable."
    ),
]
Ranked = Annotated[
    str,
    typer.Option(
        "--metric",
        help="Rank every task that has it by this metric, computed from the stored predictions.",
    ),
]


def complain(line: str) -> None:
    """Print an error; tokens are redacted."""
    err.print(f"[red]error:[/red] {escape(redact(line))}", soft_wrap=True)

"""The `bench` command: set up its commands and run one."""

import gc
import os
import sys
from typing import Annotated

import typer
from typer.exceptions import TyperException

import bench
from bench.cli import compare as cli_compare
from bench.cli import encode as cli_encode
from bench.cli import export as cli_export
from bench.cli import plan as cli_plan
from bench.cli import recommend as cli_recommend
from bench.cli import report as cli_report
from bench.cli import run as cli_run
from bench.cli import score as cli_score
from bench.cli.console import complain, out
from bench.cli.help_layout import Group
from bench.cli.plugin_commands import commands as cli_plugins
from bench.cli.safe_console import guard_streams
from bench.errors import BenchError

app = typer.Typer(
    cls=Group,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Find out how large a model a text task needs, from Naive Bayes to QLoRA, and what "
    "each one costs.",
)


def _version(requested: bool) -> None:
    if requested:
        out.print(f"textbench {bench.__version__}")
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Handle the options of `bench` itself."""


# In the order in which they are needed; `bench --help` lists them so.
app.add_typer(cli_plugins.new, name="new", rich_help_panel="Tasks and models")
app.add_typer(cli_plugins.app)
app.add_typer(cli_plan.app)
app.add_typer(cli_run.app)
app.add_typer(cli_report.app)
app.add_typer(cli_recommend.app)
app.add_typer(cli_compare.app)
app.add_typer(cli_score.app)
app.add_typer(cli_export.app)
app.add_typer(cli_encode.app)


def _report_usage_error(error: TyperException) -> None:
    """Report an invalid command line: the reason, and the help that explains more."""
    context = getattr(error, "ctx", None)
    command = context.command_path if context else "bench"
    # Without a message, help was requested and has been shown.
    if why := error.format_message().replace("Value error, ", "").rstrip("."):
        complain(f"{why}; see {command} --help")


def main() -> None:
    """Run the command; a user's mistake ends it with one line and exit code 2."""
    guard_streams()
    # A store is thousands of records without cycles: looking for some all the time costs a fifth.
    gc.set_threshold(50_000, 10, 10)
    try:
        _run_app()
    except BrokenPipeError:
        _drop_output()
    finally:
        _flush()


def _run_app() -> None:
    try:
        sys.exit(app(standalone_mode=False))
    except TyperException as error:
        _report_usage_error(error)
        sys.exit(error.exit_code)
    except BenchError as error:
        complain(str(error))
        sys.exit(2)
    except (KeyboardInterrupt, typer.Abort):
        sys.exit(130)


def _flush() -> None:
    # Left to the interpreter, a flush that fails would end the command with code 120.
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    except BrokenPipeError:
        _drop_output()


def _drop_output() -> None:
    """End the command where nobody reads its output; what is still buffered goes nowhere."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for stream in (sys.stdout, sys.stderr):
        os.dup2(nowhere, stream.fileno())
    sys.exit(1)

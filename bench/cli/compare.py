"""The command compare: two results folders held against each other by the paired test."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from bench.cli.console import complain, err, note, out
from bench.cli.help_layout import Command
from bench.cli.report import PROBLEMS, write_file
from bench.cli.safe_console import print_file
from bench.errors import UserError

if TYPE_CHECKING:
    from bench.leaderboard.before_and_now.judging import Outcome, Side

Format = Literal["terminal", "junit", "markdown", "json"]
SUFFIXES: dict[str, Format] = {".xml": "junit", ".md": "markdown", ".json": "json"}
app = typer.Typer()


@app.command(cls=Command, rich_help_panel="Train and compare")
def compare(
    base: Annotated[
        Path, typer.Argument(metavar="BASE", help="The results folder to compare with.")
    ],
    new: Annotated[Path, typer.Argument(metavar="NEW", help="The results folder to judge.")],
    entry: Annotated[
        list[str] | None,
        typer.Option(
            metavar="ENTRY/TASK",
            help="Only this entry on this task, such as bert/tickets, also where its settings have "
            "changed; repeatable.",
        ),
    ] = None,
    margin: Annotated[
        float | None,
        typer.Option(
            min=0,
            metavar="X",
            help="Largest loss that does not matter, in the metric's unit: .02 is 2 points. "
            "Default: each metric's own.",
        ),
    ] = None,
    fail_if_worse: Annotated[
        bool,
        typer.Option(
            "--fail-if-worse",
            help="Exit with 1 if an entry is surely worse by more than the margin.",
        ),
    ] = False,
    format: Annotated[
        Format | None,
        typer.Option(
            metavar="terminal|junit|markdown|json",
            help="Default: by the file's ending (.xml, .md, .json), else terminal.",
        ),
    ] = None,
    output: Annotated[
        Path | None, typer.Option("-o", "--output", metavar="FILE", help="Default: print.")
    ] = None,
) -> None:
    """Compare two results folders, entry by entry, on the same test examples. No model runs.

    The test is the board's: paired by test example, with the noise of seeds, and Holm's correction
    over all comparisons. What cannot be compared is named with the reason.
    """
    from bench.leaderboard.before_and_now.judging import judge
    from bench.reports.before_and_now import render, summary, terminal

    chosen = _format(format, output)
    _refuse_same(base, new)
    outcome = judge(_side("BASE", base), _side("NEW", new), entry or (), margin)
    _refuse_nothing(outcome)
    if chosen == "terminal":
        out.print(terminal(outcome))
    else:
        text = render(outcome, chosen)
        if output is None or str(output) == "-":
            print_file(text)
        else:
            write_file(output, text)
            err.print(summary(outcome), markup=False, soft_wrap=True)
    if fail_if_worse and outcome.worse:
        raise typer.Exit(1)


def _format(format: Format | None, output: Path | None) -> Format:
    if format == "terminal" and output is not None:
        raise UserError("-o: a file needs --format junit, markdown or json")
    if format is not None or output is None:
        return format or "terminal"
    if output.suffix.lower() not in SUFFIXES:
        raise UserError(f"-o {output}: no format is known by this ending; add --format")
    return SUFFIXES[output.suffix.lower()]


def _refuse_same(base: Path, new: Path) -> None:
    if base.resolve() == new.resolve():
        raise UserError(f"BASE and NEW are the same folder ({base}); keep a copy of the one before")


def _refuse_nothing(outcome: "Outcome") -> None:
    """Refuse a comparison of nothing: passing it would look like a success."""
    if outcome.judged:
        return
    if not outcome.apart:
        raise UserError("nothing to compare: neither folder has a result that can be used")
    first, more = outcome.apart[0], len(outcome.apart) - 1
    where = " on ".join(filter(None, (first.entry, first.task)))
    rest = f" (and {more:,} more)" if more else ""
    raise UserError(f"nothing can be compared: {where}: {first.why}{rest}")


def _side(name: str, folder: Path) -> "Side":
    """Read a results folder; results that cannot be used are reported."""
    from bench.leaderboard.before_and_now.judging import Side
    from bench.leaderboard.gather import gather
    from bench.leaderboard.odd_results import apart
    from bench.leaderboard.rescoring import reader
    from bench.store.store import Store

    if not folder.is_dir():
        what = "it is a file" if folder.exists() else "there is no such folder"
        raise UserError(f"{name} {folder}: {what}; give a results folder of `bench run`")
    store = Store(folder)
    if not store.has_runs or not store.stored_keys():
        raise UserError(f"{name} {folder}: it holds no runs; give a results folder of `bench run`")
    contents = store.contents()
    results, odd = apart(contents.results, gather)
    problems = [*contents.problems, *odd]
    for problem in problems[:PROBLEMS]:
        complain(f"{name}: {problem.where}: {problem.what}")
    if len(problems) > PROBLEMS:
        note(f"{name}: {len(problems) - PROBLEMS:,} more problems")
    return Side(gather(results), reader(store))

"""The command report: show stored results on the terminal or write them to a file."""

import os
import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, TypeVar

import typer
from rich.markup import escape

from bench.cli.console import (
    Baselines,
    Data,
    Plugins,
    Ranked,
    Results,
    Suites,
    Tasks,
    complain,
    err,
    note,
    out,
)
from bench.cli.help_layout import Command
from bench.cli.needs import Currency, PriceFile, Volume, needed
from bench.cli.safe_console import print_file
from bench.errors import UserError
from bench.store.written import write_whole

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from rich.console import Group

    from bench.costs.needs import Needs
    from bench.data.source import Source
    from bench.leaderboard.board import Leaderboard
    from bench.leaderboard.choice import Choice, Selection
    from bench.leaderboard.mistakes.collect import Mistakes
    from bench.leaderboard.odd_results import Shown
    from bench.reports.render import Format
    from bench.store.store import Contents, Store

T = TypeVar("T")
app = typer.Typer()
PROBLEMS = 50
"""Maximum number of problems listed individually."""
WRONG = 40
"""Wrong answers that a report shows of a result."""


@app.command(cls=Command, rich_help_panel="Train and compare")
def report(
    suite: Suites = None,
    task: Tasks = None,
    baseline: Baselines = None,
    metric: Ranked = "",
    results: Results = Path("results"),
    format: Annotated[
        Literal["html", "md", "markdown", "csv", "json"] | None,
        typer.Option(metavar="html|md|csv|json", help="Default: print to the terminal."),
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option(
            "-o",
            "--output",
            metavar="FILE",
            help="Default: leaderboard.FORMAT. Use - to print.",
        ),
    ] = None,
    answers: Annotated[
        bool,
        typer.Option(
            "--answers/--no-answers",
            help="Show excerpts of unreadable answers, which may repeat parts of the texts.",
        ),
    ] = True,
    examples: Annotated[
        int,
        typer.Option(
            min=0, max=1000, metavar="N", help="Maximum number of wrong answers to show per result."
        ),
    ] = WRONG,
    volume: Volume = "",
    currency: Currency = "",
    prices: PriceFile = None,
    with_texts: Annotated[
        bool,
        typer.Option(
            "--with-texts",
            help="Show the texts of wrong answers on the HTML page, if the task's licence permits "
            "redistribution.",
        ),
    ] = False,
    data: Data = None,
    plugins: Plugins = None,
) -> None:
    """Show the leaderboard, or write it to a file. No model runs.

    --suite, -t, -b and --metric choose results: ranks, means, tests and recommendations are then
    computed from these alone.
    """
    from bench.leaderboard.choice import Choice

    choice = Choice(tuple(suite or ()), tuple(task or ()), tuple(baseline or ()), metric)
    needs = needed(volume, prices, currency)
    format = "md" if format == "markdown" else format
    _refuse_texts(with_texts, format, examples)
    if format is None:
        shown = board_shown(results, terminal_view, answers=answers, choice=choice, needs=needs)
        complain_of(shown.board)
        out.print(shown.made)
        return
    texts = _source(plugins or (), data or ()) if with_texts else None
    target = output or Path(f"leaderboard.{format}")

    def written(board: "Leaderboard") -> "tuple[str, Mistakes]":
        cap = examples if format in ("html", "json") else 0
        return _rendered(board, format, (results, target), (cap, answers, texts))

    page = board_shown(results, written, answers=answers, choice=choice, needs=needs)
    complain_of(page.board)
    text, wrong = page.made
    _note_left_out(wrong)
    if format == "csv" and page.board.selection:  # a table of cells has no place for sentences
        note(" ".join(page.board.selection.words))
    if str(output) == "-":
        print_file(text)
    else:
        write_file(target, text)


def _rendered(
    board: "Leaderboard",
    format: "Format",
    places: "tuple[Path, Path]",
    wrong_answers: "tuple[int, bool, Source | None]",
) -> "tuple[str, Mistakes]":
    """Return a report of a board, with the wrong answers that it shows.

    Args:
        board: the board.
        format: the report's format.
        places: the results folder, and the file that the report is for.
        wrong_answers: how many of a result are shown, whether with excerpts of unreadable answers,
            and the source of their texts.
    """
    from bench.leaderboard.mistakes.collect import Mistakes, mistakes
    from bench.reports.render import render

    (results, target), (cap, answers, texts) = places, wrong_answers
    wrong = mistakes(board, results, cap=cap, answers=answers, texts=texts) if cap else Mistakes()
    return render(board, format, wrong, _address_below(results, target)), wrong


def page(results: Path, target: Path) -> bytes:
    """Return the page of a results folder as `bench report --format html` writes it.

    Args:
        results: the results folder.
        target: the file that it is for.

    Raises:
        UserError: as `board_shown`.
    """

    def made(board: "Leaderboard") -> str:
        return _rendered(board, "html", (results, target), (WRONG, True, None))[0]

    return board_shown(results, made).made.encode()


def _refuse_texts(with_texts: bool, format: str | None, examples: int) -> None:
    if with_texts and format != "html":
        raise UserError("--with-texts: only the HTML page shows texts; add --format html")
    if with_texts and not examples:
        raise UserError("--with-texts: --examples 0 leaves no wrong answers to show; leave it out")


def _note_left_out(mistakes: "Mistakes") -> None:
    for problem in mistakes.left_out:
        note(f"{problem.where}: {problem.what}")


def write_file(target: Path, text: str) -> None:
    """Write a report and say so."""
    try:
        write_whole(target, text.encode())
    except OSError as error:
        raise UserError(f"{target}: {error.strerror}; choose another file with -o") from None
    size = f"{len(text.encode()) / 1024:.0f} KiB"
    err.print(f"wrote {escape(str(target))} ({size})", soft_wrap=True)


def _address_below(results: Path, page: Path) -> str | None:
    """Return the relative address of the results folder from the page, if it lies below the page's
    folder."""
    from urllib.parse import quote

    try:
        relative = results.resolve().relative_to(page.resolve().parent)
    except ValueError:
        return None
    return "".join(f"{quote(os.fsencode(part))}/" for part in relative.parts)


def _source(plugins: "Sequence[Path]", data: "Sequence[Path]") -> "Source":
    from bench.data.source import Source

    return Source(plugins, data, offline=True)


def board_shown(
    results: Path,
    make: "Callable[[Leaderboard], T]",
    *,
    answers: bool = True,
    choice: "Choice | None" = None,
    needs: "Needs | None" = None,
) -> "Shown[T]":
    """Compute the leaderboard of a results folder and make a report of it.

    Args:
        results: the folder.
        make: makes the report; a result that breaks it is left out, with a problem.
        answers: whether to show irregular answers of language models.
        choice: the part of the results that it is made of; None: all of them.
        needs: what the recommendations are for; None: the defaults.

    Raises:
        UserError: the folder holds no runs, or none of the choice.
    """
    from dataclasses import replace

    from bench.leaderboard.merging.readouts import without_answers
    from bench.leaderboard.odd_results import show
    from bench.leaderboard.rescoring import reader
    from bench.store.store import Store

    store = Store(results)
    if not store.has_runs:
        raise UserError(f"no results in {results} yet; try: {first_run(results)}")
    contents, selection = _chosen(store, choice)

    def made(board: "Leaderboard") -> T:
        board = replace(board, selection=selection)
        return make(board if answers else without_answers(board))

    shown = show(contents, made, reader(store), needs)
    return replace(shown, board=replace(shown.board, selection=selection))


def _chosen(store: "Store", choice: "Choice | None") -> "tuple[Contents, Selection | None]":
    contents = store.contents()
    if not choice:
        return contents, None
    from bench.leaderboard.rescoring import predictions_in
    from bench.leaderboard.selection import select

    return select(contents, choice, predictions_in(store))


def first_run(results: Path) -> str:
    """Return a command that fills a results folder with cheap results."""
    folder = "" if results == Path("results") else f" --results {shlex.quote(str(results))}"
    return f"bench run --suite starter -b majority -b naive_bayes{folder}"


def terminal_view(board: "Leaderboard") -> "Group":
    """Return the leaderboard as printed, rendered once to make sure that it can be."""
    from bench.reports.terminal import everything

    view = everything(board)
    out.render_lines(view)
    return view


def complain_of(board: "Leaderboard") -> None:
    """Report the results that could not be used; if there are very many, the first of them."""
    for problem in board.problems[:PROBLEMS]:
        complain(f"{problem.where}: {problem.what}")
    if (rest_count := len(board.problems) - PROBLEMS) > 0:
        complain(f"{rest_count:,} more problems; a report in any format lists them all")

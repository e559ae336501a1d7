"""The command report: show stored results on the terminal or write them to a file."""

import os
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
    out,
)
from bench.cli.safe_console import print_file
from bench.errors import UserError
from bench.store.written import write_whole

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from rich.console import Group

    from bench.data.source import Source
    from bench.leaderboard.board import Leaderboard
    from bench.leaderboard.choice import Choice, Selection
    from bench.leaderboard.mistakes.collect import Mistakes
    from bench.leaderboard.odd_results import Shown
    from bench.store.store import Contents, Store

T = TypeVar("T")
app = typer.Typer()
PROBLEMS = 50
"""Maximum number of problems listed individually."""


@app.command()
def report(
    results: Results = Path("results"),
    suite: Suites = None,
    task: Tasks = None,
    baseline: Baselines = None,
    metric: Ranked = "",
    format: Annotated[
        Literal["html", "md", "markdown", "csv", "json"] | None,
        typer.Option(help="Default: the board on the terminal. md and markdown are the same."),
    ] = None,
    output: Annotated[
        Path | None, typer.Option("-o", "--output", help="Default: leaderboard.FORMAT; - prints.")
    ] = None,
    answers: Annotated[
        bool,
        typer.Option(help="Show what models wrote where it was no answer; it can repeat texts."),
    ] = True,
    examples: Annotated[
        int, typer.Option(min=0, max=1000, help="Wrong answers shown behind a cell, at most.")
    ] = 40,
    with_texts: Annotated[
        bool,
        typer.Option(
            "--with-texts",
            help="Show the texts of wrong answers on the page, where the task's licence lets "
            "everybody hand them on.",
        ),
    ] = False,
    data: Data = None,
    plugins: Plugins = None,
) -> None:
    """Write the leaderboard of a results folder; never runs a model.

    With --suite, -t, -b or --metric everything is computed from these results alone: ranks, means,
    tests and recommendations.
    """
    from bench.leaderboard.choice import Choice

    choice = Choice(tuple(suite or ()), tuple(task or ()), tuple(baseline or ()), metric)
    format = "md" if format == "markdown" else format
    _refuse_texts(with_texts, format, examples)
    if format is None:
        shown = board_shown(results, terminal_view, answers=answers, choice=choice)
        complain_of(shown.board)
        out.print(shown.made)
        return
    from bench.leaderboard.mistakes.collect import Mistakes, mistakes
    from bench.reports.render import render

    texts = _source(plugins or (), data or ()) if with_texts else None
    target = output or Path(f"leaderboard.{format}")

    def written(board: "Leaderboard") -> "tuple[str, Mistakes]":
        found = Mistakes()
        if examples and format in ("html", "json"):
            found = mistakes(board, results, cap=examples, answers=answers, texts=texts)
        return render(board, format, found, _beneath(results, target)), found

    page = board_shown(results, written, answers=answers, choice=choice)
    complain_of(page.board)
    text, found = page.made
    _tell(found)
    if str(output) == "-":
        print_file(text)
    else:
        _write(target, text)


def _refuse_texts(with_texts: bool, format: str | None, examples: int) -> None:
    if with_texts and format != "html":
        raise UserError("--with-texts: texts stand on the page alone; add --format html")
    if with_texts and not examples:
        raise UserError("--with-texts: there are no wrong answers to show; drop --examples 0")


def _tell(found: "Mistakes") -> None:
    for one in found.left_out:
        line = f"{escape(one.where)}: {escape(one.what)}"
        err.print(f"[yellow]note:[/yellow] {line}", soft_wrap=True)


def _write(target: Path, text: str) -> None:
    try:
        write_whole(target, text.encode())
    except OSError as error:
        raise UserError(f"{target}: {error.strerror}; choose another with -o FILE") from None
    size = f"{len(text.encode()) / 1024:.0f} KiB"
    err.print(f"wrote {escape(str(target))} ({size})", soft_wrap=True)


def _beneath(results: Path, page: Path) -> str | None:
    """Return the relative address of the results folder from the page, if it lies below the page's
    folder."""
    from urllib.parse import quote

    try:
        found = results.resolve().relative_to(page.resolve().parent)
    except ValueError:
        return None
    return "".join(f"{quote(os.fsencode(part))}/" for part in found.parts)


def _source(plugins: "Sequence[Path]", data: "Sequence[Path]") -> "Source":
    from bench.data.source import Source

    return Source(plugins, data, offline=True)


def board_shown(
    results: Path,
    make: "Callable[[Leaderboard], T]",
    *,
    answers: bool = True,
    choice: "Choice | None" = None,
) -> "Shown[T]":
    """Compute the leaderboard of a results folder and make a report of it.

    Args:
        results: the folder.
        make: makes the report; a result that breaks it is left out, with a problem.
        answers: whether to show irregular answers of language models.
        choice: the part of the results that it is made of; None: all of them.

    Raises:
        UserError: the folder holds no runs, or none of the choice.
    """
    from dataclasses import replace

    from bench.leaderboard.merge_readouts import without_answers
    from bench.leaderboard.odd_results import show
    from bench.leaderboard.rescoring import reader
    from bench.store.store import Store

    store = Store(results)
    if not store.has_runs:
        raise UserError(f"results folder {results}: it holds no runs; `bench run` makes them")
    contents, selection = _chosen(store, choice)

    def made(board: "Leaderboard") -> T:
        board = replace(board, selection=selection)
        return make(board if answers else without_answers(board))

    return show(contents, made, reader(store))


def _chosen(store: "Store", choice: "Choice | None") -> "tuple[Contents, Selection | None]":
    contents = store.contents()
    if not choice:
        return contents, None
    from bench.leaderboard.rescoring import predictions_in
    from bench.leaderboard.selection import select

    return select(contents, choice, predictions_in(store))


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
    if (more := len(board.problems) - PROBLEMS) > 0:
        complain(f"{more:,} further problems; every report lists them all")

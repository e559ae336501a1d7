"""A board as text in one of the formats."""

from collections.abc import Callable
from importlib import import_module
from typing import TYPE_CHECKING, Literal

from bench.leaderboard.board import Leaderboard

if TYPE_CHECKING:
    from bench.leaderboard.mistakes.collect import Mistakes


Format = Literal["html", "md", "csv", "json"]


_MODULES: dict[Format, str] = {
    "html": "html.page",
    "md": "markdown",
    "csv": "csv_file",
    "json": "json_file",
}


def render(
    board: Leaderboard,
    format: Format,
    mistakes: "Mistakes | None" = None,
    results: str | None = None,
) -> str:
    """The whole report as text; the same board gives the same text.

    Args:
        board: what to show.
        format: html, md, csv or json.
        mistakes: examples of what its cells got wrong; html and json have them.
        results: the address of the results folder as seen from an html page; see `page.render`.
    """
    module = import_module(f"bench.reports.{_MODULES[format]}")
    write: Callable[..., str] = module.render
    if format == "html":
        return write(board, mistakes, results)
    return write(board, mistakes) if format == "json" else write(board)

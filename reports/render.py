"""Render a leaderboard as text in one of the formats."""

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
    """Render the whole report as text; the same leaderboard gives the same text.

    Args:
        board: the leaderboard.
        format: html, md, csv or json.
        mistakes: examples of its cells' mistakes; included in html and json.
        results: the relative address of the results folder for an html page; see `page.render`.
    """
    module = import_module(f"bench.reports.{_MODULES[format]}")
    write: Callable[..., str] = module.render
    if format == "html":
        return write(board, mistakes, results)
    return write(board, mistakes) if format == "json" else write(board)

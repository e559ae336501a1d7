"""The board as one HTML file that needs no network: escaped throughout, under a strict policy."""

import base64
import dataclasses
import hashlib
import itertools
from pathlib import Path
from typing import TYPE_CHECKING

import jinja2
from markupsafe import Markup

from bench.board import Leaderboard
from bench.reports import curves, view
from bench.reports.details import Detail, details
from bench.reports.sections import sections

if TYPE_CHECKING:
    from bench.mistakes import Mistakes

TEMPLATES = Path(__file__).parent / "templates"
FEW = 200
"""Cells up to which all details stand in the page; above, a script writes those asked for."""


def render(board: Leaderboard, mistakes: "Mistakes | None" = None) -> str:
    """The page; the same board gives the same bytes."""
    style, script = (_read(name) for name in ("page.css", "page.js"))
    found = list(details(board))
    few = len(found) <= FEW
    return (
        _environment()
        .get_template("page.html")
        .render(
            board=board,
            mistakes=mistakes,
            policy=_policy(style, script),
            style=Markup(style),
            script=Markup(script),
            rows=view.row_views(board),
            tasks=view.task_views(board),
            suites=_suites(board),
            beside=sections(board),
            curves=curves.drawings(board),
            size=_SIZE,
            heads={
                "summary": view.SUMMARY,
                "cost": view.COST,
                "task": view.TASK,
                "curves": curves.TITLE,
                "curves_meaning": curves.MEANING,
            },
            details=_by_task(found) if few else [],
            data=None if few else {d.anchor: _packed(d) for d in found},
            cells=len(found),
        )
    )


_SIZE = {
    "width": curves.WIDTH,
    "height": curves.HEIGHT,
    "left": curves.LEFT,
    "right": curves.WIDTH - curves.RIGHT,
    "bottom": curves.HEIGHT - curves.BOTTOM,
}


def _read(name: str) -> str:
    return (TEMPLATES / name).read_text(encoding="utf-8")


def _environment() -> jinja2.Environment:
    return jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _policy(style: str, script: str) -> str:
    """Nothing may load; only this very style and script may act (CSP level 2 hashes)."""
    return (
        f"default-src 'none'; style-src '{_source(style)}'; script-src '{_source(script)}'; "
        "base-uri 'none'; form-action 'none'"
    )


def _source(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


@dataclasses.dataclass(frozen=True)
class _Suite:
    name: str
    width: int


def _suites(board: Leaderboard) -> list[_Suite]:
    groups = itertools.groupby(board.tasks, key=lambda task: task.suite or "")
    return [_Suite(name, len(list(tasks))) for name, tasks in groups]


@dataclasses.dataclass(frozen=True)
class _TaskDetails:
    task: str
    cells: list[Detail]


def _by_task(found: list[Detail]) -> list[_TaskDetails]:
    groups = itertools.groupby(found, key=lambda detail: detail.task)
    return [_TaskDetails(task, list(cells)) for task, cells in groups]


def _packed(detail: Detail) -> list[object]:
    """What page.js reads: title, facts, then caption, head and lines of each table."""
    tables = [[t.caption, t.head, t.lines] for t in detail.tables]
    return [f"{detail.title} on {detail.task}", detail.facts, tables]

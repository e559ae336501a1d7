"""The leaderboard as one HTML file that needs no network: escaped throughout, under a strict
policy."""

import base64
import dataclasses
import hashlib
import itertools
import zlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jinja2
from markupsafe import Markup

from bench.leaderboard.board import Leaderboard
from bench.leaderboard.wording import format as words
from bench.leaderboard.wording.advice import meaning
from bench.leaderboard.wording.methods import methods
from bench.leaderboard.wording.protocol import TITLE, protocol
from bench.reports.charts import critical_difference as diagram
from bench.reports.charts import learning_curves as curves
from bench.reports.html.payload import payload
from bench.reports.latex import latex
from bench.reports.tables import board_table as view
from bench.reports.tables import costs, volumes
from bench.reports.tables import recommendations as take
from bench.reports.tables.cell_details import Detail, details
from bench.reports.tables.sections import Section, sections
from bench.reports.tables.word_table import Table
from bench.visible import plain_json, visible, visible_data

if TYPE_CHECKING:
    from bench.leaderboard.mistakes.collect import Mistakes

TEMPLATES = Path(__file__).parent / "templates"
FEW = 200
"""Maximum number of cells whose details are all written into the page; above, a script shows them
on request."""


def render(
    board: Leaderboard, mistakes: "Mistakes | None" = None, results: str | None = None
) -> str:
    """Render the page; the same leaderboard gives the same bytes.

    Args:
        board: the leaderboard.
        mistakes: examples of its cells' mistakes.
        results: the relative address of the results folder, ending in a slash: predictions become
            links; None: the page is stored elsewhere, and paths are plain text.
    """
    board = view.scored(board)
    all_details = list(details(board))
    few = len(all_details) <= FEW
    numbers = payload(board, mistakes)
    numbers["results"] = results
    numbers["cells"] = {} if few else {d.anchor: _packed(d) for d in all_details}
    style, script = _read("page.css"), _script()
    return (
        _environment()
        .get_template("page.html")
        .render(
            _template_data(board),
            results=results,
            note=mistakes.note if mistakes else "",
            left_out=mistakes.left_out if mistakes else (),
            policy=_policy(style, script),
            style=Markup(style),
            script=Markup(script),
            details=_by_task(all_details) if few else [],
            cells=len(all_details),
            data=_packed_text(numbers),
        )
    )


def _template_data(board: Leaderboard) -> dict[str, Any]:
    """Return the template's data that depends on the leaderboard alone."""
    entries, extra_sections, drawings = (
        view.entry_views(board),
        sections(board),
        curves.drawings(board),
    )
    priced = view.cost_heads(board)
    costed = any(word != words.NONE for entry in entries for word in entry.cost)
    return {
        "board": board,
        "verdict": board.verdict,
        "parts": _parts(board, extra_sections, costed=costed, curves=bool(drawings)),
        "take": _Take(
            take.recommended(board),
            volumes.advice(board),
            take.crossings(board),
            take.sentences(board),
            meaning(board.needs.volume),
        ),
        "machine": _machine(board),
        "rows": entries,
        "tasks": view.task_views(board),
        "suites": _suites(board),
        "costed": costed,
        "sections": extra_sections,
        "curves": drawings,
        "diagram": diagram.drawn(board),
        "methods": methods(board),
        "ranking": TITLE,
        "protocol": protocol(board),
        "latex": latex(board),
        "size": _SIZE,
        "keys": KEYS,
        "heads": {**_HEADS, "cost": priced},
        "gpu_costs": len(priced) > len(costs.HEADS),
    }


_HEADS = {
    "summary": view.SUMMARY,
    "task": view.TASK,
    "curves": curves.TITLE,
    "curves_meaning": curves.MEANING,
}


@dataclasses.dataclass(frozen=True)
class _Take:
    table: Table
    at_volumes: Table
    crossings: tuple[str, ...]
    sentences: tuple[str, ...]
    meaning: str
    title: str = take.TITLE
    volumes_title: str = volumes.ADVICE
    volumes_meaning: str = volumes.ADVICE_MEANING
    none: str = words.NONE


def _parts(
    board: Leaderboard, extra_sections: list[Section], *, costed: bool, curves: bool
) -> list[tuple[str, str]]:
    """Return the parts of the page for which the leaderboard has content: anchor and short name."""
    kinds: dict[str, str] = {}
    for part in extra_sections:
        kinds.setdefault(part.short, part.id)
    every = [
        ("advice", take.TITLE, bool(board.advice)),
        ("board", TITLE, True),
        ("price", "Cost and quality", costed),
        ("compare", "Compare two entries", bool(board.comparisons)),
        ("ranks", "Mean ranks", board.diagram is not None),
        *((id_, short, True) for short, id_ in kinds.items()),
        ("curves", "Learning curves", curves),
        ("tasks", "Tasks", True),
        ("take", "Download and cite", True),
    ]
    return [(id_, title) for id_, title, has_content in every if has_content]


KEYS = ("mean", "by_source", "mean_rank", "win_rate")
"""Names in the script for the columns of `view.SUMMARY`."""


def _packed_text(data: dict[str, Any]) -> str:
    """Return packed JSON, which `unpacked` in the script reads."""
    text = plain_json(visible_data(data), separators=(",", ":"))
    return base64.b64encode(zlib.compress(text.encode(), 9)).decode()


_SIZE = {
    "width": curves.WIDTH,
    "height": curves.HEIGHT,
    "left": curves.LEFT,
    "right": curves.WIDTH - curves.RIGHT,
    "bottom": curves.HEIGHT - curves.BOTTOM,
}


def _read(name: str) -> str:
    return (TEMPLATES / name).read_text(encoding="utf-8")


def _script() -> str:
    parts = sorted((TEMPLATES / "script").glob("*.js"))
    return "\n" + "".join(part.read_text(encoding="utf-8") for part in parts)


def _machine(board: Leaderboard) -> str:
    devices = {c.cost.device for entry in board.rows for c in entry.cells.values() if c.cost}
    return " and ".join(sorted(devices))


def _environment() -> jinja2.Environment:
    return jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_visible,
    )


def _visible(value: object) -> object:
    return visible(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def _policy(style: str, script: str) -> str:
    """Return a policy under which nothing may be loaded, and only this style and script may run
    (CSP level 2 hashes)."""
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


def _by_task(cell_details: list[Detail]) -> list[_TaskDetails]:
    groups = itertools.groupby(cell_details, key=lambda detail: detail.task)
    return [_TaskDetails(task, list(cells)) for task, cells in groups]


def _packed(detail: Detail) -> list[object]:
    """Pack the details for the script: title, facts, caption, head and lines of each table,
    files."""
    tables = [[t.caption, t.head, t.lines] for t in detail.tables]
    return [f"{detail.title} on {detail.task}", detail.facts, tables, detail.files]

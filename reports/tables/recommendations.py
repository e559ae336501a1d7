"""The recommended entry for each task and its cost, as a table that every format shows."""

from collections.abc import Iterator

from bench.leaderboard.board import Leaderboard, Row
from bench.leaderboard.comparisons.cost_quality import cell_cost
from bench.leaderboard.findings import Advice
from bench.leaderboard.wording import format as words
from bench.leaderboard.wording.names import names
from bench.reports.tables.word_table import Line, Table

TITLE = "Which to take"
HEAD = ("task", "take", "time", "score", "beside it")
OVER_ALL = "over all"
NOTHING = "nothing"
NO_ROW = "none surely above the floor"


def take(board: Leaderboard) -> Table:
    """Return a line for each recommendation, the one over all tasks first; scores with intervals,
    costs as the time to fit and to predict 1,000 texts."""
    rows, called = {row.id: row for row in board.rows}, names(board.rows)
    places = {task.name: number for number, task in enumerate(board.tasks)}
    found = sorted(board.advice, key=lambda advice: advice.task != "")
    lines = (_line(one, rows, called, places.get(one.task)) for one in found)
    return Table(HEAD, tuple(lines))


def crossings(board: Leaderboard) -> tuple[str, ...]:
    """Return the clear crossovers of families' learning curves, in sentences."""
    return tuple(crossing.words for crossing in board.overtakings if crossing.sure)


def sentences(board: Leaderboard) -> tuple[str, ...]:
    """Return the recommendations in sentences, the one over all tasks first; then doubtful
    crossovers."""
    told = sorted(board.advice, key=lambda advice: advice.task != "")
    unsure = (crossing.words for crossing in board.overtakings if not crossing.sure)
    return (*(advice.words for advice in told), *unsure)


def _line(advice: Advice, rows: dict[str, Row], called: dict[str, str], place: int | None) -> Line:
    row = rows.get(advice.cheapest)
    beside = "; ".join(_beside(advice, rows, called)) or words.NONE
    if row is None:
        said = (NOTHING, words.NONE, words.NONE, beside)
    else:
        took = words.NONE if advice.cost is None else words.seconds(advice.cost)
        each = " a task" if advice.cost is not None and not advice.task else ""
        said = (called[row.id], took + each, _score(row, advice.task), beside)
    return Line(_anchor(row, place), advice.task or OVER_ALL, "", said)


def _anchor(row: Row | None, place: int | None) -> str:
    if row is None:
        return "board" if place is None else f"task-{place}"
    return row.id if place is None else f"{row.id}-{place}"


def _score(row: Row, task: str) -> str:
    if not task:
        return f"{words.score(row.mean)} {words.interval(row.mean_interval)}".strip()
    cell = row.cells[task]
    main = cell.main_metric
    return (
        f"{words.score(cell.scores.get(main))} {words.interval(cell.intervals.get(main))}".strip()
    )


def _beside(advice: Advice, rows: dict[str, Row], called: dict[str, str]) -> Iterator[str]:
    """Yield the reason why nothing is recommended; the best entry, where another is recommended;
    and a full-data entry that deserves a mention."""
    if not advice.cheapest:
        yield NO_ROW
    if advice.best != advice.cheapest:
        better = f"{words.score(advice.difference)} better{', tied' if advice.tied else ''}"
        ratio = advice.cost_ratio
        dear = "" if ratio is None else f", {words.times(ratio)} × the time"
        yield f"{called[advice.best]}: {better}{dear}"
    if advice.all_rows:
        cell = rows[advice.all_rows].cells[advice.task]
        score = words.score(cell.scores.get(cell.main_metric))
        yield f"{called[advice.all_rows]}, not ranked: {score}{_price(rows, advice)}"


def _price(rows: dict[str, Row], advice: Advice) -> str:
    cost = cell_cost(rows[advice.all_rows].cells[advice.task])
    return "" if cost is None else f", {words.seconds(cost)}"

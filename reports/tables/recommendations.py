"""The recommended entry for each task, what it is expected to lose and what it costs, as a table
that every format shows."""

from collections.abc import Sequence

from bench.leaderboard.board import Entry, Leaderboard, TaskColumn
from bench.leaderboard.findings import Advice
from bench.leaderboard.wording import format as words
from bench.leaderboard.wording.advice import TITLE as TITLE
from bench.leaderboard.wording.advice import points, probability
from bench.leaderboard.wording.names import names
from bench.reports.tables.word_table import Line, Table

HEAD = ("task", "model", "score", "loss", "near best", "cost", "least loss")
OVER_ALL = "all tasks"
NOTHING = "none"


def recommended(board: Leaderboard, advice: Sequence[Advice] | None = None) -> Table:
    """Return a line for each recommendation, the one over all tasks first; costs are those to fit
    and to answer the texts that are needed.

    Args:
        board: the leaderboard.
        advice: other recommendations than the board's own.
    """
    rows, called = {row.id: row for row in board.rows}, names(board.rows)
    tasks = {task.name: (number, task) for number, task in enumerate(board.tasks)}
    lines = []
    for one in ordered(board.advice if advice is None else advice):
        number, task = tasks.get(one.task, (None, None))
        row = rows.get(one.take)
        lines.append(
            Line(anchor(row, number), one.task or OVER_ALL, "", _columns(one, row, task, called))
        )
    return Table(HEAD, tuple(lines))


def crossings(board: Leaderboard) -> tuple[str, ...]:
    """Return the clear crossovers of families' learning curves, in sentences."""
    return tuple(crossing.words for crossing in board.crossovers if crossing.sure)


def sentences(board: Leaderboard) -> tuple[str, ...]:
    """Return the recommendations in sentences, the one over all tasks first; then doubtful
    crossovers."""
    unsure = (crossing.words for crossing in board.crossovers if not crossing.sure)
    return (*(advice.words for advice in ordered(board.advice)), *unsure)


def ordered(advice: Sequence[Advice]) -> list[Advice]:
    """Return recommendations with the one over all tasks first."""
    return sorted(advice, key=lambda one: one.task != "")


def _columns(
    advice: Advice, row: Entry | None, task: TaskColumn | None, called: dict[str, str]
) -> tuple[str, ...]:
    if row is None:
        return (NOTHING, *[words.NONE] * (len(HEAD) - 2))
    each = "" if task else " a task"
    amount = words.cost(advice.cost, advice.money, advice.currency)
    time = amount if amount == words.NONE else f"{amount}{each}"
    within = advice.probability_within_margin
    # An entry without a rival loses exactly nothing: a figure would say that this was measured.
    alone = advice.best == advice.take and not advice.expected_regret
    return (
        called[row.id],
        f"{words.score(advice.score)}{' (estimated)' if advice.estimated else ''}",
        words.NONE if alone else points(advice.expected_regret or 0.0, task),
        words.NONE if within is None or alone else probability(within),
        time,
        words.NONE if advice.best == advice.take else _best(advice, called),
    )


def _best(advice: Advice, called: dict[str, str]) -> str:
    amount = words.cost(advice.best_cost, advice.best_money, advice.currency)
    time = "" if amount == words.NONE else f", {amount}"
    return f"{called[advice.best]}{time}"


def anchor(row: Entry | None, number: int | None) -> str:
    """Return the anchor of an entry, on a task where its number is given."""
    if row is None:
        return "board" if number is None else f"task-{number}"
    return row.id if number is None else f"{row.id}-{number}"

"""The recommended entry for each task and its cost, as a table that every format shows."""

from collections.abc import Iterator

from bench.leaderboard.board import Entry, Leaderboard, TaskColumn
from bench.leaderboard.comparisons.cost_quality import cell_cost
from bench.leaderboard.findings import Advice
from bench.leaderboard.wording import format as words
from bench.leaderboard.wording.advice_text import LIKE
from bench.leaderboard.wording.names import names
from bench.reports.tables.word_table import Line, Table

TITLE = "Recommended model"
HEAD = ("task", "model", "time", "score", "runner-up")
OVER_ALL = "all tasks"
NOTHING = "none: no model beats guessing here"


def take(board: Leaderboard) -> Table:
    """Return a line for each recommendation, the one over all tasks first; scores with intervals,
    costs as the time to fit and to predict 1,000 texts."""
    entries, entry_names = {entry.id: entry for entry in board.rows}, names(board.rows)
    tasks = {task.name: (number, task) for number, task in enumerate(board.tasks)}
    lines = []
    for advice in _ordered(board):
        number, task = tasks.get(advice.task, (None, None))
        lines.append(_line(advice, entries, entry_names, number, task))
    return Table(HEAD, tuple(lines))


def crossings(board: Leaderboard) -> tuple[str, ...]:
    """Return the clear crossovers of families' learning curves, in sentences."""
    return tuple(crossing.words for crossing in board.overtakings if crossing.sure)


def sentences(board: Leaderboard) -> tuple[str, ...]:
    """Return the recommendations in sentences, the one over all tasks first; then doubtful
    crossovers."""
    unsure = (crossing.words for crossing in board.overtakings if not crossing.sure)
    return (*(advice.words for advice in _ordered(board)), *unsure)


def _ordered(board: Leaderboard) -> list[Advice]:
    """Return the recommendations, the one over all tasks first."""
    return sorted(board.advice, key=lambda advice: advice.task != "")


def _line(
    advice: Advice,
    entries: dict[str, Entry],
    entry_names: dict[str, str],
    number: int | None,
    task: TaskColumn | None,
) -> Line:
    """Return the line of a recommendation for the task with that number; None: over all tasks."""
    entry = entries.get(advice.cheapest)
    runner_up = "; ".join(_runner_up(advice, entries, entry_names, task)) or words.NONE
    if entry is None:
        columns = (NOTHING, words.NONE, words.NONE, runner_up)
    else:
        time = words.NONE if advice.cost is None else words.seconds(advice.cost)
        per_task = " per task" if advice.cost is not None and task is None else ""
        columns = (entry_names[entry.id], time + per_task, _score(entry, advice.task), runner_up)
    return Line(_anchor(entry, number), advice.task or OVER_ALL, "", columns)


def _anchor(entry: Entry | None, number: int | None) -> str:
    if entry is None:
        return "board" if number is None else f"task-{number}"
    return entry.id if number is None else f"{entry.id}-{number}"


def _score(entry: Entry, task: str) -> str:
    if not task:
        return f"{words.score(entry.mean)} {words.interval(entry.mean_interval)}".strip()
    cell = entry.cells[task]
    main = cell.main_metric
    return (
        f"{words.score(cell.scores.get(main))} {words.interval(cell.intervals.get(main))}".strip()
    )


def _runner_up(
    advice: Advice, entries: dict[str, Entry], entry_names: dict[str, str], task: TaskColumn | None
) -> Iterator[str]:
    """Yield the best entry, where another is recommended, and a full-data entry that deserves a
    mention."""
    if advice.best != advice.cheapest and advice.difference is not None:
        lower_is_better = task is not None and not task.greater_is_better
        gap = words.difference(-advice.difference if lower_is_better else advice.difference)
        tie = " (tie)" if advice.tied else ""
        yield f"{entry_names[advice.best]}, {gap}{tie}{_slower(advice.cost_ratio)}"
    if advice.all_rows:
        cell = entries[advice.all_rows].cells[advice.task]
        score, cost = words.score(cell.scores.get(cell.main_metric)), cell_cost(cell)
        time = "" if cost is None else f", {words.seconds(cost)}"
        yield f"{entry_names[advice.all_rows]}, not ranked: {score}{time}"


def _slower(ratio: float | None) -> str:
    if ratio is None:
        return ""
    return ", as fast" if ratio < LIKE else f", {words.times(ratio)}× slower"

"""The headline of a board: what to take, from the recommendation, and who is best under one
protocol, from the ranking; it says which is which."""

from collections.abc import Iterator

from bench.leaderboard.board import Entry, Leaderboard, TaskColumn
from bench.leaderboard.comparisons.means import scaled
from bench.leaderboard.wording import format as words
from bench.leaderboard.wording.advice import headline, summary
from bench.leaderboard.wording.caveats import limited
from bench.leaderboard.wording.names import names
from bench.leaderboard.wording.query import BoardQuery, leaders_of, rank


def verdict(board: Leaderboard) -> tuple[str, ...]:
    """Return one to four sentences: the recommendation, made from the same numbers as
    `board.advice`, then the ranking."""
    return tuple(sentence for sentence in _sentences(BoardQuery(board)) if sentence)


def _sentences(field: BoardQuery) -> Iterator[str]:
    board = field.board
    if not board.rows:
        yield "No results yet: `bench run` makes some."
        return
    if not board.advice:
        yield from _without_advice(field)
        return
    overall = next((one for one in board.advice if not one.task), None)
    if overall is not None:
        yield headline(board, overall)
        yield summary(board)
    elif len(board.advice) == 1:
        yield headline(board, board.advice[0])
    else:
        yield summary(board)
    yield _ranking(field)


def _without_advice(field: BoardQuery) -> Iterator[str]:
    if not any(cell.status == "done" for row in field.board.rows for cell in row.cells.values()):
        yield "No model has a score yet."
        return
    floors = [row for row in field.board.rows if row.is_floor]
    if floors:
        called = field.names(floors)
        has = "has a score yet: it only guesses" if len(floors) == 1 else ""
        yield f"Only {called} {has or 'have a score yet: they only guess'}."
    else:
        yield "Nothing can be recommended yet."


def _ranking(field: BoardQuery) -> str:
    """Return the first of the ranking, and what is tied with it."""
    scored = [row for row in field.non_floor if any(rank(row, task) for task in field.tasks)]
    if not scored:
        return ""
    most = limited([cell for cell in field.done if cell.rank is not None])
    protocol = f"In the ranking ({most})" if most else "In the ranking"
    covered = scaled(field.tasks)
    if len(field.tasks) == 1:
        return f"{protocol}, {_on_task(field, field.tasks[0])}."
    if len(covered) > 1 and any(row.mean is not None for row in scored):
        return f"{protocol}, {_by_mean(field, len(covered))}."
    return f"{protocol}, {_by_tasks(field, scored)}."


def _on_task(field: BoardQuery, task: TaskColumn) -> str:
    placed = [row for row in field.non_floor if rank(row, task)]
    first = min(placed, key=lambda row: rank(row, task) or 0)
    cell = first.cells[task.name]
    figure = f"{words.score(cell.scores.get(task.main_metric))}"
    bounds = words.interval(cell.intervals.get(task.main_metric))
    lead = f"{field.name(first)} is first on {task.name} ({figure} {bounds})".replace(" )", ")")
    rest = [row for row in leaders_of(field.ranked, task) if row is not first and not row.is_floor]
    others = [row for row in placed if row is not first]
    if task.few_units:
        return f"{lead}; the test is too small to tell models apart" if others else lead
    guessing = cell.above_floor is False
    if rest:
        tied = f"{lead}; {field.names(rest)} {_are(rest)} tied with it"
        return f"{tied}, and it does not significantly beat guessing" if guessing else tied
    if not others:
        return f"{lead}, but does not significantly beat guessing" if guessing else lead
    ahead = f"{lead}, significantly ahead of {_the_others(others)}"
    return f"{ahead} but not of guessing" if guessing else ahead


def _the_others(others: list[Entry]) -> str:
    return "the other model" if len(others) == 1 else "all other models"


def _are(rows: list[Entry]) -> str:
    return "is" if len(rows) == 1 else "are"


def _by_mean(field: BoardQuery, tasks: int) -> str:
    known = [row for row in field.non_floor if row.mean is not None]
    first = max(known, key=lambda row: row.mean or 0.0)
    figure = f"{words.score(first.mean)} {words.interval(first.mean_interval)}".strip()
    lead = f"{field.name(first)} has the best mean over {tasks} tasks ({figure})"
    rest = [row for row in known if row is not first and field.differ("", first, row) is not True]
    if rest:
        return f"{lead}; {field.names(rest)} {_are(rest)} tied with it"
    others = [row for row in known if row is not first]
    return f"{lead}, significantly ahead of {_the_others(others)}" if others else lead


def _by_tasks(field: BoardQuery, scored: list[Entry]) -> str:
    called = names(field.board.rows)
    firsts = {
        row.id: sum(row in leaders_of(field.ranked, task) for task in field.tasks) for row in scored
    }
    best = max(scored, key=lambda row: firsts[row.id])
    return (
        f"{called[best.id]} is first or tied with the first on {firsts[best.id]} of "
        f"{len(field.tasks)} tasks"
    )

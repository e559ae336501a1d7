"""The leaderboard's verdict in words, no stronger than its intervals and tests."""

import math
from collections.abc import Iterator, Sequence

from bench.leaderboard.board import Cell, Leaderboard, Row, TaskColumn
from bench.leaderboard.comparisons.cost_quality import row_cost
from bench.leaderboard.comparisons.means import scaled
from bench.leaderboard.findings import Diagram
from bench.leaderboard.wording import format as words
from bench.leaderboard.wording.caveats import limited
from bench.leaderboard.wording.names import called, listed
from bench.leaderboard.wording.query import BoardQuery, rank, tops
from bench.leaderboard.wording.savings import (
    bargain,
    cheaper,
    cheapest,
    part_of_cost,
    price,
    saving,
)

MOST = 5
"""Maximum number of sentences."""


def verdict(board: Leaderboard) -> tuple[str, ...]:
    """Return one to five sentences: who leads and how certain that is, what costs less, what is
    missing.

    Only ranked entries count. "Surely" means by the tests, which are corrected for the number of
    pairs; for means, by the interval of the difference, too.
    """
    return tuple(sentence for sentence in _sentences(BoardQuery(board)) if sentence)[:MOST]


def _sentences(field: BoardQuery) -> Iterator[str]:
    scored = [row for row in field.readers if any(rank(row, task) for task in field.tasks)]
    covered = scaled(field.tasks)
    if not field.board.rows:
        yield "No results yet: `bench run` makes some."
    elif not field.tasks:
        yield "No ranked row has a score yet."
    elif not scored:
        names = field.names([row for row in field.ranked if row.is_floor])
        yield f"Only floor rows have a score yet ({names}): they know nothing of the text."
    elif _none_above_floor(field):
        yield from _at_the_floor(field)
    elif len(field.tasks) == 1:
        yield from _one_task(field, field.tasks[0])
    elif len(covered) > 1 and any(row.mean is not None for row in scored):
        yield from _by_mean(field, covered)
    elif field.board.diagram and _placed(field, field.board.diagram):
        yield from _by_rank(field, field.board.diagram)
    else:
        yield from _by_tasks(field, scored)


def _scope(field: BoardQuery, tasks: Sequence[TaskColumn]) -> str:
    """Return the scope: `On reviews (macro_f1)`, `On 8 of 10 tasks (at most 128 labelled rows
    each)`."""
    most = limited(field.done)
    if len(field.tasks) == 1:
        [task] = tasks
        smaller = "" if task.greater_is_better else "smaller is better"
        facts, where = [task.main_metric, smaller, most], task.name
    else:
        number = "" if len(tasks) == len(field.tasks) else f"{len(tasks)} of "
        facts, where = [f"{most} each" if most else ""], f"{number}{len(field.tasks)} tasks"
    told = ", ".join(fact for fact in facts if fact)
    return f"On {where} ({told})" if told else f"On {where}"


def _leader(field: BoardQuery, row: Row) -> str:
    """Return the leader's name; for a model that stands in for a larger one, say so."""
    if row.model is None or not row.model.stand_in_for:
        return field.name(row)
    larger = row.model.stand_in_for
    return called(field.name(row), f"with {row.model.name}, a small stand-in for {larger}")


# Nothing to choose from


def _none_above_floor(field: BoardQuery) -> bool:
    told = [task for task in field.tasks if task.floor is not None]
    cells = (row.cells.get(task.name) for row in field.readers for task in told)
    return len(told) == len(field.tasks) and not any(cell and cell.above_floor for cell in cells)


def _at_the_floor(field: BoardQuery) -> Iterator[str]:
    full = [row for row in field.board.rows if not row.ranked]
    above = [row for row in full if any(cell.above_floor for cell in row.cells.values())]
    which = "ranked baseline" if above else "baseline"
    yield f"{_scope(field, field.tasks)}, no {which} is surely above the floor{_floor(field)}."
    yield _incomplete(field, field.tasks)


def _floor(field: BoardQuery) -> str:
    return f" of {words.score(field.tasks[0].floor)}" if len(field.tasks) == 1 else ""


# One task


def _one_task(field: BoardQuery, task: TaskColumn) -> Iterator[str]:
    first, *others = leaders = tops(field.readers, task)
    scope, score = _scope(field, [task]), _score(first.cells[task.name])
    rest = [row for row in field.readers if rank(row, task) and row not in leaders]
    if others:
        who = listed([_leader(field, first), *map(field.name, others)])
        yield f"{scope}, {who} share the lead: the tests cannot tell them apart."
        yield f"The best score is {score}."
        yield from _prices(field, leaders, rest, task)
    elif rest:
        tells = "" if task.few_units else ", surely ahead of every other ranked row"
        sure = "" if first.cells[task.name].tied else tells
        yield f"{scope}, {_leader(field, first)} leads with {score}{sure}."
        second = min(rest, key=lambda row: rank(row, task) or 0)
        yield _runner_up(field, first, second, task)
        if not cheaper(first, [second], [task.name]):
            yield from _prices(field, [first], rest, task)
    else:
        above = f", surely above the floor{_floor(field)}"
        sure = above if first.cells[task.name].above_floor else ""
        yield (
            f"{scope}, {_leader(field, first)} scores {score}{sure}; no other baseline that reads "
            "the text has a score."
        )
        yield price(field, first, [task])
    yield _floors(field, first, [task])
    yield _incomplete(field, [task])


def _prices(
    field: BoardQuery, leaders: Sequence[Row], rest: Sequence[Row], task: TaskColumn
) -> Iterator[str]:
    """Yield the cost of the lead, and the best entry that costs much less."""
    first, *others = leaders
    shared = cheapest(field, first, others, task)
    least = min(leaders, key=lambda row: row_cost(row, [task.name]) or math.inf)
    behind = bargain(field, least, rest, task)
    yield shared
    yield behind or ("" if shared else price(field, first, [task]))


def _score(cell: Cell) -> str:
    main = cell.main_metric
    return f"{words.score(cell.scores[main])} {words.interval(cell.intervals.get(main))}".strip()


def _runner_up(field: BoardQuery, first: Row, second: Row, task: TaskColumn) -> str:
    score = _score(second.cells[task.name])
    cheap = cheaper(first, [second], [task.name])
    cost = f", at {part_of_cost(second, first, [task.name])}" if cheap else ""
    return f"{field.name(second)} follows with {score}{cost}."


# Several tasks


def _by_mean(field: BoardQuery, tasks: Sequence[TaskColumn]) -> Iterator[str]:
    rows = [row for row in field.ranked if row.mean is not None]
    first, *others = [row for row in rows if not row.is_floor]
    near = [row for row in rows if row != first and not field.apart("", first, row)]
    mean = f"{words.score(first.mean)} {words.interval(first.mean_interval)}".strip()
    scope, who = _scope(field, tasks), _leader(field, first)
    scale = f"{mean}, where 0 is the floor and 1 perfect."
    if rows[0].is_floor:
        yield f"{scope}, no baseline is above the floors by mean score; the best, {who}: {scale}"
    else:
        leads = f"leads by mean score{', but not surely' if near else ''}"
        alone = "is the only baseline beside the floors with a mean score"
        yield f"{scope}, {who} {leads if others else alone}: {scale}"
        yield _not_apart(field, first, near)
    yield saving(field, first, others, tasks)
    yield _incomplete(field, tasks)
    yield _floors(field, first, tasks)


def _not_apart(field: BoardQuery, first: Row, near: Sequence[Row]) -> str:
    if not near:
        return ""
    found = field.contest("", first, near[0])
    lead = ""
    if found is not None and found.low <= 0 <= found.high:
        ahead = f"{words.difference(found.difference)} {words.interval((found.low, found.high))}"
        lead = f": the difference from {field.name(near[0])} is {ahead}"
    return f"By mean the tests cannot tell {field.names(near)} from it{lead}."


def _placed(field: BoardQuery, diagram: Diagram) -> list[Row]:
    """The readers of a diagram, best first."""
    by_id = {row.id: row for row in field.readers}
    return [by_id[row] for row, _ in diagram.rows if row in by_id]


def _by_rank(field: BoardQuery, diagram: Diagram) -> Iterator[str]:
    first, *others = _placed(field, diagram)
    ranks = dict(diagram.rows)
    near = [r for r in field.ranked if r.id in ranks and r != first]
    near = [r for r in near if abs(ranks[r.id] - ranks[first.id]) < diagram.critical]
    yield (
        f"{_scope(field, field.tasks)}, {_leader(field, first)} has the best mean rank, "
        f"{ranks[first.id]:.1f}{', but not surely' if near else ''}."
    )
    yield f"By rank the tests cannot tell {field.names(near)} from it." if near else ""
    yield saving(field, first, others, field.tasks)
    yield _incomplete(field, field.tasks)
    yield _floors(field, first, field.tasks)


def _by_tasks(field: BoardQuery, scored: Sequence[Row]) -> Iterator[str]:
    full = [row for row in scored if all(rank(row, task) for task in field.tasks)]
    who = f"only {field.names(full)} has" if full else "no baseline has"
    yield f"{_scope(field, field.tasks)}, {who} a score on every one."
    leads = {row.id: sum(row in tops(scored, task) for task in field.tasks) for row in scored}
    most = max(leads.values())
    best = [row for row in scored if leads[row.id] == most]
    each = "" if len(best) == 1 else " each"
    if most:
        yield (
            f"{listed([_leader(field, row) for row in best])} "
            f"{'leads or shares' if len(best) == 1 else 'lead or share'} the lead on {most} of "
            f"them{each}, more than any other."
        )


# For one task and for several


def _floors(field: BoardQuery, first: Row, tasks: Sequence[TaskColumn]) -> str:
    cells = [first.cells[task.name] for task in tasks if task.name in first.cells]
    below = sum(cell.above_floor is False for cell in cells)
    where = "" if len(field.tasks) == 1 else f" on {below} of them"
    return f"{field.name(first)} is not surely above the floor{where}." if below else ""


def _incomplete(field: BoardQuery, tasks: Sequence[TaskColumn]) -> str:
    holes = [row for row in field.readers if not all(rank(row, task) for task in tasks)]
    if not holes:
        return ""
    lack, have = ("lacks", "has") if len(holes) == 1 else ("lack", "have")
    if len(field.tasks) == 1:
        return f"{field.names(holes)} {have} no score there."
    return f"{field.names(holes)} {lack} a score on some of them, and {have} no part in this."

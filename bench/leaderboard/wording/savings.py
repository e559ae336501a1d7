"""Sentences on cheaper entries: their cost relative to another, and where they score as well."""

import math
from collections.abc import Iterable, Sequence

from bench.leaderboard.board import Entry, TaskColumn
from bench.leaderboard.comparisons.cost_quality import entry_cost
from bench.leaderboard.wording import format as words
from bench.leaderboard.wording.query import BoardQuery

WORK = "to fit and to predict 1,000 texts"
CHEAP = 2
"""Minimum ratio of costs from which an entry is called cheaper: times vary from run to run."""


def _measured(row: Entry, tasks: Iterable[str]) -> tuple[set[str], set[int]]:
    """Return the hardware that an entry's costs were measured on, and the numbers of parallel
    workers."""
    known = [row.cells[task].cost for task in tasks if task in row.cells]
    costs = [cost for cost in known if cost is not None]
    return {cost.device for cost in costs}, {cost.workers for cost in costs}


def part_of(ratio: float) -> str:
    """Return the reciprocal of a ratio of 2 or more as a part of something: `1/440`, `23 %`."""
    if ratio < 10:
        return f"{100 / ratio:.0f} %"
    return f"1/{round(ratio, 1 - math.floor(math.log10(ratio))):,.0f}"


def cheaper(first: Entry, others: Sequence[Entry], tasks: Sequence[str]) -> list[Entry]:
    """Return the other entries that cost at most half of the first."""
    whole = entry_cost(first, tasks)
    costs = [(row, entry_cost(row, tasks)) for row in others]
    return [row for row, cost in costs if whole and cost and whole / cost >= CHEAP]


def part_of_cost(row: Entry, first: Entry, tasks: Sequence[str], *, whose: str = "the") -> str:
    """Return a cheaper entry's cost as a part of the first's, and the meaning of that figure."""
    mine, whole = entry_cost(row, tasks), entry_cost(first, tasks)
    assert mine is not None and whole is not None
    prices = f"{words.seconds(mine)} against {words.seconds(whole)} {WORK}"
    facts = [prices] + ["mean over tasks"] * (len(tasks) > 1)
    mine_on, first_on = _measured(row, tasks), _measured(first, tasks)
    facts += ["on another device"] * (mine_on[0] != first_on[0])
    facts += ["beside more or less other work"] * (mine_on[1] != first_on[1])
    return f"{part_of(whole / mine)} of {whose} cost ({', '.join(facts)})"


def price(field: BoardQuery, row: Entry, tasks: Sequence[TaskColumn]) -> str:
    """Return an entry's cost in words; empty where it is unknown."""
    cost = entry_cost(row, [task.name for task in tasks])
    each = " a task" if len(tasks) > 1 else ""
    return f"{field.name(row)} takes {words.seconds(cost)}{each} {WORK}." if cost else ""


def bargain(field: BoardQuery, row: Entry, rest: Sequence[Entry], task: TaskColumn) -> str:
    """Return the best of the lower entries that cost at most half of an entry; empty where none is
    above the floor."""
    cheap = cheaper(row, rest, [task.name])
    sound = [other for other in cheap if other.cells[task.name].above_floor is not False]
    if not sound:
        return ""
    found = min(sound, key=lambda other: other.cells[task.name].rank or 0)
    whose = f"{field.name(row)}'s"
    cost = part_of_cost(found, row, [task.name], whose=whose)
    return f"{field.name(found)} has {_score(found, task)} at {cost}."


def _score(row: Entry, task: TaskColumn) -> str:
    return words.score(row.cells[task.name].scores[task.main_metric])


def cheapest(field: BoardQuery, first: Entry, others: Sequence[Entry], task: TaskColumn) -> str:
    """Say which of the entries that share the lead costs least; empty where none is cheaper."""
    cheap = cheaper(first, others, [task.name])
    if not cheap:
        return ""
    row = min(cheap, key=lambda other: entry_cost(other, [task.name]) or 0)
    cost = part_of_cost(row, first, [task.name], whose=f"{field.name(first)}'s")
    return f"{field.name(row)} is the cheapest of them, at {cost}."


def saving(
    field: BoardQuery, first: Entry, others: Sequence[Entry], tasks: Sequence[TaskColumn]
) -> str:
    """Name the cheaper entry that matches the first on most tasks, the cheapest of several; where
    there is none, the cost of the first."""
    names = [task.name for task in tasks]
    held = {
        row.id: [_held(field, first, row, task) for task in tasks]
        for row in cheaper(first, others, names)
    }
    cheap = [row for row in others if row.id in held]
    if not cheap:
        return price(field, first, tasks)
    row = min(cheap, key=lambda r: (-_good(held[r.id]), entry_cost(r, names) or 0))
    if _good(held[row.id]):
        cost = part_of_cost(row, first, names)
        return f"{field.name(row)} {_told(held[row.id])}, at {cost}{_but(row, tasks)}."
    if all(word == "worse" for found in held.values() for word in found):
        behind = "All that cost half as much or less are surely behind it on each of them."
        return f"{price(field, first, tasks)} {behind}"
    return price(field, first, tasks)


def _but(row: Entry, tasks: Sequence[TaskColumn]) -> str:
    """Say on how many tasks an entry is not significantly above the floor: matching the first there
    is no saving."""
    cells = [row.cells[task.name] for task in tasks if task.name in row.cells]
    low = sum(cell.above_floor is False for cell in cells)
    return f", but is not surely above the floor on {low} of the {len(tasks)}" if low else ""


def _held(field: BoardQuery, first: Entry, row: Entry, task: TaskColumn) -> str:
    """Return `better`, `same` or `worse` than the first by the task's tests; empty where not
    tested."""
    apart, found = field.apart(task.name, first, row), field.contest(task.name, first, row)
    if apart is None or found is None:
        return ""
    if not apart:
        return "same"
    ahead = (found.difference > 0) == task.greater_is_better
    return "better" if (found.first if ahead else found.second) == row.id else "worse"


def _good(held: Sequence[str]) -> int:
    return held.count("better") + held.count("same")


def _told(held: Sequence[str]) -> str:
    better, same = held.count("better"), held.count("same")
    which = "any" if same == len(held) else f"{same}"
    alike = f"cannot be told apart from it on {which} of them" if same else ""
    ahead = f"is surely better on {better} of them" if better else ""
    return " and ".join(part for part in (ahead, alike) if part)

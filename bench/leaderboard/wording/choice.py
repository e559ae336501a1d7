"""Put into words what a report is restricted to."""

from collections.abc import Sequence

from bench.errors import Problem
from bench.leaderboard.choice import Choice
from bench.leaderboard.wording.names import listed

MOST = 6
"""Largest number of names that are listed."""


def named(choice: Choice) -> str:
    """Return what was chosen: `suite starter, metric accuracy`."""
    where = [_several("suite", choice.suites), _several("task", choice.tasks)]
    parts = [
        " and ".join(part for part in where if part),
        _several("baseline", choice.baselines),
        _several("metric", (choice.metric,) if choice.metric else ()),
    ]
    return ", ".join(part for part in parts if part)


def _several(noun: str, names: Sequence[str]) -> str:
    if not names:
        return ""
    return f"{noun}{'s' if len(names) > 1 else ''} {listed(list(names), most=MOST)}"


def in_words(
    choice: Choice, tasks: int, of: int, floors: Sequence[str], left_out: Sequence[Problem]
) -> tuple[str, ...]:
    """Return sentences: what was chosen, how many tasks that are, and what is left out.

    Args:
        choice: what was chosen.
        tasks: number of tasks that are left.
        of: number of tasks in the results folder.
        floors: floor entries that stay beside the chosen baselines.
        left_out: tasks and results that cannot be scored by the chosen metric.
    """
    noun = "task" if of == 1 else "tasks"
    first = f"Only {named(choice)}: {tasks} of {of} {noun}."
    if choice.baselines and floors:
        first += f" Beside them {listed(list(floors))}, since scores are measured from the floor."
    return (first, *_left_out(left_out))


def _left_out(problems: Sequence[Problem]) -> list[str]:
    """Return a sentence for each reason."""
    reasons: dict[str, list[str]] = {}
    for problem in problems:
        reasons.setdefault(problem.what, []).append(problem.where)
    return [f"Left out: {listed(places, most=MOST)} ({what})." for what, places in reasons.items()]

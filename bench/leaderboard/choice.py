"""The restriction of a report to some suites, tasks, baselines or a metric, and its outcome."""

from dataclasses import dataclass

from bench.errors import Problem


@dataclass(frozen=True)
class Choice:
    """A user's choice of results; an empty field restricts nothing.

    Args:
        suites: names of suites, whose tasks are shown.
        tasks: names of tasks, shown beside those of the suites.
        baselines: names of baselines, whose entries are shown beside the floor entries.
        metric: name of the metric that every task is ranked by instead of its own.
    """

    suites: tuple[str, ...] = ()
    tasks: tuple[str, ...] = ()
    baselines: tuple[str, ...] = ()
    metric: str = ""

    def __bool__(self) -> bool:
        """Return whether anything is restricted."""
        return any((self.suites, self.tasks, self.baselines, self.metric))


@dataclass(frozen=True)
class Selection:
    """The part of the stored results that a leaderboard was computed from.

    Args:
        choice: what was asked for.
        tasks_shown: number of tasks that are left.
        tasks_stored: number of tasks in the results folder.
        left_out: tasks and results that cannot be scored by the chosen metric, and why.
        words: all of this in sentences.
    """

    choice: Choice
    tasks_shown: int
    tasks_stored: int
    left_out: tuple[Problem, ...]
    words: tuple[str, ...]

"""Cells without a result: which entries failed or were skipped on which task, and why."""

from collections import defaultdict

from bench.errors import Problem
from bench.leaderboard.entry_key import EntryKey
from bench.leaderboard.gather import Gathered, TaskRun


def unfinished(gathered: Gathered, status: str) -> tuple[Problem, ...]:
    """Return one problem per task and reason that names the entries concerned (and their seeds,
    where others finished)."""
    concerned: dict[tuple[str, str], list[str]] = defaultdict(list)
    for task in gathered.tasks.values():
        for key, cell in task.cells.items():
            for part in cell.others:
                if part.run.status == status:
                    concerned[task.name, part.run.reason].append(
                        _entry_title(key, part, bool(cell.done))
                    )
    return tuple(
        Problem(where=f"{task}: {', '.join(dict.fromkeys(entries))}", what=reason)
        for (task, reason), entries in concerned.items()
    )


def _entry_title(key: EntryKey, part: TaskRun, partly: bool) -> str:
    return f"{key.title} seed {part.run.seed}" if partly else key.title

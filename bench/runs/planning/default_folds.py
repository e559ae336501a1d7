"""Folds where nobody asked for any: a task whose test split is cut here, and would be small."""

from collections.abc import Iterable, Sequence

from bench.data.prepare import PreparedTask
from bench.errors import DataError
from bench.example import Example
from bench.runs.planning.row_selection import choose, dealt, folded
from bench.runs.planning.run_spec import Run, TaskRows

FOLDS = 5
SMALLEST = 200
"""Smallest number of units (groups, else examples) of a test split that is cut off; below it an
interval is wider than most differences, so every example is tested instead."""


def default_folds(tasks: Sequence[PreparedTask]) -> int:
    """Return the number of folds of a run over these tasks unless the user says otherwise; 0: none.

    A run over several tasks has folds only if each of its tasks would have them alone: five fits
    over large tasks for the sake of a small one would make the dearest runs five times as dear.
    """
    return FOLDS if tasks and all(map(_is_small, tasks)) else 0


def _is_small(prepared: PreparedTask) -> bool:
    test = prepared.loaded.test
    # Texts of an official test are to be answered by one fit, on all labelled examples.
    if not prepared.loaded.cut or prepared.unscored or _units(test) >= SMALLEST:
        return False
    try:
        return bool(dealt(prepared, FOLDS, 0))
    except DataError:  # there are fewer groups than folds
        return False


def _units(rows: Iterable[Example]) -> int:
    return len({(row.group is None, row.id if row.group is None else row.group) for row in rows})


def tested(prepared: PreparedTask) -> Sequence[Example]:
    """Return the examples that a run without limits tests by default."""
    return prepared.rows if default_folds([prepared]) else prepared.loaded.test


def scored_rows(prepared: PreparedTask, test: int | None) -> TaskRows:
    """Return the examples of a task that a run with a limit on the test is scored on by default."""
    if folds := default_folds([prepared]):
        return folded(prepared, None, folds, 0, test=test)
    return choose(prepared, None, test, 0)


def told(runs: Iterable[Run], *, avoidable: bool = True) -> list[str]:
    """Return a sentence for each task that has folds by default.

    Args:
        runs: the runs.
        avoidable: whether `--folds 0` can be asked for; a plan for a time refuses it.
    """
    instead = " (--folds 0: one test split)" if avoidable else ""
    sentences = {}
    for run in runs:
        for rows in run.tasks if run.folds_by_default else ():
            every = "every example is tested"
            if rows.left_untested:
                count = len(rows.test)
                every = f"{count:,} of {count + rows.left_untested:,} examples are tested"
            what = f"has no test split and few examples: {run.folds} folds, {every}"
            sentences[rows.task] = f"{rows.task} {what}{instead}"
    return list(sentences.values())

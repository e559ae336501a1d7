"""Sentences of a recommendation: what was measured and what it makes likely, and no more."""

from collections.abc import Iterator, Sequence

import numpy as np

from bench.costs.volumes import in_words
from bench.leaderboard.board import Entry, Leaderboard, TaskColumn
from bench.leaderboard.findings import Advice, Candidates
from bench.leaderboard.wording.advice_cost import (
    cost_in_words,
    other_volumes,
    set_aside_in_words,
)
from bench.leaderboard.wording.format import score
from bench.leaderboard.wording.names import listed, names

TITLE = "Recommendation"
_MEANING = (
    "The cheapest model that is expected to lose at most the margin against the best (2 points, "
    "unless the metric or --margin says otherwise); where none is, the one that loses least. "
    "Every finished model competes, whatever number of labelled examples it learnt from. A saving "
    "counts where a person would notice it: more than a second, and at most half the time to fit "
    "and to answer {volume} texts. Models that do not "
    "significantly beat guessing are never recommended. Loss: expected against the best. Near "
    "best: probability of being within the margin of it. Least loss: the model that is expected to "
    "lose least, where that is another, and its time."
)
FEW = 30
"""Smallest number of test units with which anything is recommended."""
FEW_LABELLED = 5
"""Fewest labelled examples a class: below, more labels are the first thing to try."""
NAMED = 4
"""Largest number of tasks that are named in a sentence."""
_POINTS = 100
_SURE = 0.99
"""Probability above which no figure is given."""


def meaning(volume: int) -> str:
    """Explain the recommendations for a number of texts."""
    return _MEANING.format(volume=in_words(volume))


def advice_in_words(board: Leaderboard, advice: Advice, found: Candidates) -> str:
    """Put a recommendation into words.

    Args:
        board: the leaderboard.
        advice: the recommendation, without words.
        found: the candidates that it was chosen from.
    """
    task = next((one for one in board.tasks if one.name == advice.task), None)
    where = _where(board, advice)
    if not advice.take:
        return where + _nothing(board, advice, task, found)
    called = names(board.rows)
    parts = [
        f"{where}{called[advice.take]}. {_score(advice, task)}{_loss(advice, task, found)}.",
        *cost_in_words(advice, called, likely=probably_best(advice.best, found) > 0.5),
        *_settling(advice),
        *_unknown_floor(task),
        *_estimated(board, advice, task),
        *_labelled(board, advice, task),
        *other_volumes(advice, called),
        *set_aside_in_words(advice, called),
    ]
    return " ".join(parts)


def headline(board: Leaderboard, advice: Advice) -> str:
    """Return a recommendation as the first sentence of a board."""
    where = _where(board, advice)
    told = advice.words.removeprefix(where)
    scope = f"for {advice.task}" if advice.task else where.removesuffix(": ").lower()
    return f"Recommended {scope}: {told}" if advice.take else f"No recommendation {scope}: {told}"


def _where(board: Leaderboard, advice: Advice) -> str:
    return f"{advice.task}: " if advice.task else f"Over {_tasks(board)} tasks: "


def _tasks(board: Leaderboard) -> int:
    known = {one.task for one in board.candidates if one.entries}
    return sum(
        None not in (t.perfect, t.floor)
        and t.perfect != t.floor
        and t.name in known
        and not t.few_units
        for t in board.tasks
    )


def _nothing(board: Leaderboard, advice: Advice, task: TaskColumn | None, found: Candidates) -> str:
    if advice.set_aside:
        return " ".join(set_aside_in_words(advice, names(board.rows), none=True))
    if task is None:
        return "no model significantly beats guessing on any of them."
    if task.few_units:
        units = "example" if task.test_groups == task.test_rows else "group"
        size = f"{found.units} {units}{'' if found.units == 1 else 's'}"
        return (
            f"a test of {size} is too small for a recommendation, which needs {FEW}; "
            "`--folds 5` tests on every example."
        )
    if advice.margin is None:
        why = "has no bounded scale" if task.perfect is None else "has no score of guessing here"
        return (
            f"{task.main_metric} {why} and declares no margin, so what difference matters is "
            "unknown. Give one with `bench recommend --margin`, or declare it in the task."
        )
    best = max(found.entries, key=lambda one: one.score * (1 if task.greater_is_better else -1))
    floor = f"{task.main_metric} {score(task.floor)}"
    return (
        f"no model significantly beats guessing ({floor}); the best, "
        f"{names(board.rows)[best.id]}, has {score(best.score)}."
    )


def _score(advice: Advice, task: TaskColumn | None) -> str:
    if task is None:
        return f"On average it comes {_percent(advice.score)} of the way from guessing to perfect"
    about = "about " if advice.estimated else ""
    way = "" if task.greater_is_better else ", lower is better"
    return f"It scores {about}{score(advice.score)} ({task.main_metric}{way})"


def _percent(share: float | None) -> str:
    return f"{_POINTS * (share or 0.0):.0f} %"


def _loss(advice: Advice, task: TaskColumn | None, found: Candidates) -> str:
    sound = [i for i, one in enumerate(found.entries) if one.above_floor is not False]
    if len(sound) == 1:
        alone = (
            "has a comparable score" if len(found.entries) == 1 else "significantly beats guessing"
        )
        lack = "fits the needs" if advice.set_aside else alone
        return f"; no other model {lack}"
    models = f"{len(sound)} models{'' if task else ' with a score on each task'}"
    models += " that fit the needs" if advice.set_aside else ""
    if probably_best(advice.take, found) > _SURE:
        return f" and is almost certainly the best of {models}"
    lost = _behind(advice.expected_regret or 0.0, task)
    margin = _amount(advice.margin or 0.0, task)
    sure = probability(advice.probability_within_margin or 0.0)
    least = f", the smallest loss of {models}" if advice.take == advice.best else ""
    near = f"it is {sure} likely to be within {margin} of it"
    return f" and is expected to {lost} the best{least}; {near}"


def probably_best(id_: str, found: Candidates) -> float:
    """Return the probability that an entry is the best of those that beat guessing."""
    sound = [i for i, one in enumerate(found.entries) if one.above_floor is not False]
    first = np.argmax(found.true[sound], axis=0)
    return float(np.mean([found.entries[sound[i]].id == id_ for i in first]))


def _behind(value: float, task: TaskColumn | None) -> str:
    amount = _amount(value, task)
    return (
        f"lose {amount} against" if task is None or task.perfect == 1 else f"be {amount} worse than"
    )


def _amount(value: float, task: TaskColumn | None) -> str:
    """Format a difference after a score that has named the metric."""
    return points(value, task).removesuffix(f" {task.main_metric}" if task else "")


def points(value: float, task: TaskColumn | None) -> str:
    """Format a difference of scores: `.4 points` of 100 on scores up to 1, else in the metric's
    unit."""
    if task is not None and task.perfect != 1:
        return f"{value:.2g} {task.main_metric}"
    if 0 < value < 0.0005:
        return "under .1 points"
    number = f"{_POINTS * value:.1f}".removesuffix(".0")
    number = number[1:] if number.startswith("0.") else number
    return f"{number} {'point' if number == '1' else 'points'}"


def probability(value: float) -> str:
    """Format a probability: `86 %`; never 0 or 100 %."""
    if value > 0.99:
        return "over 99 %"
    return "under 1 %" if value < 0.01 else f"{_POINTS * value:.0f} %"


def _settling(advice: Advice) -> Iterator[str]:
    each = "" if advice.task else " in every task"
    if advice.more_examples:
        yield f"About {advice.more_examples:,} more test examples{each} would probably settle it."
    elif advice.more_seeds == 1:
        yield "Another seed would probably settle it."
    elif advice.more_seeds:
        yield f"{advice.more_seeds} more seeds would probably settle it."


def _unknown_floor(task: TaskColumn | None) -> Iterator[str]:
    if task is not None and task.floor is None:
        yield "What guessing scores is unknown: run majority and stratified_random too."


def _estimated(board: Leaderboard, advice: Advice, task: TaskColumn | None) -> Iterator[str]:
    if not advice.estimated:
        return
    if task is None:
        yield "On some tasks its score is estimated from a part of the test examples."
        return
    cell = _row(board, advice.take).cells[task.name]
    seen = cell.counts.test if cell.counts else 0
    yield (
        f"Its score is estimated: it answered {seen:,} of the {task.test_rows:,} test examples, "
        "and is compared with the others on these."
    )


def _labelled(board: Leaderboard, advice: Advice, task: TaskColumn | None) -> Iterator[str]:
    """Yield a warning if the entry learnt from few labelled examples, or few of those there are."""
    row = _row(board, advice.take)
    if task is None or row.outside or row.cells[task.name].used:
        return
    cell = row.cells[task.name]
    learnt = cell.train_rows + cell.validation_rows
    every = task.labelled or labelled(board, task.name)
    classes = len(task.labels)
    few = classes > 1 and learnt < FEW_LABELLED * classes
    if cell.limit_train is None and not few:
        return
    of = f" of {every:,}" if every and every > learnt else ""
    told = f"It learnt from {learnt:,}{of} labelled examples"
    if few:
        told += f" for {classes} classes"
    if of and not _tried_whole(board, row, task.name):
        yield f"{told}; with all of them it has not been tried."
    elif of:
        yield f"{told}."
    elif few:
        yield f"{told}: more labelled examples are the first thing to try."


def _tried_whole(board: Leaderboard, row: Entry, task: str) -> bool:
    """Return whether an entry of the same family has a score with all labelled examples."""
    return any(
        other.limit_train is None and other.cells[task].scores
        for other in board.rows
        if other.baseline == row.baseline and not other.outside and task in other.cells
    )


def labelled(board: Leaderboard, task: str) -> int:
    """Return the number of labelled examples of a task by what its entries were given, as older
    results do not state it; 0 where none was given all of them."""
    cells = [row.cells[task] for row in board.rows if task in row.cells and not row.outside]
    return max(
        (c.train_rows + c.validation_rows for c in cells if c.limit_train is None and c.scores),
        default=0,
    )


def _row(board: Leaderboard, id_: str) -> Entry:
    return next(row for row in board.rows if row.id == id_)


def summary(board: Leaderboard) -> str:
    """Return which entries are recommended on how many tasks, in one sentence; empty where there is
    but one task."""
    single = [one for one in board.advice if one.task]
    if len(single) < 2:
        return ""
    called = names(board.rows)
    tasks: dict[str, list[str]] = {}
    for one in single:
        tasks.setdefault(one.take, []).append(one.task)
    without = tasks.pop("", [])
    if not tasks:
        every = len(board.advice) > len(single)  # over all tasks, the same is said already
        return "" if every else f"No model can be recommended on any of {len(single)} tasks."
    if len(tasks) == 1 and not without:
        [id_] = tasks
        return f"Task by task, {called[id_]} is recommended on each of the {len(single)} tasks."
    order = sorted(tasks, key=lambda id_: -len(tasks[id_]))
    told = [f"{called[id_]} on {_which(tasks[id_], single)}" for id_ in order]
    none = f"; on {_which(without, single)} there is none" if without else ""
    whole = "" if len(single) <= NAMED else f" of {len(single)} tasks"
    return f"Task by task, the recommended model is {listed(told, most=6)}{whole}{none}."


def _which(tasks: Sequence[str], of: Sequence[Advice]) -> str:
    """Return the names of tasks, or their number where there are many in all."""
    return listed(tasks) if len(of) <= NAMED else str(len(tasks))

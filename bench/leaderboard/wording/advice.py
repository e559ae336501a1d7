"""Sentences of a recommendation: what was measured and what it makes likely, and no more."""

from collections.abc import Iterator

from bench.leaderboard.board import Entry, Leaderboard, TaskColumn
from bench.leaderboard.findings import Advice, Candidates
from bench.leaderboard.wording.format import score, seconds, times
from bench.leaderboard.wording.names import listed, names

TITLE = "Recommendation"
MEANING = (
    "The cheapest model that is expected to lose at most the margin against the best: 2 points, "
    "unless the metric or --margin says otherwise. Every finished model competes, whatever number "
    "of labelled examples it learnt from. A saving counts where a person would notice it: more "
    "than a second, and half the time to fit and to answer 1,000 texts. Models that do not "
    "significantly beat guessing are never recommended. Loss: expected against the best. Near "
    "best: probability of being within the margin of it."
)
FEW = 30
"""Smallest number of test units with which anything is recommended."""
FEW_LABELLED = 5
"""Fewest labelled examples a class: below, more labels are the first thing to try."""
_POINTS = 100
_SURE = 0.99
"""Probability above which no figure is given."""


def advice_in_words(board: Leaderboard, advice: Advice, found: Candidates) -> str:
    """Put a recommendation into words.

    Args:
        board: the leaderboard.
        advice: the recommendation, without words.
        found: the candidates that it was chosen from.
    """
    task = next((one for one in board.tasks if one.name == advice.task), None)
    where = f"{task.name}: " if task else f"Over {_tasks(board)} tasks: "
    if not advice.take:
        return where + _nothing(board, advice, task, found)
    called = names(board.rows)
    parts = [
        f"{where}take {called[advice.take]}. {_score(advice, task)}{_loss(advice, task, found)}.",
        *_price(advice, called),
        *_settling(advice),
        *_estimated(board, advice, task),
        *_labelled(board, advice, task),
    ]
    return " ".join(parts)


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
    if task is None:
        return "no model significantly beats guessing on any of them."
    if task.few_units:
        units = "test examples" if task.test_groups == task.test_rows else "groups of test examples"
        return (
            f"{found.units} {units} are too few to recommend a model; {FEW} are needed "
            "(`--folds 5` tests every example)."
        )
    if advice.margin is None:
        return (
            f"{task.main_metric} has no bounded scale and declares no margin, so what loss matters "
            "is unknown: give one with `bench recommend --margin`, or declare it in the task."
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
    return f"Its {task.main_metric} is {about}{score(advice.score)}"


def _percent(share: float | None) -> str:
    return f"{_POINTS * (share or 0.0):.0f} %"


def _loss(advice: Advice, task: TaskColumn | None, found: Candidates) -> str:
    sound = [one for one in found.entries if one.above_floor is not False]
    if len(sound) == 1:
        only = "the only model here" if len(found.entries) == 1 else "the only one above guessing"
        return f"; it is {only}, so there is nothing to compare it with"
    if advice.take == advice.best and (advice.probability_within_margin or 0.0) > _SURE:
        return f", and it is almost certainly the best of {len(sound)} models"
    lost = points(advice.expected_regret or 0.0, task)
    margin = points(advice.margin or 0.0, task)
    sure = probability(advice.probability_within_margin or 0.0)
    return f", expected to lose {lost} against the best; {sure} likely within {margin} of it"


def points(value: float, task: TaskColumn | None) -> str:
    """Format a difference of scores: `.4 points` of 100 on scores up to 1, else in the metric's
    unit."""
    if task is not None and task.perfect != 1:
        return f"{value:.2g} {task.main_metric}"
    number = f"{_POINTS * value:.1f}".removesuffix(".0")
    number = number[1:] if number.startswith("0.") else number
    return f"{number} {'point' if number == '1' else 'points'}"


def probability(value: float) -> str:
    """Format a probability: `86 %`; never 0 or 100 %."""
    if value > 0.99:
        return "over 99 %"
    return "under 1 %" if value < 0.01 else f"{_POINTS * value:.0f} %"


def _price(advice: Advice, called: dict[str, str]) -> Iterator[str]:
    if advice.cost is None:
        yield "What it costs is unknown."
        return
    each = " a task" if not advice.task else ""
    took = f"It takes {seconds(advice.cost)}{each} to fit and to answer 1,000 texts"
    if advice.best in ("", advice.take):
        yield f"{took}."
    elif not advice.best_cost:
        yield f"{took}; what {called[advice.best]}, the likely best, takes is unknown."
    elif advice.best_cost > advice.cost > 0:
        more = times(advice.best_cost / advice.cost)
        yield f"{took}; {called[advice.best]}, the likely best, takes {more} × as long."
    else:
        yield f"{took}; {called[advice.best]}, the likely best, takes {seconds(advice.best_cost)}."


def _settling(advice: Advice) -> Iterator[str]:
    each = "" if advice.task else " in every task"
    if advice.more_examples:
        yield f"About {advice.more_examples:,} more test examples{each} would settle it."
    elif advice.more_seeds == 1:
        yield "Another seed would settle it."
    elif advice.more_seeds:
        yield f"{advice.more_seeds} more seeds would settle it."


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
    """Yield a warning where the entry learnt from few of the labelled examples there are."""
    row = _row(board, advice.take)
    if task is None or row.outside or row.cells[task.name].used:
        return
    cell = row.cells[task.name]
    learnt = cell.train_rows + cell.validation_rows
    every = labelled(board, task.name)
    classes = len(task.labels)
    few = classes > 1 and learnt < FEW_LABELLED * classes
    if cell.limit_train is None and not few:
        return
    of = f" of {every:,}" if every and every > learnt else ""
    told = f"It learnt from {learnt:,}{of} labelled examples"
    if few:
        told += f" for {classes} classes"
    if of:
        yield f"{told}: with all of them a model can do much better."
    elif few:
        yield f"{told}: more labelled examples are the first thing to try."


def labelled(board: Leaderboard, task: str) -> int:
    """Return the number of labelled examples of a task; 0 where no entry was given all of them."""
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
    counts: dict[str, int] = {}
    for one in single:
        counts[one.take] = counts.get(one.take, 0) + 1
    order = sorted(counts, key=lambda id_: (id_ == "", -counts[id_]))
    told = [f"{called.get(id_, 'nothing')} on {counts[id_]}" for id_ in order]
    return f"Task by task: {listed(told, most=6)} of {len(single)}."

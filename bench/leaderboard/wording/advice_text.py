"""Sentences of a recommendation: what was measured and what the tests show, and no more."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bench.leaderboard.board import TaskColumn
from bench.leaderboard.wording.format import score, seconds, times
from bench.leaderboard.wording.names import listed

MARGIN = 0.02
"""Default for the largest acceptable loss of score."""
MEANING = (
    f"The cheapest row near the best: a score within {score(MARGIN)} of the best's, or one that "
    "the tests cannot tell from it. Cost is the time to fit and to predict 1,000 texts. What is "
    "not surely above the floor is never advised."
)
LIKE = 1.05
"""Ratio of costs below which they are called equal."""
LEAST = 0.001
"""Scores have three decimals: a smaller difference is not given as a figure."""


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """An entry that could be recommended, on one task or over all.

    Args:
        id: id of the entry.
        name: name used in sentences.
        score: main metric, or mean.
        quality: the score, negated where smaller is better.
        seconds: time to fit and to predict 1,000 texts; None: unknown.
        first: whether it ranks first on the task.
        tied: whether it does not differ significantly from the first.
        above_floor: whether it is significantly above the floor; None: there is no floor.
        machine: hardware that its cost was measured on, and the number of runs in parallel.
        below: over all, the tasks on which it is not significantly above the floor.
    """

    id: str
    name: str
    score: float
    quality: float
    seconds: float | None
    first: bool = False
    tied: bool = False
    above_floor: bool | None = True
    machine: object = None
    below: tuple[str, ...] = ()


def nothing_in_words(task: TaskColumn | None, full: Candidate | None = None) -> str:
    """Say that there is nothing to recommend, on a task or over all; a full-data entry may deserve
    a mention."""
    if task is None:
        return "Over all tasks: nothing is surely above the floor on any of them."
    none = f"{task.name}: nothing is surely above the floor ({task.main_metric} {_floor(task)})."
    return " ".join([none, *_mention(full, task)])


def _floor(task: TaskColumn) -> str:
    return score(task.floor)


def advice_in_words(
    chosen: Candidate,
    best: Candidate,
    *,
    margin: float,
    task: TaskColumn | None = None,
    over: int = 0,
    tied: bool | None = None,
    doubtful: Sequence[Candidate] = (),
    alike: Sequence[Candidate] = (),
    full: Candidate | None = None,
) -> str:
    """Put one recommendation into words.

    Args:
        chosen: the recommended entry.
        best: the entry with the best score.
        margin: largest acceptable loss of score.
        task: the task; None: over all.
        over: over all, the number of tasks.
        tied: whether the two do not differ significantly; None: they were not tested.
        doubtful: entries with a better score than the best, or cheaper ones close to it, that are
            not recommended because they are not significantly above the floor wherever the best is.
        alike: other entries that do not differ significantly from the best.
        full: a full-data entry that deserves a mention.
    """
    where = task.name if task else f"Over {over} tasks"
    if chosen is best:
        reason = _best_reason(best, margin, task, doubtful)
    else:
        reason = _reason(chosen, best, margin, task, tied)
    said = [f"{where}: {chosen.name}.", reason]
    said.append(_price(chosen, best, "" if task else " a task"))
    said += _dearer(chosen, best, alike)
    said += _caveats(chosen, task, doubtful)
    said += _mention(full, task)
    return " ".join(said)


def _its(chosen: Candidate, task: TaskColumn | None) -> str:
    what = task.main_metric if task else "mean"
    way = "" if task else " of the way from the floor to perfect"
    return f"Its {what}, {score(chosen.score)}{way},"


def _best_reason(
    best: Candidate, margin: float, task: TaskColumn | None, doubtful: Sequence[Candidate]
) -> str:
    near = "near enough" if margin == 0 else f"within {score(margin)} of it"
    if task is None and doubtful:
        cheap = listed([c.name for c in doubtful])
        return (
            f"{_its(best, task)} is the best; what is cheaper and {near} or tied with it ({cheap}) "
            "is not surely above the floor on all the tasks that it is."
        )
    return f"{_its(best, task)} is the best, and no cheaper row is {near} or tied with it."


def _reason(
    chosen: Candidate, best: Candidate, margin: float, task: TaskColumn | None, tied: bool | None
) -> str:
    apart = best.quality - chosen.quality
    gap = f"{_its(chosen, task)} {_worse(apart)} that of {best.name}, the best"
    return f"{gap}{_tests(apart, margin, task, tied)}."


def _worse(apart: float) -> str:
    if not apart:
        return "equals"
    return f"is {score(apart) if apart >= LEAST else 'less than ' + score(LEAST)} worse than"


def _tests(apart: float, margin: float, task: TaskColumn | None, tied: bool | None) -> str:
    if tied is None:
        return ""
    if not tied:
        return f": within {score(margin)}, though the tests do tell the two apart"
    if apart <= margin:
        return ", and the tests cannot tell the two apart"
    known = task.detectable if task else None
    power = f"; they would find {score(known)} 8 times in 10" if known else ""
    return f": more than {score(margin)}, but the tests cannot tell the two apart{power}"


def _price(chosen: Candidate, best: Candidate, each: str) -> str:
    if chosen.seconds is None:
        return "What it costs was not measured."
    took = f"It takes {seconds(chosen.seconds)}{each} to fit and to predict 1,000 texts"
    if chosen is best:
        return f"{took}."
    if best.seconds is None:
        return f"{took}; what {best.name} takes was not measured."
    other = (
        ""
        if chosen.machine == best.machine
        else " (not measured alike: on another device, or beside other work)"
    )
    return f"{took}; {best.name} takes {seconds(best.seconds)}{_times(chosen, best)}{other}."


def _times(chosen: Candidate, best: Candidate) -> str:
    if not chosen.seconds or best.seconds is None:
        return ""
    ratio = best.seconds / chosen.seconds
    if ratio < LIKE:
        return ", about as much"
    return f", {times(ratio)} times as much"


def _dearer(chosen: Candidate, best: Candidate, alike: Sequence[Candidate]) -> Iterator[str]:
    if chosen is best and alike:
        some = "another row" if len(alike) == 1 else f"{len(alike)} other rows"
        yield f"The tests cannot tell it from {some}, none of them known to be cheaper."


def _caveats(
    chosen: Candidate, task: TaskColumn | None, doubtful: Sequence[Candidate]
) -> Iterator[str]:
    if doubtful and task is not None:
        listed = ", ".join(f"{c.name} ({score(c.score)})" for c in doubtful)
        yield f"Better scores that are not surely above the floor: {listed}."
    if task is not None and chosen.above_floor is None:
        yield "No floor row was scored, so nothing says that it beats guessing."
    if chosen.below:
        yield f"Not surely above the floor on {', '.join(chosen.below)}."


def _mention(full: Candidate | None, task: TaskColumn | None) -> Iterator[str]:
    if full is not None and task is not None and full.seconds is not None:
        yield (
            f"Not ranked, since it learnt from more: {full.name} with {task.main_metric} "
            f"{score(full.score)} in {seconds(full.seconds)}."
        )

"""Recommendations: one rule for a task and over tasks, from draws of the true scores."""

from collections.abc import Iterator
from dataclasses import replace

from bench.costs.needs import Needs
from bench.errors import UserError, did_you_mean
from bench.leaderboard.board import Leaderboard, TaskColumn
from bench.leaderboard.findings import Advice, Candidates
from bench.leaderboard.recommendation.margins import SHARE, checked
from bench.leaderboard.recommendation.over_tasks import over_tasks
from bench.leaderboard.recommendation.rule import choose, losses
from bench.leaderboard.recommendation.settling import settling
from bench.leaderboard.wording.advice import advice_in_words
from bench.leaderboard.wording.verdict import verdict


def recommend(
    board: Leaderboard, margin: float | None = None, task: str | None = None
) -> tuple[Advice, ...]:
    """Recommend an entry for each task and then over all; see `recommendation.rule`.

    All finished entries compete, whatever they learnt from, but those that are not significantly
    better than guessing. With fewer than 30 units in the reference test nothing is recommended.

    Args:
        board: the leaderboard.
        margin: largest acceptable expected loss; None: each metric's own.
        task: restrict recommendations to this task.

    Raises:
        UserError: the margin does not fit the scale of a metric, or no entry has scored the task.
    """
    if task is not None:
        column, found = _column(board, task)
        checked(margin, [column])
        return (_on_task(board, column, found, margin),)
    columns = {column.name: column for column in board.tasks}
    pairs = [(columns[one.task], one) for one in board.candidates if one.entries]
    checked(margin, [column for column, _ in pairs])
    single = tuple(_on_task(board, column, found, margin) for column, found in pairs)
    return (*single, *_over_all(board, margin))


def _column(board: Leaderboard, name: str) -> tuple[TaskColumn, Candidates]:
    known = {column.name: column for column in board.tasks}
    if name not in known:
        raise UserError(f"unknown task '{name}'; {did_you_mean(name, known)}")
    found = next((one for one in board.candidates if one.task == name and one.entries), None)
    if found is None:
        raise UserError(f"task {name}: no entry has scored it; `bench run -t {name}` does")
    return known[name], found


def with_needs(board: Leaderboard, needs: Needs) -> Leaderboard:
    """Return the board with recommendations for other needs; everything else stays."""
    board = replace(board, needs=needs)
    board = replace(board, advice=recommend(board))
    return replace(board, verdict=verdict(board))


def _on_task(
    board: Leaderboard, task: TaskColumn, found: Candidates, margin: float | None
) -> Advice:
    margin = task.margin if margin is None else margin
    fit = [i for i, one in enumerate(found.entries) if one.above_floor is not False]
    if task.few_units or margin is None or not fit:
        advice = Advice(task=task.name, margin=margin)
    else:
        advice = _chosen(found.only(fit), margin, board.needs)
    return replace(advice, words=advice_in_words(board, advice, found))


def _over_all(board: Leaderboard, margin: float | None) -> Iterator[Advice]:
    """Recommend over the tasks with a floor and a perfect score, by the mean way between them."""
    found = over_tasks(board)
    if found is None:
        return
    fit = [i for i, one in enumerate(found.entries) if one.above_floor is not False]
    margin = SHARE if margin is None else margin
    advice = (
        _chosen(found.only(fit), margin, board.needs) if fit else Advice(task="", margin=margin)
    )
    yield replace(advice, words=advice_in_words(board, advice, found))


def _chosen(found: Candidates, margin: float, needs: Needs) -> Advice:
    lost = losses(found.true, margin)
    costs = [one.outlay and one.outlay.at(needs.volume) for one in found.entries]
    at = choose(lost, costs, margin)
    within = float(lost.within[at])
    settled = settling(found, at, margin, within)
    taken, best = found.entries[at], found.entries[lost.best]
    return Advice(
        task=found.task,
        take=taken.id,
        best=best.id,
        score=taken.score,
        best_score=found.top,
        expected_regret=float(lost.regret[at]),
        probability_within_margin=within,
        margin=margin,
        cost=costs[at],
        best_cost=costs[lost.best],
        volume=needs.volume,
        estimated=taken.estimated,
        more_examples=settled.examples,
        more_seeds=settled.seeds,
    )

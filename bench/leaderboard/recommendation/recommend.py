"""Recommendations: one rule for a task and over tasks, from draws of the true scores."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from bench.costs.needs import Needs
from bench.costs.outlay import Outlay
from bench.costs.volumes import PRESETS
from bench.errors import UserError, did_you_mean
from bench.leaderboard.board import Leaderboard, TaskColumn
from bench.leaderboard.cost_findings import AtVolume
from bench.leaderboard.findings import Advice, Candidates
from bench.leaderboard.recommendation.expense import Expenses, cheapest, expenses, unfit
from bench.leaderboard.recommendation.margins import SHARE, checked
from bench.leaderboard.recommendation.over_tasks import covered, over_tasks
from bench.leaderboard.recommendation.rule import Losses, choose, losses, within_reach
from bench.leaderboard.recommendation.settling import settling
from bench.leaderboard.wording.advice import advice_in_words


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


def _on_task(
    board: Leaderboard, task: TaskColumn, found: Candidates, margin: float | None
) -> Advice:
    margin = task.margin if margin is None else margin
    if task.few_units or margin is None:
        advice = Advice(task=task.name, margin=margin, volume=board.needs.volume)
    else:
        advice = _fitting(board, found, [task.name], margin)
    return replace(advice, words=advice_in_words(board, advice, _beside(advice, found)))


def _over_all(board: Leaderboard, margin: float | None) -> Iterator[Advice]:
    """Recommend over the tasks with a floor and a perfect score, by the mean way between them."""
    found = over_tasks(board)
    if found is None:
        return
    tasks = [task.name for task in covered(board)]
    advice = _fitting(board, found, tasks, SHARE if margin is None else margin)
    yield replace(advice, words=advice_in_words(board, advice, _beside(advice, found)))


def _beside(advice: Advice, found: Candidates) -> Candidates:
    """Return the candidates without those that were set aside: sentences compare with the rest."""
    aside = {one.id for one in advice.set_aside}
    return found.only([i for i, one in enumerate(found.entries) if one.id not in aside])


def _fitting(board: Leaderboard, found: Candidates, tasks: Sequence[str], margin: float) -> Advice:
    """Choose among the candidates that beat guessing and fit the needs."""
    rows, needs = {row.id: row for row in board.rows}, board.needs
    beats = [i for i, one in enumerate(found.entries) if one.above_floor is not False]
    lacks = {i: unfit(rows[found.entries[i].id], tasks, needs) for i in beats}
    fit = [i for i in beats if lacks[i] is None]
    aside = tuple(one for one in lacks.values() if one is not None)
    if not fit:
        return Advice(task=found.task, margin=margin, volume=needs.volume, set_aside=aside)
    competing = found.only(fit)
    lost = losses(competing.true, margin)
    # What nobody would take need not be comparable.
    near = sorted({*within_reach(lost, margin), lost.best})
    spent = expenses([rows[competing.entries[i].id] for i in near], tasks, needs)
    advice = _chosen(competing, _Choice(lost, near, spent, margin), needs)
    return replace(advice, set_aside=aside)


@dataclass(frozen=True)
class _Choice:
    """What is chosen from: the positions of the entries that could be taken and of the best, with
    what they cost."""

    lost: Losses
    near: Sequence[int]
    spent: Expenses
    margin: float

    def taken(self, volume: int) -> int:
        """Return the position of the entry to take for a number of texts."""
        outlays = dict(zip(self.near, self.spent.outlays, strict=True))
        costs = [_at(outlays.get(i), volume) for i in range(len(self.lost.regret))]
        return choose(self.lost, costs, self.margin, least=self.spent.least)

    def seconds(self, at: int, volume: int) -> float | None:
        """Return the seconds of the entry at a position."""
        return _at(self.spent.seconds[self.near.index(at)], volume)

    def money(self, at: int, volume: int) -> float | None:
        """Return the money that the entry at a position costs."""
        return _at(self.spent.money[self.near.index(at)], volume)


def _chosen(found: Candidates, choice: _Choice, needs: Needs) -> Advice:
    lost, margin, spent, volume = choice.lost, choice.margin, choice.spent, needs.volume
    at = choice.taken(volume)
    within = float(lost.within[at])
    settled = settling(found, at, margin, within)
    taken, best = found.entries[at], found.entries[lost.best]
    ids = [one.id for one in found.entries]
    return Advice(
        task=found.task,
        take=taken.id,
        best=best.id,
        score=taken.score,
        best_score=found.top,
        expected_regret=float(lost.regret[at]),
        probability_within_margin=within,
        margin=margin,
        cost=choice.seconds(at, volume),
        best_cost=choice.seconds(lost.best, volume),
        volume=volume,
        money=choice.money(at, volume),
        best_money=choice.money(lost.best, volume),
        currency=needs.currency,
        by_money=spent.in_money,
        machines=spent.unlike,
        at_volumes=tuple(_at_volume(ids, choice, number) for number in sorted({*PRESETS, volume})),
        cheapest=cheapest([ids[i] for i in choice.near], spent.outlays),
        estimated=taken.estimated,
        more_examples=settled.examples,
        more_seeds=settled.seeds,
    )


def _at_volume(ids: Sequence[str], choice: _Choice, volume: int) -> AtVolume:
    at = choice.taken(volume)
    return AtVolume(
        volume=volume,
        id=ids[at],
        seconds=choice.seconds(at, volume),
        money=choice.money(at, volume),
    )


def _at(outlay: Outlay | None, volume: int) -> float | None:
    return None if outlay is None else outlay.at(volume)

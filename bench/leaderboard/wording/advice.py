"""Recommendations: the cheapest entry close to the best, by task and over all tasks."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from bench.errors import UserError, did_you_mean
from bench.leaderboard.board import Entry, Leaderboard, TaskColumn
from bench.leaderboard.comparisons.cost_quality import cell_cost, entry_cost, quality
from bench.leaderboard.comparisons.means import scaled
from bench.leaderboard.findings import Advice
from bench.leaderboard.wording.advice_text import (
    MARGIN,
    Candidate,
    advice_in_words,
    nothing_in_words,
)
from bench.leaderboard.wording.names import names
from bench.leaderboard.wording.query import BoardQuery

_ROUNDING = 1e-9
"""Tolerance by which a difference equal to the margin counts as within it despite rounding."""


def recommend(
    board: Leaderboard, margin: float = MARGIN, task: str | None = None
) -> tuple[Advice, ...]:
    """Recommend the cheapest ranked entry close to the best, for each task and then over all by
    mean.

    An entry is close if its score is at most `margin` worse, in the task's own main metric or in
    the mean, or if it does not differ significantly from the best. Entries not significantly above
    the floor are never recommended. Cost is the time to fit and to predict 1,000 texts.

    Args:
        board: the leaderboard.
        margin: largest acceptable loss of score.
        task: restrict recommendations to this task.

    Raises:
        UserError: the margin is negative, or no ranked entry has scored such a task.
    """
    if not margin >= 0:
        raise UserError(f"margin {margin:g}: give 0 or more")
    if task is not None:
        return (_on_task(board, _column(board, task), margin),)
    found = [_on_task(board, column, margin) for column in board.tasks if _ranked(board, column)]
    return (*found, *_over_all(board, margin))


def _column(board: Leaderboard, name: str) -> TaskColumn:
    known = {column.name: column for column in board.tasks}
    if name not in known:
        raise UserError(f"unknown task '{name}'; {did_you_mean(name, known)}")
    if not _ranked(board, known[name]):
        raise UserError(f"task {name}: no ranked row has scored it; `bench run -t {name}` does")
    return known[name]


def _ranked(board: Leaderboard, task: TaskColumn) -> list[Entry]:
    cells = ((row, row.cells.get(task.name)) for row in board.rows)
    return [row for row, cell in cells if row.ranked and cell and cell.rank is not None]


def _on_task(board: Leaderboard, task: TaskColumn, margin: float) -> Advice:
    real = _candidates(board, task, [row for row in _ranked(board, task) if not row.is_floor])
    fit = [c for c in real if c.above_floor is not False]
    if not fit:
        full = _with_all_rows(board, task)
        return _nothing(task.name, margin, nothing_in_words(task, full), full)
    best = min(fit, key=_best_first)
    # The tests refer to the task's best entry: they do not compare the neighbours of another.
    alike = [c for c in fit if best.first and c.tied]
    chosen = _cheapest([c for c in fit if _within(c, best, margin) or c in alike]) or best
    tied = chosen in alike if best.first and chosen is not best else None
    full = _with_all_rows(board, task, chosen, best)
    words = advice_in_words(
        chosen,
        best,
        margin=margin,
        task=task,
        tied=tied,
        doubtful=[c for c in real if c.above_floor is False and c.quality > best.quality],
        alike=[c for c in alike if c is not best],
        full=full,
    )
    found = _advice(task.name, chosen, best, margin, words, tied=bool(tied))
    return replace(found, all_rows=full.id if full else "")


def _candidates(board: Leaderboard, task: TaskColumn, rows: Sequence[Entry]) -> list[Candidate]:
    called = names(board.rows)
    return [_candidate(row, task, called[row.id]) for row in rows]


def _candidate(row: Entry, task: TaskColumn, name: str) -> Candidate:
    cell = row.cells[task.name]
    score = cell.scores[cell.main_metric]
    cost = cell.cost
    return Candidate(
        id=row.id,
        name=name,
        score=score,
        quality=quality(task, score),
        seconds=cell_cost(cell),
        first=cell.rank == 1,
        tied=cell.tied,
        above_floor=cell.above_floor,
        machine=(cost.device, cost.threads, cost.workers) if cost else None,
    )


def _within(one: Candidate, best: Candidate, margin: float) -> bool:
    return best.quality - one.quality <= margin + _ROUNDING


def _best_first(one: Candidate) -> tuple[float, float]:
    return (-one.quality, float("inf") if one.seconds is None else one.seconds)


def _cheapest(near: Sequence[Candidate]) -> Candidate | None:
    priced = [(c.seconds, -c.quality, i) for i, c in enumerate(near) if c.seconds is not None]
    return near[min(priced)[-1]] if priced else None


def _with_all_rows(
    board: Leaderboard,
    task: TaskColumn,
    chosen: Candidate | None = None,
    best: Candidate | None = None,
) -> Candidate | None:
    """Return the best full-data entry if it is as good as the chosen one and costs no more than the
    best; where none was chosen, if it is significantly above the floor."""
    done = [r for r in board.rows if r.full_data_row and _compared(r, task) and not r.is_floor]
    real = _candidates(board, task, done)
    priced = [c for c in real if c.seconds is not None and c.above_floor is not False]
    if chosen is not None:
        priced = [c for c in priced if c.quality >= chosen.quality]
    if best is not None:
        priced = [c for c in priced if (c.seconds or 0) <= (best.seconds or 0)]
    return min(priced, key=_best_first, default=None)


def _compared(row: Entry, task: TaskColumn) -> bool:
    cell = row.cells.get(task.name)
    return cell is not None and cell.status == "done" and cell.comparable


def _over_all(board: Leaderboard, margin: float) -> Iterator[Advice]:
    tasks = [task.name for task in scaled(board.tasks)]
    if len(tasks) < 2 or not any(row.ranked and row.mean is not None for row in board.rows):
        return
    known = list(_over_tasks(board, tasks))
    if not known:
        yield _nothing("", margin, nothing_in_words(None))
        return
    best = min(known, key=_best_first)
    tied = _tied_by_mean(board, best)
    near = [c for c in known if _within(c, best, margin) or tied[c.id]]
    # An entry that fails on a task where the best does not is not a cheaper alternative.
    chosen = _cheapest([c for c in near if {*c.below} <= {*best.below}]) or best
    words = advice_in_words(
        chosen,
        best,
        margin=margin,
        over=len(tasks),
        tied=tied[chosen.id],
        doubtful=[c for c in near if c.seconds is not None and c.seconds < (best.seconds or 0)],
    )
    yield _advice("", chosen, best, margin, words, tied=bool(tied[chosen.id]))


def _tied_by_mean(board: Leaderboard, best: Candidate) -> dict[str, bool | None]:
    """Return by entry whether its mean does not differ significantly from the best's; None: not
    tested."""
    field = BoardQuery(board)
    rows = {row.id: row for row in field.ranked}
    apart = {id_: field.apart("", rows[best.id], row) for id_, row in rows.items()}
    return {id_: None if found is None else not found for id_, found in apart.items()}


def _over_tasks(board: Leaderboard, tasks: Sequence[str]) -> Iterator[Candidate]:
    """Yield the ranked entries that are significantly above the floor on some task, by their
    means."""
    called = names(board.rows)
    for row in board.rows:
        above = _surely_above(row, tasks)
        if row.ranked and not row.is_floor and row.mean is not None and above:
            yield Candidate(
                id=row.id,
                name=called[row.id],
                score=row.mean,
                quality=row.mean,
                seconds=entry_cost(row, tasks),
                machine=_machines(row, tasks),
                below=tuple(name for name in tasks if name not in above),
            )


def _surely_above(row: Entry, tasks: Sequence[str]) -> set[str]:
    return {name for name in tasks if name in row.cells and row.cells[name].above_floor}


def _machines(row: Entry, tasks: Sequence[str]) -> object:
    costs = [row.cells[name].cost for name in tasks if name in row.cells]
    return sorted({(cost.device, cost.threads, cost.workers) for cost in costs if cost})


def _advice(
    task: str,
    chosen: Candidate,
    best: Candidate,
    margin: float,
    words: str,
    *,
    tied: bool = False,
) -> Advice:
    known = chosen.seconds and best.seconds is not None
    return Advice(
        task=task,
        best=best.id,
        cheapest=chosen.id,
        difference=best.quality - chosen.quality,
        margin=margin,
        cost=chosen.seconds,
        cost_ratio=(best.seconds or 0) / chosen.seconds if known and chosen.seconds else None,
        tied=tied,
        words=words,
    )


def _nothing(task: str, margin: float, words: str, full: Candidate | None = None) -> Advice:
    return Advice(
        task=task,
        best="",
        cheapest="",
        difference=None,
        margin=margin,
        cost=None,
        cost_ratio=None,
        tied=False,
        words=words,
        all_rows=full.id if full else "",
    )

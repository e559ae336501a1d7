"""Crossovers: training set sizes at which one family overtakes another."""

from collections.abc import Iterator, Sequence
from itertools import combinations, pairwise

from bench.leaderboard.board import Leaderboard
from bench.leaderboard.comparisons.learning_curves import ROWS
from bench.leaderboard.findings import Crossover, Curve, CurveLine, CurvePoint


def crossovers(board: Leaderboard) -> tuple[Crossover, ...]:
    """Return every crossing of two families' learning curves, by task and size.

    Only sizes that both families have are compared; where their scores are equal neither is ahead.
    A crossing is certain where the 95 % intervals of the two do not overlap at either size.
    """
    up = {task.name: task.greater_is_better for task in board.tasks}
    return tuple(
        crossover
        for curve in board.curves
        if curve.axis == ROWS
        for first, second in combinations(curve.lines, 2)
        if first.baseline != second.baseline
        for crossover in _crossings(curve, first, second, 1 if up[curve.task] else -1)
    )


def _crossings(curve: Curve, first: CurveLine, second: CurveLine, sign: int) -> Iterator[Crossover]:
    second_points = {point.x: point for point in second.points}
    shared = [(p.x, p, second_points[p.x]) for p in first.points if p.x in second_points]
    # NaN is treated like a tie: neither ahead nor behind.
    leads = [
        (x, first_point, second_point, sign * (first_point.score - second_point.score))
        for x, first_point, second_point in shared
    ]
    decided = [step for step in leads if step[3] > 0 or step[3] < 0]
    for before, after in pairwise(decided):
        start, first_point, second_point, lead = before
        end, first_later, second_later, later_lead = after
        if (lead > 0) != (later_lead > 0):
            lines = (first, second) if lead > 0 else (second, first)
            meets = [_meet(first_point, second_point), _meet(first_later, second_later)]
            yield _overtaking(curve, lines, (int(start), int(end)), meets)


def _meet(first: CurvePoint, second: CurvePoint) -> bool:
    """Return whether two intervals overlap; unknown bounds count as overlapping."""
    return not (first.low > second.high or second.low > first.high)


def _overtaking(
    curve: Curve,
    lines: tuple[CurveLine, CurveLine],
    sizes: tuple[int, int],
    meets: Sequence[bool],
) -> Crossover:
    first, second = lines
    start, end = sizes
    return Crossover(
        task=curve.task,
        from_rows=start,
        to_rows=end,
        first=first.baseline,
        second=second.baseline,
        first_about=first.about,
        second_about=second.about,
        sure=not any(meets),
        words=f"{curve.task}: {_name(first)} is ahead at {start:,} labelled examples, "
        f"{_name(second)} at {end:,}; {_how_sure(sizes, meets)}.",
    )


def _name(line: CurveLine) -> str:
    return f"{line.baseline} ({line.about})" if line.about else line.baseline


def _how_sure(sizes: tuple[int, int], meets: Sequence[bool]) -> str:
    if not any(meets):
        return "their intervals do not overlap at either"
    where = "both" if all(meets) else f"{sizes[meets.index(True)]:,}"
    return f"not significant, since their intervals overlap at {where}"

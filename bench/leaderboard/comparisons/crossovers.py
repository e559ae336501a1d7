"""Crossovers: training set sizes at which one family overtakes another."""

from collections.abc import Iterator, Sequence
from itertools import combinations, pairwise

from bench.leaderboard.board import Leaderboard
from bench.leaderboard.comparisons.learning_curves import ROWS
from bench.leaderboard.findings import Crossover, Curve, CurveLine, CurvePoint


def overtakings(board: Leaderboard) -> tuple[Crossover, ...]:
    """Return every crossing of two families' learning curves, by task and size.

    Only sizes that both families have are compared; where their scores are equal neither is ahead.
    A crossing is certain where the 95 % intervals of the two do not overlap at either size.
    """
    up = {task.name: task.greater_is_better for task in board.tasks}
    return tuple(
        found
        for curve in board.curves
        if curve.axis == ROWS
        for one, other in combinations(curve.lines, 2)
        if one.baseline != other.baseline
        for found in _crossings(curve, one, other, 1 if up[curve.task] else -1)
    )


def _crossings(curve: Curve, one: CurveLine, other: CurveLine, sign: int) -> Iterator[Crossover]:
    there = {point.x: point for point in other.points}
    both = [(p.x, p, there[p.x]) for p in one.points if p.x in there]
    # NaN is treated like a tie: neither ahead nor behind.
    apart = [(x, mine, its, sign * (mine.score - its.score)) for x, mine, its in both]
    told = [step for step in apart if step[3] > 0 or step[3] < 0]
    for (start, mine, its, lead), (end, mine_later, its_later, later) in pairwise(told):
        if (lead > 0) != (later > 0):
            lines = (one, other) if lead > 0 else (other, one)
            meets = [_meet(mine, its), _meet(mine_later, its_later)]
            yield _overtaking(curve, lines, (int(start), int(end)), meets)


def _meet(one: CurvePoint, other: CurvePoint) -> bool:
    """Return whether two intervals overlap; unknown bounds count as overlapping."""
    return not (one.low > other.high or other.low > one.high)


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

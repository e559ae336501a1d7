"""A task's rankings by corpus or by part of the answer, where it has several."""

import math
from collections.abc import Iterator

from bench.leaderboard.board import Leaderboard, Row, TaskColumn
from bench.leaderboard.wording import format as words
from bench.records import Ranking
from bench.reports.tables.board_table import scored_on
from bench.reports.tables.word_table import Line, Table

TITLE = "Scores by part"
MEANING = (
    "Entries ranked separately on each corpus or part of the answer: score, 95 % interval and rank "
    "by score. Only the main metric is tested for significance."
)


def rankings(board: Leaderboard) -> Iterator[tuple[str, Table]]:
    """Yield the title and table of each task with rankings of its own, in the order of the
    tasks."""
    for number, task in enumerate(board.tasks):
        rows = [row for row in scored_on(board, task) if row.cells[task.name].comparable]
        if task.rankings and rows:
            places = [_places(rows, task, one) for one in task.rankings]
            lines = [_line(board, row, task, number, places) for row in rows]
            head = ("baseline", task.main_metric, *(f"{r.of}: {r.metric}" for r in task.rankings))
            yield f"{task.name}: scores by part", Table(head, tuple(lines))


def _places(rows: list[Row], task: TaskColumn, ranking: Ranking) -> dict[str, int]:
    """Return each entry's rank; unranked entries have none."""
    found = {
        row.id: score
        for row in rows
        if row.ranked
        and math.isfinite(score := row.cells[task.name].scores.get(ranking.metric, math.nan))
    }
    way = 1 if ranking.greater_is_better else -1
    return {
        row: 1 + sum(way * other > way * score for other in found.values())
        for row, score in found.items()
    }


def _line(
    board: Leaderboard, row: Row, task: TaskColumn, number: int, places: list[dict[str, int]]
) -> Line:
    cell = row.cells[task.name]

    def said(metric: str) -> str:
        bounds = words.interval(cell.intervals.get(metric))
        return f"{words.score(cell.scores.get(metric))} {bounds}"

    return Line(
        f"{row.id}-{number}",
        words.name(row),
        words.apart(row, board.rows),
        (
            said(task.main_metric),
            *(
                said(ranking.metric) + (f" {place[row.id]}" if row.id in place else "")
                for ranking, place in zip(task.rankings, places, strict=True)
            ),
        ),
    )

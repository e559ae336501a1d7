"""A task's rankings by corpus or by part of the answer, where it has several."""

import math
from collections.abc import Iterator

from bench.leaderboard.board import Entry, Leaderboard, TaskColumn
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
        entries = [entry for entry in scored_on(board, task) if entry.cells[task.name].comparable]
        if task.rankings and entries:
            places = [_places(entries, task, ranking) for ranking in task.rankings]
            lines = [_line(board, entry, task, number, places) for entry in entries]
            head = ("baseline", task.main_metric, *(f"{r.of}: {r.metric}" for r in task.rankings))
            yield f"{task.name}: scores by part", Table(head, tuple(lines))


def _places(entries: list[Entry], task: TaskColumn, ranking: Ranking) -> dict[str, int]:
    """Return each entry's rank; unranked entries have none."""
    scores = {
        entry.id: score
        for entry in entries
        if entry.ranked
        and math.isfinite(score := entry.cells[task.name].scores.get(ranking.metric, math.nan))
    }
    sign = 1 if ranking.greater_is_better else -1
    return {
        entry: 1 + sum(sign * other_score > sign * score for other_score in scores.values())
        for entry, score in scores.items()
    }


def _line(
    board: Leaderboard, entry: Entry, task: TaskColumn, number: int, places: list[dict[str, int]]
) -> Line:
    cell = entry.cells[task.name]

    def score_text(metric: str) -> str:
        bounds = words.interval(cell.intervals.get(metric))
        return f"{words.score(cell.scores.get(metric))} {bounds}"

    return Line(
        f"{entry.id}-{number}",
        words.name(entry),
        words.apart(entry, board.rows),
        (
            score_text(task.main_metric),
            *(
                score_text(ranking.metric) + (f" {place[entry.id]}" if entry.id in place else "")
                for ranking, place in zip(task.rankings, places, strict=True)
            ),
        ),
    )

"""Multi-task entries compared with their single-task twins."""

from bench.leaderboard.board import Leaderboard
from bench.leaderboard.findings import PairedComparison
from bench.leaderboard.wording import format as words
from bench.reports.tables.word_table import Line, Table

TWINS = "Shared adapter vs one per task"
TWINS_MEANING = (
    "The main metric of each multi-task entry minus that of its single-task twin, on the same "
    "examples and seeds, with the 95 % interval of the paired difference."
)


def twins(board: Leaderboard) -> Table:
    """Return a line for each multi-task cell that has a twin."""
    titles = {r.id: words.named(r.baseline, words.apart(r, board.rows)) for r in board.rows}
    numbers = {task.name: i for i, task in enumerate(board.tasks)}
    lines = tuple(
        Line(f"{t.multi}-{numbers[t.task]}", t.task, "", _twin_words(t, titles))
        for t in board.twins
    )
    return Table(("task", *_TWIN_HEAD), lines)


_TWIN_HEAD = (
    "shared",
    "one per task",
    "metric",
    "score, shared",
    "score, one per task",
    "difference",
    "95 % interval",
    "seeds",
    "other differences",
)


def _twin_words(twin: PairedComparison, titles: dict[str, str]) -> tuple[str, ...]:
    better = "" if twin.greater_is_better else " (smaller is better)"
    return (
        titles[twin.multi],
        titles[twin.single],
        twin.metric + better,
        words.score(twin.multi_score),
        words.score(twin.single_score),
        words.difference(twin.difference),
        words.interval(twin.interval),
        words.seeds(twin.seeds),
        "; ".join(twin.notes) or "none",
    )

"""The leaderboard's human entry: one annotator's answers against the others' consensus."""

from collections.abc import Sequence

from bench.leaderboard.board import HUMAN, Cell, Entry, TaskColumn
from bench.leaderboard.gather import Gathered
from bench.leaderboard.merging.agreement import without_model
from bench.records import PeopleFacts, TaskScores

HOW = "average rater vs the others"


def human_entry(gathered: Gathered, tasks: Sequence[TaskColumn]) -> Entry | None:
    """Return an unranked entry with a cell for each task whose newest results contain annotators'
    answers; None where no task has any."""
    cells = {}
    for task in tasks:
        newest = gathered.tasks[task.name].newest
        if newest is not None and newest.facts.people is not None:
            limit = newest.run.limit.test
            cells[task.name] = _cell(newest.facts, newest.facts.people, limit)
    if not cells:
        return None
    return Entry(
        id=HUMAN,
        baseline=HUMAN,
        variant=HOW,
        params={},
        limit_train=None,
        full_data_row=False,
        recipe="",
        model=None,
        ranked=False,
        is_floor=False,
        cells=cells,
        mean=None,
        mean_by_source=None,
        mean_rank=None,
        win_rate=None,
    )


def _cell(facts: TaskScores, people: PeopleFacts, limit: int | None) -> Cell:
    return Cell(
        task=facts.task,
        version=facts.version,
        baseline=HUMAN,
        variant=HOW,
        limit_train=None,
        limit_test=limit,
        params={},
        seeds=(),
        status="done",
        main_metric=facts.main_metric,
        scores={facts.main_metric: people.score},
        intervals={facts.main_metric: people.interval},
        people=without_model(people),
        reduction="Each rater's answers are scored against the others' as gold: the label that "
        "most of them gave, or the mean of their numbers. Examples on which the others are "
        "undecided are left out. Models are scored in the same way, too, beside their agreement "
        "with raters; their scores in the table are against the task's own gold.",
        seeded=False,
    )

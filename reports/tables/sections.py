"""The tables around the leaderboard, in their order: every format shows the same ones."""

from collections.abc import Iterator
from dataclasses import dataclass

from bench.leaderboard.board import Leaderboard
from bench.reports.tables import agreement as people
from bench.reports.tables import multi_task, rankings, readouts, sweeps, volumes
from bench.reports.tables import prompts as wordings
from bench.reports.tables.word_table import Table


@dataclass(frozen=True)
class Section:
    """A table with its title, and an explanation of its terms."""

    id: str
    title: str
    short: str
    """Kind of table, in a word or two: several tasks may have one of the same kind."""
    meaning: str
    table: Table


def sections(board: Leaderboard) -> list[Section]:
    """Return the sections for which this leaderboard has content."""
    return [section for section in _all(board) if section.table.lines]


def _all(board: Leaderboard) -> Iterator[Section]:
    yield _single("volumes", volumes.TITLE, volumes.meaning(board), volumes.costs(board))
    for number, (title, table) in enumerate(sweeps.sweeps(board)):
        yield Section(f"sweep-{number}", title, sweeps.TITLE, sweeps.MEANING, table)
    for number, (title, table) in enumerate(rankings.rankings(board)):
        yield Section(f"ranking-{number}", title, rankings.TITLE, rankings.MEANING, table)
    yield _single("readouts", readouts.READOUTS, readouts.MEANING, readouts.readouts(board))
    yield _single("twins", multi_task.TWINS, multi_task.TWINS_MEANING, multi_task.twins(board))
    yield _single("people", people.TITLE, people.MEANING, people.people(board))
    for pair in people.pairs(board):
        yield Section(pair.id, pair.title, people.PAIRS_TITLE, people.PAIRS_MEANING, pair.table)
    yield _single("wordings", wordings.TITLE, wordings.MEANING, wordings.wordings(board))


def _single(id_: str, title: str, meaning: str, table: Table) -> Section:
    return Section(id_, title, title, meaning, table)

"""How people agree with one another, and each row with them, as words."""

from bench.board import Cell, Leaderboard
from bench.human_row import HUMAN
from bench.reports import words
from bench.reports.readouts import Line, Table

TITLE = "Beside people"
MEANING = (
    "Cohen's kappa of each row with each person, mean over the persons; of the row human, of all "
    "pairs of persons. Fleiss' kappa and Krippendorff's alpha are of the people alone (alpha of "
    "numbers with squared differences). Where the data does not tell persons apart, the first "
    "answer to each text stands for one person, the second for another, and so on."
)
_HEAD = (
    "task",
    "kappa with people",
    "Fleiss' kappa",
    "Krippendorff's alpha",
    "people",
    "rated rows",
)


def people(board: Leaderboard) -> Table:
    """A line a cell of a rated task."""
    lines = [
        Line(f"{row.id}-{number}", words.name(row), words.apart(row, board.rows), _words(cell))
        for number, task in enumerate(board.tasks)
        for row in board.rows
        if (cell := row.cells.get(task.name)) and cell.people is not None and _tells(cell)
    ]
    return Table(("baseline", *_HEAD), tuple(lines))


def _tells(cell: Cell) -> bool:
    assert cell.people is not None
    return cell.baseline == HUMAN or cell.people.model_kappa is not None


def _words(cell: Cell) -> tuple[str, ...]:
    found = cell.people
    assert found is not None
    human = cell.baseline == HUMAN
    return (
        cell.task,
        words.score(found.kappa if human else found.model_kappa),
        words.score(found.fleiss) if human else "",
        words.score(found.alpha) if human else "",
        f"{found.people:,}",
        f"{found.rows:,}",
    )

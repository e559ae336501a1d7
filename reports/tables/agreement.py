"""Tables of the agreement among annotators, and of each entry with them."""

from collections.abc import Iterator
from dataclasses import dataclass

from bench.leaderboard.board import HUMAN, Cell, Leaderboard, Row, TaskColumn
from bench.leaderboard.wording import format as words
from bench.records import AnnotatorFacts
from bench.reports.tables.word_table import Line, Table

TITLE = "Beside people"
MEANING = (
    "Cohen's kappa of each row with each person, mean over the persons; of the row human, of all "
    "pairs of persons. The score like a person's takes one person after the other out and compares "
    "the row's answers with what the remaining ones agree on, as it does with that person's own. "
    "Fleiss' kappa and Krippendorff's alpha are of the people alone (alpha of numbers with squared "
    "differences). Where the data does not tell persons apart, the first "
    "answer to each text stands for one person, the second for another, and so on. An answer that "
    "could not be read agrees with nobody. Answers published before were not made here and are "
    "never ranked."
)
PAIRS_TITLE = "Who agrees with whom"
PAIRS = f"{PAIRS_TITLE}: {{}}"
PAIRS_MEANING = (
    "Cohen's kappa of each pair: people, answers published before, and the board's rows with both. "
    "Who learnt from one person's labels agrees with that person by learning."
)
PUBLISHED = "published before, not ranked"
_PERSON = "a person"
_HEAD = (
    "task",
    "kappa with people",
    "score like a person's",
    "Fleiss' kappa",
    "Krippendorff's alpha",
    "people",
    "rated rows",
)


@dataclass(frozen=True)
class Pairs:
    """Pairwise kappas for one task."""

    id: str
    title: str
    table: Table


def people(board: Leaderboard) -> Table:
    """Return a line for each cell of an annotated task, and one for each published answer to it."""
    lines = []
    for number, task in enumerate(board.tasks):
        for row in board.rows:
            cell = row.cells.get(task.name)
            if cell is not None and cell.people is not None and _tells(cell):
                about = words.apart(row, board.rows)
                lines.append(Line(f"{row.id}-{number}", words.name(row), about, _words(cell)))
        said = [one for one in annotators(board, task) if one.earlier]
        lines += [Line(_human(number), one.name, PUBLISHED, _earlier(task, one)) for one in said]
    return Table(("baseline", *_HEAD), tuple(lines))


def annotators(board: Leaderboard, task: TaskColumn) -> tuple[AnnotatorFacts, ...]:
    """Return a task's named annotators, people first."""
    cells = (row.cells.get(task.name) for row in board.rows if row.id == HUMAN)
    found = next((cell.people for cell in cells if cell is not None), None)
    return () if found is None else found.annotators


def _human(number: int) -> str:
    return f"{HUMAN}-{number}"


def _tells(cell: Cell) -> bool:
    assert cell.people is not None
    return cell.baseline == HUMAN or cell.people.model_kappa is not None


def _words(cell: Cell) -> tuple[str, ...]:
    found = cell.people
    assert found is not None
    human = cell.baseline == HUMAN
    return (
        cell.task,
        words.score(kappa(cell)),
        words.score(found.score if human else found.model_score),
        words.score(found.fleiss) if human else "",
        words.score(found.alpha) if human else "",
        f"{found.people:,}",
        f"{found.rows:,}",
    )


def kappa(cell: Cell) -> float | None:
    """Return a cell's kappa with the annotators; for the human entry, among the annotators."""
    if cell.people is None:
        return None
    return cell.people.kappa if cell.baseline == HUMAN else cell.people.model_kappa


def _earlier(task: TaskColumn, said: AnnotatorFacts) -> tuple[str, ...]:
    return (task.name, words.score(said.kappa), "", "", "", "", f"{said.rows:,}")


def pairs(board: Leaderboard) -> list[Pairs]:
    """Return a table for each task whose annotators are named."""
    found = []
    for number, task in enumerate(board.tasks):
        if who := annotators(board, task):
            lines = (*_among(who, number), *_rows(board.rows, task, number, who))
            table = Table(("who", *(one.name for one in who)), lines)
            found.append(Pairs(f"pairs-{number}", PAIRS.format(task.name), table))
    return found


def _among(who: tuple[AnnotatorFacts, ...], number: int) -> Iterator[Line]:
    for one in who:
        about = PUBLISHED if one.earlier else _PERSON
        yield Line(_human(number), one.name, about, tuple(map(words.score, one.with_each)))


def _rows(
    rows: tuple[Row, ...], task: TaskColumn, number: int, who: tuple[AnnotatorFacts, ...]
) -> Iterator[Line]:
    names = [one.name for one in who]
    for row in rows:
        cell = row.cells.get(task.name)
        found = cell.people.annotators if cell is not None and cell.people is not None else ()
        if row.id != HUMAN and [one.name for one in found] == names:
            said = tuple(words.score(one.model_kappa) for one in found)
            yield Line(f"{row.id}-{number}", row.baseline, words.apart(row, rows), said)

"""Tables of the agreement among annotators, and of each entry with them."""

from collections.abc import Iterator
from dataclasses import dataclass

from bench.leaderboard.board import HUMAN, Cell, Entry, Leaderboard, TaskColumn
from bench.leaderboard.wording import format as words
from bench.records import AnnotatorFacts
from bench.reports.tables.word_table import Line, Table

TITLE = "Agreement with human raters"
MEANING = (
    "Cohen's kappa of each entry with each rater, averaged over raters; for the entry human, "
    "averaged over all pairs of raters. The score as a rater leaves one rater out at a time and "
    "compares the entry's answers with the others' consensus, as it does with that rater's own. "
    "Fleiss' kappa and Krippendorff's alpha are among raters "
    "(alpha of numbers uses squared differences). Where the data does not identify raters, the "
    "first answer to each text is taken as one rater, the second as another, and so on. An answer "
    "that could not be read agrees with nobody. Published answers were not produced here and are "
    "never ranked."
)
PAIRS_TITLE = "Pairwise agreement"
PAIRS = f"{PAIRS_TITLE}: {{}}"
PAIRS_MEANING = (
    "Cohen's kappa of each pair among raters and published answers, and of each entry with them. "
    "A model trained on one rater's labels agrees more with that rater."
)
PUBLISHED = "published answers, not ranked"
_PERSON = "rater"
_HEAD = (
    "task",
    "kappa with raters",
    "score as a rater",
    "Fleiss' kappa",
    "Krippendorff's alpha",
    "raters",
    "rated examples",
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
        for entry in board.rows:
            cell = entry.cells.get(task.name)
            if cell is not None and cell.people is not None and _tells(cell):
                about = words.apart(entry, board.rows)
                lines.append(Line(f"{entry.id}-{number}", words.name(entry), about, _words(cell)))
        published = [annotator for annotator in annotators(board, task) if annotator.earlier]
        lines += [
            Line(_human(number), annotator.name, PUBLISHED, _published(task, annotator))
            for annotator in published
        ]
    return Table(("baseline", *_HEAD), tuple(lines))


def annotators(board: Leaderboard, task: TaskColumn) -> tuple[AnnotatorFacts, ...]:
    """Return a task's named annotators, people first."""
    cells = (entry.cells.get(task.name) for entry in board.rows if entry.id == HUMAN)
    facts = next((cell.people for cell in cells if cell is not None), None)
    return () if facts is None else facts.annotators


def _human(number: int) -> str:
    return f"{HUMAN}-{number}"


def _tells(cell: Cell) -> bool:
    assert cell.people is not None
    return cell.baseline == HUMAN or cell.people.model_kappa is not None


def _words(cell: Cell) -> tuple[str, ...]:
    facts = cell.people
    assert facts is not None
    human = cell.baseline == HUMAN
    return (
        cell.task,
        words.score(kappa(cell)),
        words.score(facts.score if human else facts.model_score),
        words.score(facts.fleiss) if human else "",
        words.score(facts.alpha) if human else "",
        f"{facts.people:,}",
        f"{facts.rows:,}",
    )


def kappa(cell: Cell) -> float | None:
    """Return a cell's kappa with the annotators; for the human entry, among the annotators."""
    if cell.people is None:
        return None
    return cell.people.kappa if cell.baseline == HUMAN else cell.people.model_kappa


def _published(task: TaskColumn, published: AnnotatorFacts) -> tuple[str, ...]:
    return (task.name, words.score(published.kappa), "", "", "", "", f"{published.rows:,}")


def pairs(board: Leaderboard) -> list[Pairs]:
    """Return a table for each task whose annotators are named."""
    tables = []
    for number, task in enumerate(board.tasks):
        if raters := annotators(board, task):
            lines = (*_among(raters, number), *_entry_lines(board.rows, task, number, raters))
            table = Table(("rater", *(rater.name for rater in raters)), lines)
            tables.append(Pairs(f"pairs-{number}", PAIRS.format(task.name), table))
    return tables


def _among(raters: tuple[AnnotatorFacts, ...], number: int) -> Iterator[Line]:
    for rater in raters:
        about = PUBLISHED if rater.earlier else _PERSON
        yield Line(_human(number), rater.name, about, tuple(map(words.score, rater.with_each)))


def _entry_lines(
    entries: tuple[Entry, ...], task: TaskColumn, number: int, raters: tuple[AnnotatorFacts, ...]
) -> Iterator[Line]:
    names = [rater.name for rater in raters]
    for entry in entries:
        cell = entry.cells.get(task.name)
        rated = cell.people.annotators if cell is not None and cell.people is not None else ()
        if entry.id != HUMAN and [rater.name for rater in rated] == names:
            kappas = tuple(words.score(rater.model_kappa) for rater in rated)
            yield Line(f"{entry.id}-{number}", entry.baseline, words.apart(entry, entries), kappas)

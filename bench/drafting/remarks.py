"""Notes on a draft for the user, before anything is run."""

from collections import defaultdict
from collections.abc import Sequence

from bench.data.label_coverage import unseen_labels, untested_labels
from bench.data.load import load_task
from bench.data.loaded import Loaded
from bench.errors import DataError
from bench.example import Splits
from bench.files import Files
from bench.files.columns.cells import NAMED, Cells
from bench.files.reading import Material
from bench.outputs import Output
from bench.task import Prompt, Task

LISTED = 8
"""Largest number of labels that a line names."""


def of_repeated_texts(cells: Cells) -> list[str]:
    """Return a note if many texts stand in several rows with different answers, as in a table of
    annotations."""
    if cells.who or cells.said:
        return []
    answers: dict[tuple[str, str | None], set[object]] = defaultdict(set)
    for text, pair, answer in zip(cells.texts, cells.pairs, cells.answers, strict=True):
        answers[text, pair].add(answer)
    torn = sum(len(given) > 1 for given in answers.values())
    if 10 * torn < len(answers):
        return []
    return [
        f"{torn:,} {'text stands' if torn == 1 else 'texts stand'} in several rows with different "
        "answers; if a column says who gave them, give it with --annotator"
    ]


def places_of(material: Material, rows: Sequence[int]) -> str:
    """Return the places of the first of some rows of a table, as `line 7, line 9, …`."""
    places = [material.where(row).removeprefix(f"{material.source}, ") for row in rows[:NAMED]]
    return ", ".join(places) + (", …" if len(rows) > NAMED else "")


def _loaded(name: str, output: Output, splits: Splits) -> Loaded | str:
    """Return the splits as a run has them; or why there are none."""
    task = Task(
        name=name,
        output=output,
        load=lambda files: splits,
        prompt=Prompt(instruction="?"),
        licence="unknown",
        citation="none",
        source=name,
    )
    try:
        return load_task(task, Files(name))
    except DataError as error:
        return str(error).removeprefix(f"task {name}: ")


def of_the_split(name: str, output: Output, examples: Splits) -> list[str]:
    """Return what is never tested or never seen in a task, or why there is no test."""
    splits = _loaded(name, output, examples)
    if isinstance(splits, str):
        return [splits]
    sides = (
        (untested_labels(splits, output.labels), "never tested"),
        (unseen_labels(splits, output.labels), "tested, but never seen in training"),
    )
    return [
        f"{len(names)} label{'s' * (len(names) != 1)} {what}: {_in_line(names)}"
        for names, what in sides
        if names
    ]


def _in_line(names: Sequence[str]) -> str:
    """Return names in one line: a label can hold a line break."""
    shown = ", ".join(" ".join(name.split()) for name in names[:LISTED])
    return shown + (", …" if len(names) > LISTED else "")

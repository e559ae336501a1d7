"""Examples and people's annotations from the rows of a table."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

from bench.example import SPLITS, Example, Split, Splits
from bench.files.columns.answers import Count
from bench.files.columns.cells import Cells
from bench.files.columns.votes import vote
from bench.outputs import Answer


def splits_of(cells: Cells, count: Count) -> Splits:
    """Return the examples of each split. Where several people gave an answer each, the gold is the
    one that most gave; an example without one is left out and counted."""
    examples = list(
        map(Example, cells.ids, cells.texts, cells.answers, cells.pairs, cells.groups)  # type: ignore[arg-type]
    )
    splits: Sequence[str] = cells.splits
    if cells.who:
        examples, splits = _gathered(cells, examples, count)
    made: dict[Split, list[Example]] = {}
    for name in SPLITS:
        if part := [e for e, split in zip(examples, splits, strict=True) if split == name]:
            made[name] = part
    return made


def _subject(cells: Cells, n: int, *, by_id: bool) -> object:
    return cells.ids[n] if by_id else (cells.splits[n], cells.texts[n], cells.pairs[n])


def _gathered(
    cells: Cells, examples: Sequence[Example], count: Count
) -> tuple[list[Example], list[str]]:
    gathered, splits, ties = list[Example](), list[str](), 0
    for places in _same(cells):
        answer = vote([cells.answers[n] for n in places])
        ties += answer is None
        if answer is not None:
            gathered.append(replace(examples[places[0]], target=answer))
            splits.append(cells.splits[places[0]])
    if ties:
        count("ties_of_annotators", ties)
    return gathered, splits


def _same(cells: Cells) -> list[list[int]]:
    """Return the positions of the answers to each example."""
    by_id = len(set(cells.ids)) < len(cells.ids)
    found: dict[object, list[int]] = defaultdict(list)
    for n in range(len(cells.ids)):
        found[_subject(cells, n, by_id=by_id)].append(n)
    return list(found.values())


def annotators_of(cells: Cells) -> tuple[str, ...]:
    """Return the names of those who gave answers, in a table with a row an answer, sorted."""
    return tuple(sorted({*cells.who}))


def annotations_of(cells: Cells) -> dict[str, tuple[Answer | None, ...]]:
    """Return example id -> each person's answer; None where a person gave none."""
    if not cells.who:
        return {id_: tuple(said) for id_, said in zip(cells.ids, cells.said, strict=True)}
    people, annotations = annotators_of(cells), dict[str, tuple[Answer | None, ...]]()
    for places in _same(cells):
        by = {cells.who[n]: cells.answers[n] for n in places}
        annotations[cells.ids[places[0]]] = tuple(by.get(name) for name in people)
    return annotations

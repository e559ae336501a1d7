"""Collect examples of each cell's mistakes from its stored predictions."""

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from bench.data.licences import beginning, free
from bench.errors import DataError, Problem, StoreError, Unavailable
from bench.leaderboard.board import Cell, Leaderboard, TaskColumn
from bench.leaderboard.mistakes.rendering import TEXT, TEXTS, Shown, of_texts, remarks, short
from bench.leaderboard.mistakes.selection import COLUMNS, Wrong, is_measured, pick, wrong_rows
from bench.leaderboard.odd_results import Broke, attempt
from bench.outputs.from_spec import output_of
from bench.records import TaskScores
from bench.store.predictions import read_predictions
from bench.store.record_file import Damaged
from bench.store.store import Store

if TYPE_CHECKING:
    from bench.data.source import Source
    from bench.example import Example
    from bench.leaderboard.mistakes.texts import Texts

FEW = 200
"""Maximum number of cells for which a leaderboard shows examples."""
CAP = 40
"""Maximum number of examples per cell."""
RAW = 200
"""Maximum number of characters of generated text."""


@dataclass(frozen=True, kw_only=True)
class Mistake:
    """A test example that was not answered exactly right."""

    id: str
    gold: str
    """Gold answer in at most 80 characters. Spans as label and position, unless the text is shown;
    a free text only where the licence permits redistribution."""
    predicted: str
    """Predicted answer, in the same form; empty where the answer could not be parsed, or where it
    is generated text that must not be shown."""
    status: str
    """ok, unparsed or refused."""
    place: int
    """Position among the test examples in the order of their ids."""
    predicted_score: float | None
    """Score of the predicted label; of several labels the highest among the wrong ones. None
    without scores."""
    gold_score: float | None
    """Score of the gold label; of several labels the lowest among the missed ones."""
    raw: str = ""
    """First 200 characters of the generated text; unless the licence permits redistribution of the
    task's texts, the first 24, with an ellipsis where there are more."""
    text: str = ""
    """First 600 characters of the text, with an ellipsis where there are more; empty unless texts
    were requested and may be shown."""
    pair: str = ""
    """Second text, cut in the same way, where the task has two."""


@dataclass(frozen=True, kw_only=True)
class CellMistakes:
    """Mistakes of a cell, from its first seed."""

    row: str
    """Id of the entry."""
    task: str
    seed: int
    test: int
    """Number of test examples."""
    total: int
    """Number of test examples not answered exactly right; in answers of several parts, numeric
    parts do not count."""
    measured: bool
    """True where answers are numbers: the largest errors are shown, largest first."""
    shown: tuple[Mistake, ...]
    note: str = ""
    """Sentences that say what was cut, left out or given by position, and why; or nothing."""


@dataclass(frozen=True, kw_only=True)
class Mistakes:
    """Mistakes of all cells of a leaderboard, by task, entries in the leaderboard's order."""

    cells: tuple[CellMistakes, ...] = ()
    note: str = ""
    """A sentence that says why there are none, or nothing."""
    left_out: tuple[Problem, ...] = ()
    """Tasks whose texts were requested but are not shown, and cells without examples, with the
    reasons."""

    def of(self, entry: str, task: str) -> CellMistakes | None:
        """Return the mistakes of a cell; None where it has none."""
        return next((c for c in self.cells if (c.row, c.task) == (entry, task)), None)


def mistakes(
    board: Leaderboard,
    results: Path,
    *,
    cap: int = CAP,
    answers: bool = True,
    texts: "Source | None" = None,
) -> Mistakes:
    """Collect examples of each cell's mistakes.

    Args:
        board: the leaderboard.
        results: the results folder that the leaderboard was computed from.
        cap: maximum number of examples per cell.
        answers: whether generated text may be shown.
        texts: the source of the tasks' texts; None: they are not shown.
    """
    cells = [
        (entry.id, cell, task)
        for task in board.tasks
        for entry in board.rows
        if (cell := entry.cells.get(task.name)) and cell.predictions
    ]
    if len(cells) > FEW:
        note = f"Examples of mistakes are given for boards of up to {FEW} cells; this one has "
        return Mistakes(note=f"{note}{len(cells):,}.")
    reader = _Reader(Store(results), cap, answers, _texts(texts))
    collected = []
    for entry, cell, task in cells:
        examples = attempt(partial(reader.cell, entry, cell, task))
        if isinstance(examples, Broke):
            reader.left_out[f"{cell.baseline} on {task.name}"] = f"no examples: {examples.words}"
        elif examples is not None:
            collected.append(examples)
    return Mistakes(
        cells=tuple(collected),
        left_out=tuple(Problem(where=w, what=what) for w, what in reader.left_out.items()),
    )


def _texts(source: "Source | None") -> "Texts | None":
    if source is None:
        return None
    from bench.leaderboard.mistakes.texts import (
        Texts,  # only here: it imports task loading
    )

    return Texts(source)


@dataclass(frozen=True)
class _Examples:
    """Examples by id; where texts were requested and are missing, the reason."""

    rows: "Mapping[str, Example]"
    why: str = ""


@dataclass(frozen=True)
class _StoredPredictions:
    """A cell's stored predictions: its record, all ids, and the wrong rows."""

    scored: TaskScores
    seed: int
    ids: Sequence[str]
    wrong: Sequence[Wrong]


class _Reader:
    """Reads the predictions of cells, and records what is left out and why."""

    def __init__(self, store: Store, cap: int, answers: bool, texts: "Texts | None") -> None:
        self.store, self.cap, self.answers, self.texts = store, cap, answers, texts
        self.left_out: dict[str, str] = {}

    def cell(self, entry: str, cell: Cell, task: TaskColumn) -> CellMistakes | None:
        try:
            stored = _stored(self.store, cell)
        except (Damaged, StoreError) as error:
            # The page is for others, too: it names no folder of this machine.
            why = str(error).replace(f"{self.store.root}{os.sep}", "")
            self.left_out[f"{cell.baseline} on {task.name}"] = f"no examples: {why}"
            return None
        output = output_of(stored.scored.output)
        chosen = pick(output, stored.wrong, self.cap)
        examples = self._rows(task, stored, cell) if chosen else _Examples({})
        whole = free(task.licence, stored.scored.licence)
        raws = [wrong.raw for wrong in chosen if self.answers]
        texts = [examples.rows[wrong.id] for wrong in chosen if wrong.id in examples.rows]
        notes = remarks(output, raws, whole=whole, placed=not texts) if chosen else ""
        return CellMistakes(
            row=entry,
            task=task.name,
            seed=stored.seed,
            test=len(stored.ids),
            total=len(stored.wrong),
            measured=is_measured(output),
            shown=tuple(self._shown(stored, chosen, examples.rows, whole)),
            note=" ".join(filter(None, (of_texts(texts, examples.why), notes))),
        )

    def _rows(self, task: TaskColumn, stored: _StoredPredictions, cell: Cell) -> _Examples:
        if self.texts is None:
            return _Examples({})
        try:
            return _Examples(self.texts.of(task, stored.scored, stored.ids))
        except (Unavailable, DataError) as error:
            of_task = isinstance(error, Unavailable)
            where = task.name if of_task else f"{cell.baseline} on {task.name}"
            self.left_out[where] = f"its texts are left out: {error}"
            return _Examples({}, str(error))

    def _shown(
        self,
        stored: _StoredPredictions,
        chosen: Sequence[Wrong],
        rows: "Mapping[str, Example]",
        whole: bool,
    ) -> Iterator[Mistake]:
        output = output_of(stored.scored.output)
        places = {id_: place for place, id_ in enumerate(sorted(stored.ids))}
        for number, wrong in enumerate(chosen):
            row = rows.get(wrong.id)
            shown = Shown(None if row is None else row.text, whole)
            # A free text may be generated text, like `raw`, or an answer seen in training.
            theirs = replace(shown, free=whole and self.answers)
            raw = wrong.raw[:RAW] if whole else beginning(wrong.raw)
            row = row if number < TEXTS else None
            yield Mistake(
                id=wrong.id,
                gold=short(output, wrong.gold, shown),
                predicted=short(output, wrong.value, theirs),
                status=wrong.status,
                place=places[wrong.id],
                predicted_score=wrong.predicted_score,
                gold_score=wrong.gold_score,
                raw=raw if self.answers else "",
                text="" if row is None else beginning(row.text, TEXT),
                pair="" if row is None else beginning(row.pair or "", TEXT),
            )


def _stored(store: Store, cell: Cell) -> _StoredPredictions:
    """Return the predictions of a cell's first seed.

    Raises:
        Damaged: the file has changed since it was stored.
        StoreError: the file cannot be used, or its answer space is not one of bench's own.
    """
    _, key, name = cell.predictions[0].split("/")
    result = store.read(key).result
    scored = next(s for s in result.results if s.task == cell.task)
    table = read_predictions(store.runs / key / name, scored.data.test, COLUMNS)
    wrong = wrong_rows(output_of(scored.output), table)
    return _StoredPredictions(scored, result.seed, table["id"].to_pylist(), wrong)

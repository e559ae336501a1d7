"""Merge the readouts of a cell's seeds."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from bench.data.licences import CUT, beginning
from bench.leaderboard.board import Cell, Leaderboard, Readout
from bench.records import Irregular, ReadoutScores
from bench.scoring.readouts import MOST


def merged(
    seeds: Sequence[Mapping[str, ReadoutScores]], *, rows: int, whole: bool
) -> dict[str, Readout]:
    """Merge each readout that every seed has: scores as means, counts as sums.

    Args:
        seeds: the readouts of each seed, by name.
        rows: number of test examples per seed.
        whole: whether irregular answers are shown as stored; else only their beginnings, since they
            can repeat a text.
    """
    names = [name for name in seeds[0] if all(name in readouts for readouts in seeds)]
    return {name: _merged([readouts[name] for readouts in seeds], rows, whole) for name in names}


def _merged(parts: Sequence[ReadoutScores], rows: int, whole: bool) -> Readout:
    answers = rows * sum(part.draws for part in parts)
    unparsed, refused = sum(p.unparsed for p in parts), sum(p.refused for p in parts)
    irregular = [answer for part in parts for answer in part.irregular]
    counts: Counter[tuple[str, bool]] = Counter()
    for answer in irregular:  # two answers that begin alike can become one when they are cut
        counts[answer.answer if whole else beginning(answer.answer), answer.refused] += answer.count
    listed = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    unlisted = sum(p.irregular_rest for p in parts) + sum(n for _, n in listed[MOST:])
    foreign = [p.foreign for p in parts if p.foreign is not None]
    spreads = [p.sd for p in parts]
    return Readout(
        scores={n: _mean([p.scores[n] for p in parts]) for n in _shared([p.scores for p in parts])},
        sd={n: _mean([s[n] ** 2 for s in spreads]) ** 0.5 for n in _shared(spreads)},
        answers=answers,
        unparsed=unparsed,
        refused=refused,
        irregular_rate=(unparsed + refused) / answers if answers else 0.0,
        irregular=tuple(Irregular(answer=a, refused=r, count=n) for (a, r), n in listed[:MOST]),
        irregular_rest=unlisted,
        foreign=sum(foreign) if foreign else None,
        irregular_note="" if whole or all(_short(answer) for answer in irregular) else CUT,
    )


def _short(irregular: Irregular) -> bool:
    return beginning(irregular.answer) == irregular.answer


def _shared(tables: Sequence[Mapping[str, float]]) -> list[str]:
    return [name for name in tables[0] if all(name in table for table in tables)]


def _mean(values: Sequence[float]) -> float:
    return float(np.mean(values))


def without_answers(board: Leaderboard) -> Leaderboard:
    """Return the leaderboard with irregular answers counted but not shown, since they can repeat a
    text."""
    entries = tuple(
        replace(entry, cells={name: _counted_only(cell) for name, cell in entry.cells.items()})
        for entry in board.rows
    )
    return replace(board, rows=entries)


def _counted_only(cell: Cell) -> Cell:
    readouts = {
        name: replace(
            readout,
            irregular=(),
            irregular_note="",
            irregular_rest=readout.irregular_rest
            + sum(answer.count for answer in readout.irregular),
        )
        for name, readout in cell.readouts.items()
    }
    return replace(cell, readouts=readouts)

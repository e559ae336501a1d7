"""Costs by the number of texts to answer: of each entry, and of what is recommended."""

from collections.abc import Sequence

from bench.costs.outlay import Outlay
from bench.costs.volumes import PRESETS, in_words
from bench.leaderboard.board import Entry, Leaderboard
from bench.leaderboard.comparisons.cost_quality import entry_energy, entry_outlay
from bench.leaderboard.comparisons.spending import entry_money
from bench.leaderboard.cost_findings import AtVolume
from bench.leaderboard.findings import Advice
from bench.leaderboard.wording import format as words
from bench.leaderboard.wording.costs import cost_caveats
from bench.leaderboard.wording.names import names
from bench.reports.tables.recommendations import NOTHING, OVER_ALL, anchor, ordered
from bench.reports.tables.word_table import Line, Table

ADVICE = "Recommendation by number of texts"
ADVICE_MEANING = (
    "The same rule for other numbers of texts to answer, each with what it costs to fit the model "
    "once and to answer them all."
)
TITLE = "Cost by number of texts"
_MEANING = (
    "What it costs to fit a model once and to answer so many texts, mean over its tasks; a shared "
    "fit is split equally; with the energy of the GPU where it was measured. Beside it the time "
    "for one text at a time, after the fit: the median, and what 95 of 100 keep to (on the slowest "
    "task)."
)
_ONE_TEXT = ("one text, median", "one text, 95 %")


def meaning(board: Leaderboard) -> str:
    """Explain `costs`: what the times and the money are."""
    return " ".join((_MEANING, *cost_caveats(board)))


def volumes(board: Leaderboard) -> list[int]:
    """Return the numbers of texts that tables show."""
    return sorted({*PRESETS, board.needs.volume})


def heads(board: Leaderboard) -> tuple[str, ...]:
    """Return the headings of the columns."""
    return tuple(f"{in_words(volume)} texts" for volume in volumes(board))


def advice(board: Leaderboard, advice: Sequence[Advice] | None = None) -> Table:
    """Return a line for each recommendation, with the entry to take for each number of texts.

    Args:
        board: the leaderboard.
        advice: other recommendations than the board's own.
    """
    numbers = {task.name: number for number, task in enumerate(board.tasks)}
    rows, called = {row.id: row for row in board.rows}, names(board.rows)
    lines = []
    for one in ordered(board.advice if advice is None else advice):
        if one.at_volumes:
            at = anchor(rows.get(one.take), numbers.get(one.task))
            cells = tuple(_taken(each, one, called) for each in one.at_volumes)
            lines.append(Line(at, one.task or OVER_ALL, "", cells))
    return Table(("task", *heads(board)), tuple(lines))


def _taken(at: AtVolume, advice: Advice, called: dict[str, str]) -> str:
    amount = words.cost(at.seconds, at.money, advice.currency)
    return f"{called.get(at.id, NOTHING)}: {amount}"


def costs(board: Leaderboard) -> Table:
    """Return a line for each entry of known cost: means over the tasks on which it has one."""
    lines = [
        Line(entry.id, words.name(entry), words.about(entry), (*found, *_latency(entry)))
        for entry in board.rows
        if (found := _costs(board, entry))
    ]
    return Table(("baseline", *heads(board), *_ONE_TEXT), tuple(lines))


def _costs(board: Leaderboard, entry: Entry) -> tuple[str, ...]:
    done = [name for name, cell in entry.cells.items() if cell.status == "done"]
    timed = [name for name in done if entry.cells[name].cost is not None]
    took = entry_outlay(entry, timed)
    spent = entry_money(entry, timed or done, board.needs)
    drawn = entry_energy(entry, timed)
    if took is None and spent is None:
        return ()
    return tuple(
        words.cost(
            _at(took, volume),
            _at(spent, volume),
            board.needs.currency,
            drawn=_at(drawn, volume),
        )
        for volume in volumes(board)
    )


def _at(outlay: Outlay | None, volume: int) -> float | None:
    return None if outlay is None else outlay.at(volume)


def _latency(entry: Entry) -> tuple[str, str]:
    """Return the mean over tasks of the median, and the largest 95th percentile."""
    known = [cell.latency for cell in entry.cells.values() if cell.latency is not None]
    if not known:
        return words.NONE, words.NONE
    median = sum(one.p50 for one in known) / len(known)
    return words.seconds(median), words.seconds(max(one.p95 for one in known))

"""The protocol of a ranking in one line (who is ranked, with which labelled and test examples), and
why a score stands outside of it."""

from collections.abc import Iterator

from bench.leaderboard.board import HUMAN, Cell, Entry, Leaderboard, TaskColumn
from bench.leaderboard.wording.format import score

TITLE = "Ranking"


def protocol(board: Leaderboard) -> str:
    """Return who is ranked, on what, and what is not: one or two sentences."""
    entries = [row for row in board.rows if row.id != HUMAN]
    ranked = [row for row in entries if any(c.rank is not None for c in row.cells.values())]
    if not ranked:
        return "No entry is ranked."
    cells = [c for row in ranked for c in row.cells.values() if c.rank is not None]
    given = f"{_labelled(ranked)} of a task"
    tested = f"test examples ({_tested(cells)})"
    if len(ranked) == 1:
        first = f"1 entry is ranked, given {given}, on these {tested}."
    else:
        first = f"{len(ranked)} entries are ranked, each given {given} and the same {tested}."
    rest = " and ".join(_unranked(entries))
    return f"{first} Not ranked: {rest}." if rest else first


def _labelled(ranked: list[Entry]) -> str:
    own = [row for row in ranked if not row.outside]
    limits = sorted({row.limit_train for row in own if row.limit_train is not None})
    every = any(row.limit_train is None for row in own)
    if not own:
        return "unknown labelled examples"
    if not limits:
        told = "all labelled examples"
    elif every:
        told = f"{limits[0]:,} to all labelled examples"
    elif len(limits) == 1:
        told = f"at most {limits[0]:,} labelled examples"
    else:
        told = f"at most {limits[0]:,} to {limits[-1]:,} labelled examples"
    return told if len(own) == len(ranked) else f"{told} (unknown for submitted predictions)"


def _tested(cells: list[Cell]) -> str:
    limits = sorted({c.limit_test for c in cells if c.limit_test is not None})
    if not limits:
        return "all of them"
    most = f"{limits[0]:,}" if len(limits) == 1 else f"{limits[0]:,} to {limits[-1]:,}"
    some = ", where limited" if any(c.limit_test is None for c in cells) else ""
    return f"at most {most}{some}"


def _unranked(entries: list[Entry]) -> Iterator[str]:
    full = sum(row.full_data_row for row in entries)
    if full:
        yield f"{full} {'entry' if full == 1 else 'entries'} with all labelled examples"
    if larger := sum(row.larger for row in entries):
        yield f"{larger} {'entry' if larger == 1 else 'entries'} with more labelled examples"
    cells = [c for row in entries if not row.full_data_row for c in row.cells.values()]
    done = [c for c in cells if c.status == "done" and not c.comparable]
    placed = sum(c.estimated is not None for c in done)
    if placed:
        yield f"{_scores(placed)} on a part of the test examples"
    if len(done) > placed:
        yield f"{_scores(len(done) - placed)} not comparable with the others"


def _scores(count: int) -> str:
    return f"{count:,} {'score' if count == 1 else 'scores'}"


def aside(cell: Cell, task: TaskColumn) -> str:
    """Return why a score is not compared with the others of its task, in a word or two, or what it
    is estimated to be on the whole test: `estimated .840`; empty where it is compared."""
    if cell.comparable:
        return ""
    if cell.estimated is not None:
        return f"estimated {score(cell.estimated)}"
    return "other metric" if cell.main_metric != task.main_metric else "not comparable"

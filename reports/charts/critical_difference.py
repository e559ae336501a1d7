"""The critical-difference diagram: entries on an axis of mean ranks, bars over those that do not
differ significantly."""

from dataclasses import dataclass

from bench.leaderboard.board import Leaderboard
from bench.leaderboard.wording import format as words
from bench.reports.charts.learning_curves import Tick

WIDTH, LEFT, RIGHT, AXIS, STEP = 760, 190, 570, 48, 20


@dataclass(frozen=True)
class Bar:
    """A bar over a range of ranks within the critical difference."""

    begin: float
    end: float
    y: float


@dataclass(frozen=True)
class Mark:
    """An entry: its position on the axis, and the position of its name."""

    x: float
    y: float
    end: float
    text: float
    anchor: str
    name: str
    rank: str


@dataclass(frozen=True)
class Drawn:
    """A diagram in the drawing's units."""

    width: int
    height: float
    left: int
    right: int
    axis: int
    critical: float
    difference: str
    ticks: tuple[Tick, ...]
    bars: tuple[Bar, ...]
    marks: tuple[Mark, ...]


def drawn(board: Leaderboard) -> Drawn | None:
    """Return the leaderboard's diagram; the better half of the entries is on the left."""
    diagram = board.diagram
    if diagram is None:
        return None
    names = {r.id: words.named(words.name(r), words.apart(r, board.rows)) for r in board.rows}
    count = len(diagram.rows)
    places = {entry: _place(rank, count) for entry, rank in diagram.rows}
    bars = [
        Bar(min(places[r] for r in group) - 4, max(places[r] for r in group) + 4, AXIS + 8 + 6 * i)
        for i, group in enumerate(diagram.groups)
    ]
    under = AXIS + 20 + 6 * len(bars)
    half = (count + 1) // 2
    marks = [
        _mark(i, entry, rank, places, names, half, count, under)
        for i, (entry, rank) in enumerate(diagram.rows)
    ]
    return Drawn(
        width=WIDTH,
        height=under + STEP * half + 6,
        left=LEFT,
        right=RIGHT,
        axis=AXIS,
        critical=round(_place(1 + min(diagram.critical, max(count - 1, 1)), count), 1),
        difference=f"{diagram.critical:.2f}",
        ticks=tuple(Tick(_place(rank, count), str(rank)) for rank in range(1, count + 1)),
        bars=tuple(bars),
        marks=tuple(marks),
    )


def _place(rank: float, count: int) -> float:
    return round(LEFT + (rank - 1) / max(count - 1, 1) * (RIGHT - LEFT), 1)


def _mark(
    i: int,
    entry: str,
    rank: float,
    places: dict[str, float],
    names: dict[str, str],
    half: int,
    count: int,
    under: float,
) -> Mark:
    first = i < half
    y = under + STEP * (i if first else count - 1 - i)
    end = LEFT - 8 if first else RIGHT + 8
    name = names[entry] if len(names[entry]) <= 26 else names[entry][:25] + "…"
    anchor = "end" if first else "start"
    return Mark(places[entry], y, end, end + (-4 if first else 4), anchor, name, f"{rank:.2f}")

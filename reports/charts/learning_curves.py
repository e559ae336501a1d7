"""Learning curves as drawings and as tables of words."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bench.leaderboard.board import Leaderboard
from bench.leaderboard.comparisons.learning_curves import ROWS
from bench.leaderboard.findings import Curve, CurveLine, CurvePoint
from bench.leaderboard.wording import format as words
from bench.reports.tables.cell_details import TableView

TITLE = "Learning curves"
MEANING = (
    "Each line joins entries that differ in one number only. Whiskers are 95 % intervals; all "
    "points are scored on the same test examples. A hollow mark is the score on the training "
    "examples, where it was measured."
)
WIDTH, HEIGHT = 720, 360
LEFT, RIGHT, TOP, BOTTOM = 56, 200, 16, 44
STYLES = 8
"""Number of line styles in the style sheet; further lines reuse them."""


@dataclass(frozen=True)
class Mark:
    """A point of a line, in the drawing's units."""

    x: float
    y: float
    low: float
    high: float
    train: float | None
    title: str


@dataclass(frozen=True)
class Drawn:
    """A line of a drawing."""

    style: int
    name: str
    path: str
    marks: tuple[Mark, ...]
    label_y: float


@dataclass(frozen=True)
class Tick:
    """A word at a position of an axis."""

    at: float
    word: str


@dataclass(frozen=True)
class Drawing:
    """A curve to be drawn, and the same figures as a table."""

    id: str
    title: str
    axis: str
    x_ticks: tuple[Tick, ...]
    y_ticks: tuple[Tick, ...]
    lines: tuple[Drawn, ...]
    table: TableView


def drawings(board: Leaderboard) -> list[Drawing]:
    """Return every curve of the leaderboard."""
    return [_drawing(curve, f"curve-{i}") for i, curve in enumerate(board.curves)]


class _Scale:
    """Map numbers to positions from `begin` to `end`, on a logarithmic scale where they span a wide
    range."""

    def __init__(self, values: Sequence[float], begin: float, end: float, *, log: bool) -> None:
        self.log = log and min(values) > 0 and max(values) > 8 * min(values)
        low, high = (self._at(f(values)) for f in (min, max))
        margin = 0.05 * (high - low) or 0.5
        self.low, self.high, self.begin, self.end = low - margin, high + margin, begin, end

    def _at(self, value: float) -> float:
        return math.log(value) if self.log else value

    def __call__(self, value: float) -> float:
        share = (self._at(value) - self.low) / (self.high - self.low)
        return round(self.begin + share * (self.end - self.begin), 1)


def _drawing(curve: Curve, anchor: str) -> Drawing:
    points = [p for line in curve.lines for p in line.points]
    xs = sorted({p.x for p in points})
    across = _Scale(xs, LEFT, WIDTH - RIGHT, log=True)
    every = [v for p in points for v in (p.score, p.low, p.high, p.train)]
    known = [v for v in every if v is not None and math.isfinite(v)]
    down = _Scale(known or [0.0, 1.0], HEIGHT - BOTTOM, TOP, log=False)
    lines = tuple(_drawn_line(i, line, across, down) for i, line in enumerate(curve.lines))
    axis_name = "labelled examples" if curve.axis == ROWS else curve.axis
    return Drawing(
        id=anchor,
        title=f"{curve.task}: {curve.metric} against {axis_name}",
        axis=axis_name,
        x_ticks=tuple(_apart([Tick(across(x), f"{x:,.10g}") for x in xs])),
        y_ticks=tuple(Tick(down(y), words.score(y)) for y in _round(down.low, down.high)),
        lines=_labels_apart(lines),
        table=_table(curve, xs, axis_name),
    )


def _is_number(value: float | None) -> bool:
    return value is not None and math.isfinite(value)


def _drawn_line(number: int, line: CurveLine, across: _Scale, down: _Scale) -> Drawn:
    marks = tuple(_mark(line, p, across, down) for p in line.points if _is_number(p.score))
    path = " ".join(f"{mark.x},{mark.y}" for mark in marks)
    last = marks[-1].y if marks else 0.0
    return Drawn(number % STYLES, words.named(line.baseline, line.about), path, marks, last)


def _mark(line: CurveLine, point: CurvePoint, across: _Scale, down: _Scale) -> Mark:
    bounds = (point.low, point.high)
    low, high = (b if _is_number(b) else point.score for b in bounds)
    value = f"{words.score(point.score)} {words.interval(bounds) if _is_number(bounds[0]) else ''}"
    train = down(point.train) if point.train is not None and _is_number(point.train) else None
    return Mark(
        x=across(point.x),
        y=down(point.score),
        low=down(low),
        high=down(high),
        train=train,
        title=f"{line.baseline} at {point.x:,.10g}: {value.strip()}",
    )


def _round(low: float, high: float) -> Iterator[float]:
    """Yield four to nine round numbers between two values."""
    rough = (high - low) / 6
    power = 10 ** math.floor(math.log10(rough))
    step = next(k * power for k in (1, 2, 5, 10) if k * power >= rough)
    for number in range(math.ceil(low / step), math.floor(high / step) + 1):
        yield number * step


def _apart(ticks: Sequence[Tick]) -> Iterator[Tick]:
    """Yield the ticks whose words do not overlap."""
    last = -math.inf
    for tick in ticks:
        if tick.at - last > 7 * len(tick.word) + 6:
            yield tick
            last = tick.at


def _labels_apart(lines: Sequence[Drawn]) -> tuple[Drawn, ...]:
    """Move the names of lines down where they would overlap."""
    heights, free = dict[int, float](), float(TOP)
    for i in sorted(range(len(lines)), key=lambda i: lines[i].label_y):
        heights[i] = max(lines[i].label_y, free)
        free = heights[i] + 15
    return tuple(
        Drawn(line.style, line.name, line.path, line.marks, round(heights[i], 1))
        for i, line in enumerate(lines)
    )


def _table(curve: Curve, xs: Sequence[float], axis_name: str) -> TableView:
    lines = []
    for line in curve.lines:
        by_size = {point.x: point for point in line.points}
        columns = [_words(by_size[x]) if x in by_size else words.NONE for x in xs]
        lines.append((words.named(line.baseline, line.about), *columns))
    head = (f"{curve.metric} at {axis_name}", *(f"{x:,.10g}" for x in xs))
    return TableView("Values of the chart", head, tuple(lines))


def _words(point: CurvePoint) -> str:
    bounds = words.interval((point.low, point.high)) if _is_number(point.low) else ""
    train = f", on training data {words.score(point.train)}" if point.train is not None else ""
    return f"{words.score(point.score)} {bounds}{train}".strip()

"""What candidates cost, in one unit, and which of them do not fit the needs."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bench.costs.needs import Needs
from bench.costs.outlay import Outlay, break_even
from bench.leaderboard.board import Cell, Entry
from bench.leaderboard.comparisons.cost_quality import entry_outlay
from bench.leaderboard.comparisons.spending import entry_money, machines
from bench.leaderboard.cost_findings import Cheapest, SetAside
from bench.leaderboard.recommendation.rule import SECONDS
from bench.leaderboard.wording.format import money, seconds, size

CENT = 0.01
"""The smallest saving of money that a person notices."""


@dataclass(frozen=True)
class Expenses:
    """What some entries cost, in the order of the entries.

    Args:
        seconds: the seconds of each; None: unknown.
        money: the money of each; None: unknown.
        machines: the machines that they ran on.
    """

    seconds: Sequence[Outlay | None]
    money: Sequence[Outlay | None]
    machines: tuple[str, ...]

    @property
    def in_money(self) -> bool:
        """Whether they are compared in money: seconds of unlike machines are not alike, nor has a
        served model any. It takes a price for each."""
        alike = len(self.machines) < 2 and None not in self.seconds
        return not alike and None not in self.money

    @property
    def outlays(self) -> Sequence[Outlay | None]:
        """What they are compared by."""
        return self.money if self.in_money else self.seconds

    @property
    def least(self) -> float:
        """The smallest saving that a person notices."""
        return CENT if self.in_money else SECONDS

    @property
    def unlike(self) -> tuple[str, ...]:
        """The machines, where seconds of unlike ones are compared for want of prices."""
        return self.machines if len(self.machines) > 1 and not self.in_money else ()


def expenses(rows: Sequence[Entry], tasks: Sequence[str], needs: Needs) -> Expenses:
    """Return what entries cost on tasks, as a mean over them."""
    return Expenses(
        [entry_outlay(row, tasks) for row in rows],
        [entry_money(row, tasks, needs) for row in rows],
        machines(rows, tasks),
    )


def unfit(row: Entry, tasks: Sequence[str], needs: Needs) -> SetAside | None:
    """Return an entry with the first need that it does not fit; None where it fits them all."""
    cells = [row.cells[task] for task in tasks]
    faults = (*_late(cells, needs), *_large(cells, needs), *_dear(row, tasks, needs))
    why = next(iter(faults), "")
    return SetAside(row.id, why) if why else None


def _late(cells: Sequence[Cell], needs: Needs) -> Iterator[str]:
    if needs.latency is None:
        return
    known = [cell.latency.p95 for cell in cells if cell.latency is not None]
    if len(known) < len(cells):
        yield "its latency was not measured"
    elif max(known) > needs.latency:
        yield f"{_above(seconds(max(known)), seconds(needs.latency))} for one text"


def _large(cells: Sequence[Cell], needs: Needs) -> Iterator[str]:
    if needs.device_bytes is None:
        return
    known = [cell.cost.device_bytes for cell in cells if cell.cost is not None]
    if len(known) < len(cells):
        yield "its memory is unknown"
    elif max(known) > needs.device_bytes:
        yield f"{_above(size(max(known)), size(needs.device_bytes))} of GPU memory"


def _dear(row: Entry, tasks: Sequence[str], needs: Needs) -> Iterator[str]:
    if needs.budget is None:
        return
    outlay = entry_money(row, tasks, needs)
    if outlay is None:
        yield "no price is known"
    elif (whole := outlay.at(needs.volume)) > needs.budget:
        given = f"{needs.budget:,g} {needs.currency}"
        shown = money(whole, needs.currency)
        yield f"over {given}" if shown == money(needs.budget, needs.currency) else shown


def _above(shown: str, limit: str) -> str:
    """Return a figure, or that it is over a limit which rounding would make it equal to."""
    return f"over {limit}" if shown == limit else shown


def cheapest(ids: Sequence[str], outlays: Sequence[Outlay | None]) -> tuple[Cheapest, ...]:
    """Return which of some entries costs least as the number of texts grows, from one text on."""
    lines = [(id_, line) for id_, line in zip(ids, outlays, strict=True) if line is not None]
    found: list[Cheapest] = []
    at = 1.0
    while lines:
        id_, line = min(lines, key=lambda pair: (pair[1].once + at * pair[1].each, pair[1].each))
        lines = [pair for pair in lines if pair[1].each < line.each]
        meetings = [m for _, other in lines if (m := break_even(line, other)) and m > at]
        at = min(meetings, default=0.0)
        found.append(Cheapest(id=id_, until=at or None))
        if not at:
            break
    return tuple(found)

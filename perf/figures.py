"""Figures of a comparison: timed sections, and our figures with a peer's as a table and as JSON."""

import json
import os
import platform
import resource
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

import psutil
import rich
import torch
from rich.table import Table

DOUBT = 0.2
"""Number of cores used by other programs from which a time is marked as doubtful."""


@dataclass
class Stretch:
    """A timed section.

    Args:
        seconds: elapsed seconds.
        others: cores used by other programs meanwhile, on average.
    """

    seconds: float = 0.0
    others: float = 0.0


@contextmanager
def timed() -> Iterator[Stretch]:
    """Time the body; processes that it starts must have ended by then."""
    stretch, clock = Stretch(), time.perf_counter()
    all_before, own_before = _used_by_all(), _used_by_us()
    yield stretch
    stretch.seconds = time.perf_counter() - clock
    others = (_used_by_all() - all_before) - (_used_by_us() - own_before)
    stretch.others = max(0.0, others / stretch.seconds)


def _used_by_all() -> float:
    """Return the CPU seconds used by all processes, or taken by other machines on the same host."""
    times = psutil.cpu_times()
    return float(sum(getattr(times, k, 0.0) for k in ("user", "system", "softirq", "steal")))


def _used_by_us() -> float:
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(u.ru_utime + u.ru_stime for u in used)


@dataclass(frozen=True, kw_only=True)
class Figure:
    """A quantity measured on both sides of a comparison.

    Args:
        part: the comparison.
        what: the quantity, with its unit.
        ours: our value.
        peer: the peer's.
        ratio: how many times better ours is; None where a ratio is meaningless.
        expected: the target: smallest ratio or largest difference; None: no target.
        others: cores that other programs used while either side was timed.
    """

    part: str
    what: str
    ours: float
    peer: float
    ratio: float | None = None
    expected: float | None = None
    others: float = 0.0

    @property
    def holds(self) -> bool | None:
        """True if the target was reached; None without a target."""
        if self.expected is None:
            return None
        if self.ratio is not None:
            return self.ratio >= self.expected
        return abs(self.ours - self.peer) <= self.expected


def faster(part: str, what: str, ours: Stretch, peer: Stretch, expected: float | None) -> Figure:
    """Compare the seconds of both sides for the same work."""
    return Figure(
        part=part,
        what=f"{what}, s",
        ours=ours.seconds,
        peer=peer.seconds,
        ratio=peer.seconds / ours.seconds,
        expected=expected,
        others=max(ours.others, peer.others),
    )


def show(figures: Sequence[Figure]) -> None:
    """Print a table for each part."""
    for part in dict.fromkeys(figure.part for figure in figures):
        rich.print(_table(part, [figure for figure in figures if figure.part == part]))


def _table(part: str, figures: Sequence[Figure]) -> Table:
    table = Table("", box=None, title=part, title_justify="left")
    for title in ("ours", "peer", "ratio", "hoped", "holds", "others' cores"):
        table.add_column(title, justify="right", no_wrap=True)
    for f in figures:
        hoped = "" if f.expected is None else f"{'≤' if f.ratio is None else '≥'} {f.expected:g}"
        table.add_row(
            f.what,
            f"{f.ours:.6g}",
            f"{f.peer:.6g}",
            "" if f.ratio is None else f"{f.ratio:.2f}x",
            hoped,
            {None: "", True: "yes", False: "NO"}[f.holds],
            f"{f.others:.2f}{' !' if f.others >= DOUBT else ''}",
        )
    return table


def keep(path: Path, figures: Sequence[Figure], details: dict[str, object]) -> None:
    """Write the figures to a file, with the machine that they were measured on."""
    machine = {
        "python": platform.python_version(),
        "torch": torch.__version__,
        "processor": platform.processor() or platform.machine(),
        "cores": os.cpu_count(),
        "threads": torch.get_num_threads(),
    }
    rows = [{**asdict(figure), "holds": figure.holds} for figure in figures]
    text = json.dumps({"machine": machine, "figures": rows, "details": details}, indent=1)
    path.write_text(text + "\n", encoding="utf-8")

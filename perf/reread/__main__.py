"""Read a finished page again with the present rules, and print where they say something else.

Run: python -m perf.reread [PAGE …]; by default both pages in docs/. Printed for each task: the
entries with score, noise of test examples and of seeds, rank, whether they are tied with the best
(=) and not surely above the floor (▽); the pairs that the page calls different and the present
rules do not, or the other way round (p on the page, p with the most noise of seeds and with the
least); and the recommendation, for each task, over the tasks of each group of suites, and over all.
"""

import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from bench.leaderboard.comparisons.task_tests import ALPHA, FEW_UNITS
from perf.reread.board import Reading, advice, readings
from perf.reread.page import Page, PageEntry, read

PAGES = tuple(
    Path(__file__).parents[2] / "docs" / f"{name}.html" for name in ("leaderboard", "sst2")
)


def main(arguments: Sequence[str]) -> None:
    """Read the pages and print them."""
    for path in [Path(one) for one in arguments] or PAGES:
        page = read(path)
        found = readings(page)
        print(f"# {path.name}: {len(page.entries)} entries on {len(found)} tasks")
        _print_totals(found)
        for reading in found:
            _print_task(page, reading)
        _print_advice(page, found)


def _print_totals(found: Sequence[Reading]) -> None:
    pairs = [np.triu_indices(len(one.points), k=1) for one in found]
    zipped = list(zip(found, pairs, strict=True))
    page = np.concatenate([one.task.holm_p[at] < ALPHA for one, at in zipped])
    test = np.concatenate([one.without.holm_p[at] < ALPHA for one, at in zipped])
    most = np.concatenate([one.tests.holm_p[at] < ALPHA for one, at in zipped])
    both = np.concatenate([one.p[at] < ALPHA for one, at in zipped])
    print(
        f"pairs: {len(page)}; sure on the page {page.sum()}, by our draws without the noise of "
        f"seeds {test.sum()} ({(page != test).sum()} otherwise), with the most of it {most.sum()}, "
        f"with the most and the least {both.sum()}"
    )
    print(f"largest error of a difference's standard error: {max(one.error for one in found):.4f}")


def _print_task(page: Page, reading: Reading) -> None:
    task, ranks = reading.task, reading.ranks
    few = f", fewer than {FEW_UNITS} units: no ties, no recommendation"
    print(
        f"\n## {task.name} {task.metric}: {task.examples} examples, {task.units} units"
        f"{few if task.units < FEW_UNITS else ''}; found 8 times in 10: {reading.detectable:.3f}"
    )
    for i in np.argsort(-reading.points, kind="stable"):
        cell, noise = task.cells[i], reading.noises[i]
        marks = "=" if ranks.tied[i] and task.units >= FEW_UNITS else " "
        marks += "▽" if reading.above[i] is False else " "
        print(
            f"{marks} {_name(page.entries[i]):28} {cell.point:.3f}  examples {cell.se:.3f}  "
            f"seeds {np.sqrt(noise.of_mean):.3f} ({noise.origin}, {cell.seeds})  "
            f"rank {ranks.rank[i]} ({ranks.low[i]}-{ranks.high[i]})"
        )
    for i, j in zip(*np.triu_indices(len(reading.points), k=1), strict=True):
        before = task.holm_p[i, j]
        if (reading.p[i, j] < ALPHA) != (before < ALPHA):
            better, worse = sorted((i, j), key=lambda k: -reading.points[k])
            print(
                f"   {_name(page.entries[better])} > {_name(page.entries[worse])}: "
                f"{abs(reading.points[i] - reading.points[j]):.3f}, p {before:.4f} -> "
                f"{reading.tests.holm_p[i, j]:.3f}, {reading.least.holm_p[i, j]:.3f}"
            )


def _print_advice(page: Page, found: Sequence[Reading]) -> None:
    print("\n## Recommendations")
    for one in advice(page, found):
        print(f"- {one.words}")
    suites = sorted({one.task.suite for one in found})
    groups = {
        "starter": [one for one in found if one.task.suite == "starter"],
        "others": [one for one in found if one.task.suite != "starter"],
    }
    for name, some in groups.items() if len(suites) > 1 else ():
        for one in advice(page, some):
            if not one.task:
                print(f"- ({name}) {one.words}")
    print()


def _name(entry: PageEntry) -> str:
    return f"{entry.family} {entry.variant}".strip()


if __name__ == "__main__":
    main(sys.argv[1:])

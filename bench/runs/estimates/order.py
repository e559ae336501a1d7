"""The order in which runs are executed: cheapest first over all tasks."""

import math
from collections.abc import Mapping, Sequence

from bench.runs.estimates.estimate import Estimate
from bench.runs.planning.run_spec import Run

SHORT, GROWTH = 2.0, 8.0
"""Runs of up to SHORT seconds come first, then those of up to GROWTH times that, and so on. Within
such a band, the runs of an entry follow one another, so that its weights are loaded once."""


def cheapest_first(
    runs: Sequence[Run], estimates: Mapping[str, Estimate], *, workers: int = 1
) -> list[Run]:
    """Return the runs in the order in which they are to be executed, so that an interruption at
    any moment leaves the best board so far: one seed of everything before the second.

    With several workers, half of them start with the longest runs, if these take longer than all
    others together: begun last, they would keep a single worker busy alone.

    Args:
        runs: the runs, task by task.
        estimates: an estimate for each, by key.
        workers: number of worker processes.
    """
    seconds = {run.key: estimates[run.key].seconds for run in runs}
    first = {seed: i for i, seed in enumerate(sorted({run.seed for run in runs if run.seeded}))}
    cheapest = dict[str, float]()
    for run in runs:
        entry = _entry(run)
        cheapest[entry] = min(seconds[run.key], cheapest.get(entry, math.inf))

    def place(run: Run) -> tuple[float, ...] | tuple[float | str, ...]:
        later = first.get(run.seed, 0) if run.seeded else 0
        entry = _entry(run)
        return later, _band(seconds[run.key]), cheapest[entry], entry, seconds[run.key]

    ordered = sorted(runs, key=place)
    long = _longest(ordered, seconds, workers)
    return [*long, *(run for run in ordered if run not in long)]


def _entry(run: Run) -> str:
    return f"{run.baseline} {run.variant} {run.full_data_row}"


def _band(seconds: float) -> int:
    return max(0, math.ceil(math.log(max(seconds, SHORT) / SHORT, GROWTH)))


def _longest(ordered: Sequence[Run], seconds: Mapping[str, float], workers: int) -> list[Run]:
    share = sum(seconds.values()) / workers
    by_length = sorted(ordered, key=lambda run: -seconds[run.key])
    return [run for run in by_length[: workers // 2] if seconds[run.key] > share / 2]

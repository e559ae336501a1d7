"""Time how long a fitted baseline takes for one text at a time, on no clock of the run."""

import time
from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np

from bench.baseline import Baseline
from bench.example import Input
from bench.records import Latency
from bench.run_context import Progress, RunContext, current, running_in, sparing_caches
from bench.runs.cells.cell_task import CellTask

TEXTS = 50
"""Number of test texts that are timed, spread evenly over the test."""
SECONDS = 5.0
"""Time for them, divided among the tasks of a run; the text that is being answered is finished."""


def latencies(baseline: Baseline, tasks: Sequence[CellTask]) -> list[Latency | None]:
    """Return the latency on each task of a run; None where it cannot be measured.

    An error here spoils no result: the test is predicted already.

    Args:
        baseline: the fitted baseline.
        tasks: the run's tasks.
    """
    current().report(Progress(0, 1, "timing single texts"))
    quiet = replace(current(), folder=None, report=RunContext().report)
    with running_in(quiet), sparing_caches():
        return [_latency(baseline, task, SECONDS / len(tasks)) for task in tasks]


def _latency(baseline: Baseline, cell: CellTask, seconds: float) -> Latency | None:
    try:
        times = list(_times(baseline, cell, seconds))
    except Exception:  # noqa: BLE001 - whatever breaks for a single text, the result stands
        return None
    if not times:
        return None
    p50, p95 = np.percentile(times, [50, 95], method="higher")
    return Latency(texts=len(times), p50=float(p50), p95=float(p95))


def _times(baseline: Baseline, cell: CellTask, seconds: float) -> Iterator[float]:
    """Yield the seconds for each text; the first text is answered twice, since its first answer may
    have to compile or allocate."""
    inputs = _spread(cell)
    end = time.perf_counter() + seconds
    for first, one in enumerate([*inputs[:1], *inputs]):
        took = _seconds(baseline, cell, one)
        if first:
            yield took
        if time.perf_counter() > end and first:
            return


def _seconds(baseline: Baseline, cell: CellTask, one: Input) -> float:
    clock = time.perf_counter()
    baseline.predict(cell.task, [one])
    took = time.perf_counter() - clock
    # What an earlier answer to the same text left behind would make this one too quick.
    return took + float(getattr(baseline, "predict_shared_seconds", 0.0))


def _spread(cell: CellTask) -> list[Input]:
    test = cell.chosen.test
    count = min(TEXTS, len(test))
    places = [test[i * len(test) // count] for i in range(count)]
    return [example.input for example in cell.pick(places)]

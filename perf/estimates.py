"""Compare what `bench plan` says with what the runs of a results folder took.

    bench run --suite starter --results truth
    python perf/estimates.py truth --suite starter

The plan knows nothing of the folder: its times come from small fits that measure this machine, else
from arithmetic. It must be made by the code that made the results, as runs are matched by key.
`--processor` takes processor seconds where they are fewer, for a folder made on a busy machine.
"""

import argparse
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from bench.records import Result
from bench.runs.loaded_experiment import RunOptions
from bench.runs.planning.experiment import RunRequest
from bench.runs.session import PlannedRuns, measured, set_up
from bench.store.store import Store

TOTAL, CELL, LONG = 1.5, 2.5, 1.0
"""Factors within which the total and nine in ten cells should be, of those of so many seconds."""


@dataclass(frozen=True)
class Compared:
    """A run, the seconds that were planned, and those that it took."""

    title: str
    origin: str
    planned: float
    took: float

    @property
    def factor(self) -> float:
        """How far the plan is off, 1 or more."""
        low, high = sorted((max(self.planned, 1e-3), max(self.took, 1e-3)))
        return high / low


def took(result: Result, *, processor: bool) -> float:
    """Return the seconds of a run, or its processor seconds where they are fewer."""
    cost = result.cost
    if not processor or cost is None:
        return result.seconds
    parts = (
        (cost.fit_seconds, cost.fit_cpu_seconds),
        (cost.predict_seconds, cost.predict_cpu_seconds),
        (cost.calibration_seconds, cost.calibration_cpu_seconds),
    )
    waited = sum(max(0.0, wall - cpu) for wall, cpu in parts if cpu)
    return result.seconds - waited


def plan(given: argparse.Namespace, folder: Path) -> PlannedRuns:
    """Plan the runs into an empty folder, and measure this machine if that is needed."""
    request = RunRequest(
        suites=given.suite, tasks=given.task, baselines=given.baseline, profile=given.profile
    )
    options = RunOptions(results=folder / "empty", threads=given.threads)
    setup = set_up(request, options)
    return setup if given.arithmetic else measured(setup, request, options)


def compared(setup: PlannedRuns, truth: Store, *, processor: bool) -> list[Compared]:
    """Return the runs that the folder has, in the order of the plan."""
    done = {s.result.key: s.result for s in truth.contents().results if s.result.status == "done"}
    return [
        Compared(
            run.title,
            setup.estimates[run.key].origin,
            setup.estimates[run.key].seconds,
            took(done[run.key], processor=processor),
        )
        for run in setup.todo
        if run.key in done
    ]


def show(runs: list[Compared], planned: int) -> bool:
    """Print every run and both figures; return whether both are met."""
    for run in runs:
        line = f"{run.title:44.44} {run.origin:10} planned {run.planned:8.1f} s"
        print(f"{line}  took {run.took:8.1f} s  {run.factor:5.2f}")
    whole = Compared("total", "", sum(r.planned for r in runs), sum(r.took for r in runs))
    long = [run for run in runs if run.took > LONG]
    near = sum(run.factor <= CELL for run in long) / max(1, len(long))
    print(f"{len(runs)} of {planned} planned runs are in the folder")
    print(
        f"total: planned {whole.planned:.0f} s, took {whole.took:.0f} s, "
        f"a factor of {whole.factor:.2f} (at most {TOTAL})"
    )
    print(f"{len(long)} runs of more than {LONG:g} s: {near:.0%} within {CELL} (at least 90%)")
    return whole.factor <= TOTAL and near >= 0.9


def main() -> int:
    """Compare, and return 1 where a figure is missed."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("results", type=Path)
    for name in ("--suite", "--task", "--baseline"):
        parser.add_argument(name, action="append", default=[])
    parser.add_argument("--profile", default="")
    parser.add_argument("--threads", type=int)
    parser.add_argument("--processor", action="store_true")
    parser.add_argument("--arithmetic", action="store_true", help="measure nothing")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        setup = plan(given, Path(folder))
        runs = compared(setup, Store(given.results), processor=given.processor)
        return 0 if runs and show(runs, len(setup.todo)) else 1


if __name__ == "__main__":
    sys.exit(main())

"""Which runs fit a machine and a time."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from bench.runs.estimates.estimate import Estimate
from bench.runs.estimates.machine import Machine
from bench.runs.planning.run_spec import Run


@dataclass(frozen=True)
class Fitting:
    """A run beside what it takes.

    Args:
        run: the run.
        estimate: what it is expected to take.
        obstacle: why it cannot be executed, or not in time; "" if it can.
    """

    run: Run
    estimate: Estimate
    obstacle: str = ""


def fitting(
    runs: Sequence[Run],
    estimates: Mapping[str, Estimate],
    machine: Machine,
    *,
    workers: int = 1,
    seconds: float | None = None,
) -> list[Fitting]:
    """Return each run with what stands against it: too little memory, or time that the runs before
    it take.

    Args:
        runs: the runs, in the order of their execution.
        estimates: what each is expected to take, by key.
        machine: where they are to be executed.
        workers: number of worker processes.
        seconds: the time that there is; None: any.
    """
    return list(_fitting(runs, estimates, machine, None if seconds is None else seconds * workers))


def _fitting(
    runs: Sequence[Run],
    estimates: Mapping[str, Estimate],
    machine: Machine,
    seconds: float | None,
) -> Iterator[Fitting]:
    spent = 0.0
    for run in runs:
        estimate = estimates[run.key]
        if estimate.memory_bytes > machine.memory_bytes:
            needs, has = estimate.memory_bytes / 1e9, machine.memory_bytes / 1e9
            why = f"needs {needs:.1f} GB of memory, {machine.name} has {has:.1f} GB"
            yield Fitting(run, estimate, why)
            continue
        spent += estimate.seconds
        late = seconds is not None and spent > seconds
        yield Fitting(run, estimate, "not in this time" if late else "")

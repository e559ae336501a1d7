"""What finished cells of this machine took, beside what they were expected to take."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from bench.baseline import Baseline
from bench.data.prepare import PreparedTask
from bench.records import DataFacts, Result
from bench.runs.estimates.expected import Expected, expected, settings_of
from bench.runs.estimates.machine import Machine
from bench.runs.estimates.work.amounts import Lengths, RunAmount, TaskAmount, in_folds, whole


@dataclass(frozen=True)
class Observation:
    """A finished cell.

    Args:
        baseline: the family's name.
        settings: all its parameters, as text.
        tasks: the names of its tasks.
        taken: the seconds and bytes that it took.
        expected: what it was expected to take.
    """

    baseline: str
    settings: str
    tasks: tuple[str, ...]
    taken: "Taken"
    expected: Expected


@dataclass(frozen=True)
class Taken:
    """What a cell took: see `Expected`."""

    fit: float
    predict: float
    calibration: float
    scoring: float
    memory: float


def as_text(settings: Mapping[str, Any]) -> str:
    """Return parameters as text that is equal for equal ones."""
    return json.dumps(dict(settings), sort_keys=True, default=str)


def observations(
    results: Iterable[Result],
    families: Mapping[str, type[Baseline]],
    tasks: Mapping[str, PreparedTask],
    machine: Machine,
) -> list[Observation]:
    """Return what finished cells took, of those that tell something about these families on this
    machine: fitted on it with as many threads, on tasks that are at hand.

    Args:
        results: stored results.
        families: the classes of the baselines.
        tasks: the tasks at hand.
        machine: the machine.
    """
    lengths = Lengths(tasks)
    made = (
        _observation(result, families[result.baseline], lengths, machine)
        for result in results
        if result.baseline in families and _tells(result, tasks, machine)
    )
    return [observation for observation in made if observation]


def _tells(result: Result, tasks: Mapping[str, PreparedTask], machine: Machine) -> bool:
    cost = result.cost
    return (
        result.status == "done"
        and cost is not None
        and result.outside is None
        and bool(result.results)
        and cost.device == machine.name
        and cost.threads == machine.threads
        and all(part.task in tasks for part in result.results)
    )


def _observation(
    result: Result, family: type[Baseline], lengths: Lengths, machine: Machine
) -> Observation | None:
    params = settings_of(family, result.settings)
    try:
        baseline = family(**result.settings)
        amount = _amount(result, baseline, lengths)
        wanted = expected(result.baseline, baseline, params, amount, machine)
    except Exception:  # noqa: BLE001 - a plugin's code, or parameters that it no longer has
        return None
    cost = result.cost
    assert cost is not None
    spent = cost.fit_seconds + cost.predict_seconds + cost.calibration_seconds
    taken = Taken(
        _undisturbed(cost.fit_seconds, cost.fit_cpu_seconds, machine),
        _undisturbed(cost.predict_seconds, cost.predict_cpu_seconds, machine),
        _undisturbed(cost.calibration_seconds, cost.calibration_cpu_seconds, machine),
        max(0.0, result.seconds - spent),
        cost.device_bytes if machine.gpu and cost.device_bytes else cost.peak_bytes,
    )
    return Observation(result.baseline, as_text(params), result.tasks, taken, wanted)


def _undisturbed(seconds: float, processor: float | None, machine: Machine) -> float:
    """Return the seconds of work, without most of those in which other processes had the processor:
    work that waits for nothing takes no longer than its processor time."""
    known = not machine.gpu and processor is not None and processor > 0
    return min(seconds, processor or seconds) if known else seconds


def _amount(result: Result, baseline: Baseline, lengths: Lengths) -> RunAmount:
    parts = [_part(part.task, part.data, lengths) for part in result.results]
    if not result.folds:
        return whole(parts, baseline)
    each = [in_folds(part, result.folds) for part in parts]
    return RunAmount([tuple(one.fits[k][0] for one in each) for k in range(result.folds)])


def _part(task: str, data: DataFacts, lengths: Lengths) -> TaskAmount:
    known = lengths.hypothetical(task, data.train + data.validation, data.test)
    labelled = max(1, data.train + data.validation)
    every = known.train.times(labelled / max(1e-9, known.train.number))
    return TaskAmount(
        known.task,
        every.times(data.train / labelled),
        every.times(data.validation / labelled),
        known.test,
    )

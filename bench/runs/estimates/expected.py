"""What a run is expected to do, in seconds on a machine, before anything measured corrects it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bench.baseline import Baseline, parameters_of
from bench.runs.estimates.machine import Machine
from bench.runs.estimates.work.amounts import Amount, RunAmount
from bench.runs.estimates.work.families import family
from bench.runs.estimates.work.operations import Operations, Settings

SCORED, TESTED, LABELLED = 0.12, 1.5e-4, 4e-6
"""Seconds for scoring and storing: of any run, of a test example, of one and a label."""
GUESSED = 0.3
"""Further seconds for scoring the many guesses of a family that guesses."""


@dataclass(frozen=True)
class Expected:
    """Seconds and bytes of a run.

    Args:
        fit: fitting, over all folds.
        predict: predicting the test examples.
        calibration_fit: fitting for the sake of calibration examples.
        calibration_predict: predicting them.
        scoring: scoring and storing.
        memory: peak memory in bytes.
        loads: seconds of what a process loads once, by name.
        download: bytes of weights that are not at hand.
    """

    fit: float
    predict: float
    calibration_fit: float
    calibration_predict: float
    scoring: float
    memory: float
    loads: Mapping[str, float]
    download: int


def settings_of(baseline: type[Baseline], params: Mapping[str, Any]) -> dict[str, Any]:
    """Return all parameters: those given, and the defaults of the others."""
    defaults = {name: p.default for name, p in parameters_of(baseline).items()}
    return {**defaults, **params}


def expected(
    name: str,
    baseline: Baseline,
    params: Settings,
    amount: RunAmount,
    machine: Machine,
    *,
    declared: bool = True,
) -> Expected:
    """Return what a run is expected to do.

    Args:
        name: the baseline's name.
        baseline: made with the parameters.
        params: all its parameters.
        amount: how much it reads.
        machine: where.
        declared: whether to believe what the baseline says of its work.

    Raises:
        PluginError: what it says is of no use.
    """
    grows = family(name, baseline, declared=declared)
    weights = grows.weights(params)

    def seconds(work: Operations) -> float:
        products = work.products / machine.products_per_second
        return products + work.steps * machine.step_seconds + work.seconds

    def total(amounts: Sequence[Amount], does: str) -> float:
        return sum(seconds(getattr(grows, does)(params, one)) for one in amounts)

    unfitted = [amount.unfitted] if amount.unfitted else []
    return Expected(
        fit=total(amount.fits, "fit"),
        predict=total(amount.fits, "predict"),
        calibration_fit=total(amount.calibration, "fit"),
        calibration_predict=total([*amount.calibration, *unfitted], "predict"),
        scoring=scoring(amount.fits) + (GUESSED if hasattr(baseline, "guesses") else 0.0),
        memory=max(grows.memory(params, one, machine.gpu) for one in amount.fits),
        loads=grows.loads(params),
        download=weights.download_bytes if weights else 0,
    )


def scoring(fits: Sequence[Amount]) -> float:
    """Return the seconds that scoring and storing take on the reference machine."""
    tested = sum(task.test.number for fit in fits for task in fit)
    labelled = sum(
        task.test.number * len(task.task.task.output.labels) for fit in fits for task in fit
    )
    return SCORED * len(fits[0]) + TESTED * tested + LABELLED * labelled

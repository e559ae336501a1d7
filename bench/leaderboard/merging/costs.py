"""Merge the costs of a cell's runs: means over those that ran beside the fewest others."""

from collections.abc import Iterable, Sequence

import numpy as np

from bench.leaderboard.cell_cost import CellCost, CellLatency
from bench.leaderboard.gather import TaskRun
from bench.records import Cost


def cost_of(parts: Sequence[TaskRun]) -> CellCost | None:
    """Return the cost of a cell; None where no run has one."""
    known = [p.run.cost for p in parts if p.run.cost]
    if not known:
        return None
    counted = _counted(parts)
    costs = [cost for _, cost in counted]
    pace = [
        1000 * (c.predict_seconds - c.predict_once_seconds) / c.predicted
        for c in costs
        if c.predicted
    ]
    return CellCost(
        fit_seconds=float(np.mean([c.fit_seconds / _fits(p) for p, c in counted])),
        predict_seconds_per_1000=float(np.mean(pace)) if pace else 0.0,
        peak_bytes=round(np.mean([c.peak_bytes for c in costs])),
        parameters=round(np.mean([c.parameters for c in costs])),
        model_bytes=round(np.mean([c.model_bytes for c in costs])),
        device=", ".join(dict.fromkeys(c.device for c in costs)),
        threads=costs[-1].threads,
        examples_per_second=float(np.mean([c.examples_per_second for c in costs])),
        device_bytes=max(c.device_bytes for c in costs),
        energy_joules=_mean(c.energy_joules for c in costs),
        fit_energy_joules=_mean(_fit_energy(p, c) for p, c in counted),
        predict_energy_joules_per_1000=_mean(_answer_energy(c) for c in costs if c.predicted),
        tasks=max(len(p.run.tasks) for p in parts),
        workers=costs[0].workers,
        runs=(len(costs), len(known)),
        fit_cpu_seconds=_mean(_of_one_fit(p, c) for p, c in counted),
        predict_cpu_seconds_per_1000=_mean(_pace(c) for c in costs if c.predicted),
        once_seconds=float(np.mean([c.predict_once_seconds for c in costs])),
        loading_seconds=float(np.mean([c.loading_seconds for c in costs])),
        compiling_seconds=float(np.mean([c.compiling_seconds for c in costs])),
        fits=_fits(parts[-1]),
    )


def latency_of(parts: Sequence[TaskRun]) -> CellLatency | None:
    """Return the latency of a cell; None where no run measured it."""
    known = [p.facts.latency for p, _ in _counted(parts) if p.facts.latency is not None]
    if not known:
        return None
    return CellLatency(
        texts=min(one.texts for one in known),
        p50=float(np.mean([one.p50 for one in known])),
        p95=float(np.mean([one.p95 for one in known])),
    )


def _counted(parts: Sequence[TaskRun]) -> list[tuple[TaskRun, Cost]]:
    """Return the runs whose times count: contention says little about the cost of a fit."""
    known = [(p, p.run.cost) for p in parts if p.run.cost]
    fewest = min((cost.workers for _, cost in known), default=0)
    return [(p, cost) for p, cost in known if cost.workers == fewest]


def _fits(part: TaskRun) -> int:
    """Return the number of fits of a run: one for each fold."""
    return max(part.run.folds, 1)


def _fit_energy(part: TaskRun, cost: Cost) -> float | None:
    """Return the energy of one fit."""
    drawn = cost.fit_energy_joules
    return None if drawn is None else drawn / _fits(part)


def _answer_energy(cost: Cost) -> float | None:
    """Return the energy of 1,000 predictions."""
    if cost.energy_joules is None or cost.fit_energy_joules is None:
        return None
    return 1000 * max(cost.energy_joules - cost.fit_energy_joules, 0.0) / cost.predicted


def _of_one_fit(part: TaskRun, cost: Cost) -> float | None:
    return None if cost.fit_cpu_seconds is None else cost.fit_cpu_seconds / _fits(part)


def _mean(values: Iterable[float | None]) -> float | None:
    """Return the mean; None where any value, or every value, is unknown."""
    every = list(values)
    known = [value for value in every if value is not None]
    return float(np.mean(known)) if known and len(known) == len(every) else None


def _pace(cost: Cost) -> float | None:
    """Return the processor seconds per 1,000 predictions."""
    seconds = cost.predict_cpu_seconds
    return None if seconds is None else 1000 * seconds / cost.predicted

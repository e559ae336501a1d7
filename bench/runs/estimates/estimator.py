"""Estimates of runs, planned or hypothetical."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from bench.baseline import Baseline
from bench.data.prepare import PreparedTask
from bench.errors import PluginError
from bench.runs.estimates.estimate import Estimate, Origin
from bench.runs.estimates.expected import Expected, expected, settings_of
from bench.runs.estimates.kept import Measured
from bench.runs.estimates.machine import Machine
from bench.runs.estimates.observed import Observation, as_text
from bench.runs.estimates.speed import Speed, speed
from bench.runs.estimates.work.amounts import Lengths, RunAmount, in_folds, whole
from bench.runs.planning.run_spec import Run

START = 2.0
"""Seconds for starting a worker process."""


@dataclass
class Estimator:
    """Estimate what runs take; made by `bench.runs.estimates.sources.estimator`.

    Args:
        families: the classes of the baselines, by name.
        tasks: the prepared tasks.
        machine: where the runs are to be executed.
        stored: finished cells of this machine.
        measured: what small fits took that measured this machine.
    """

    families: Mapping[str, type[Baseline]]
    tasks: Mapping[str, PreparedTask]
    machine: Machine
    stored: Sequence[Observation] = ()
    measured: Measured = field(default_factory=Measured)
    faults: dict[str, str] = field(default_factory=dict)
    """What is wrong with the work that baselines declare, by name."""
    _lengths: Lengths = field(init=False, repr=False)
    _known: dict[str, tuple[Expected, Speed]] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        """Measure texts, and estimate runs, when they are first asked for."""
        self._lengths, self._known = Lengths(self.tasks), {}

    def of(self, runs: Sequence[Run]) -> dict[str, Estimate]:
        """Return an estimate for each run, by key, as they are executed one after another in this
        order: what several share, such as loading weights, is counted in the first."""
        found, loaded = dict[str, Estimate](), set[str]()
        for run in runs:
            cell, how = self._run(run)
            new = {name: s for name, s in {**cell.loads, "": START}.items() if name not in loaded}
            loaded |= {*new}
            found[run.key] = _estimate(cell, how, sum(new.values()), download=len(new) > 0)
        return found

    def alone(self, runs: Sequence[Run]) -> dict[str, Estimate]:
        """Return an estimate for each run, by key, without what several share."""
        return {run.key: _estimate(*self._run(run), once=0.0, download=True) for run in runs}

    def _run(self, run: Run) -> tuple[Expected, Speed]:
        if run.key not in self._known:
            self._known[run.key] = self._unknown(run)
        return self._known[run.key]

    def _unknown(self, run: Run) -> tuple[Expected, Speed]:
        baseline = self.families[run.baseline](**run.params)
        names = [rows.task for rows in run.tasks]
        amount = self._lengths.run(run, baseline)
        return self._cell(run.baseline, baseline, (run.params, names), amount)

    def at(
        self,
        baseline: str,
        params: Mapping[str, Any],
        task: str,
        *,
        labelled: int,
        tested: int | None = None,
        folds: int = 0,
    ) -> Estimate:
        """Return the estimate for a task with a hypothetical number of labelled examples, without
        the seconds of what is loaded once.

        Args:
            baseline: the name of the family.
            params: its parameters, as of a run.
            task: the task, one of those that were prepared.
            labelled: labelled examples, validation included; with folds, all examples.
            tested: test examples; None: all of them.
            folds: number of folds; 0: none.
        """
        made = self.families[baseline](**params)
        part = self._lengths.hypothetical(task, labelled, tested)
        amount = in_folds(part, folds) if folds else whole([part], made)
        cell, how = self._cell(baseline, made, (params, [task]), amount)
        return _estimate(cell, how, once=0.0, download=True)

    def loading(self, baseline: str, params: Mapping[str, Any]) -> Mapping[str, float]:
        """Return the seconds of what a process loads once for a baseline, by name."""
        task = next(iter(self.tasks))
        made = self.families[baseline](**params)
        amount = whole([self._lengths.hypothetical(task, 10, 10)], made)
        return self._cell(baseline, made, (params, [task]), amount)[0].loads

    def _cell(
        self,
        name: str,
        baseline: Baseline,
        what: tuple[Mapping[str, Any], Sequence[str]],
        amount: RunAmount,
    ) -> tuple[Expected, Speed]:
        params, tasks = what
        settings = settings_of(self.families[name], params)
        try:
            cell = expected(name, baseline, settings, amount, self.machine)
        except PluginError as error:  # what it says of its work is of no use
            self.faults[name] = str(error)
            cell = expected(name, baseline, settings, amount, self.machine, declared=False)
        loads = {load: s * self.measured.loading for load, s in cell.loads.items()}
        return replace(cell, loads=loads), self._speed(name, as_text(settings), tasks)

    def _speed(self, name: str, settings: str, tasks: Sequence[str]) -> Speed:
        names = [name, twin] if (twin := self.twin(name)) else [name]
        sources: list[tuple[Origin, Sequence[Observation]]] = [
            ("stored", self.stored),
            ("calibrated", self.measured.cells),
        ]
        for origin, cells in sources:
            for known in names:
                if own := [cell for cell in cells if cell.baseline == known]:
                    return speed(own, settings, tasks, origin)
        return Speed()

    def twin(self, name: str) -> str:
        """Return the family that does the same for a single task; "" if there is none."""
        return str(getattr(self.families.get(name), "single_task_twin", ""))

    def knows(self, name: str) -> bool:
        """Return whether anything was measured of a family on this machine."""
        return self._speed(name, "", ()).origin != "arithmetic"


def _estimate(cell: Expected, how: Speed, once: float, *, download: bool = False) -> Estimate:
    calibration = cell.calibration_fit * how.fit + cell.calibration_predict * how.predict
    return Estimate(
        fit_seconds=cell.fit * how.fit,
        predict_seconds=cell.predict * how.predict,
        other_seconds=calibration + cell.scoring * how.scoring + once,
        memory_bytes=round(cell.memory * how.memory),
        download_bytes=cell.download if download else 0,
        origin=how.origin,
    )

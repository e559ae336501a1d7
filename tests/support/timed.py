"""What a plan for a given time is chosen from: made-up baselines on a made-up task, with speeds."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from bench.data.prepare import prepare
from bench.registry import Registry
from bench.runs.estimates.estimate import Estimate
from bench.runs.estimates.estimator import Estimator
from bench.runs.estimates.machine import elsewhere
from bench.runs.planning.experiment import RunRequest, build
from bench.runs.timed.ladders import Field
from bench.runs.timed.recipes import named_recipes
from tests.support.plugins_for_tests import add_baseline, add_task


class Speeds(Estimator):
    """Seconds for each labelled example, by baseline, and for each test example."""

    def __init__(self, speeds: Mapping[str, float], test: float = 0.0) -> None:
        super().__init__({}, {}, elsewhere("cpu", None, 1))
        self.speeds, self.test = speeds, test

    def loading(self, baseline: str, params: Mapping[str, Any]) -> Mapping[str, float]:
        """Return nothing that is loaded once."""
        return {}

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
        """Return the seconds by the number of examples alone."""
        return Estimate(
            fit_seconds=self.speeds[baseline] * labelled,
            predict_seconds=self.test * (tested or 0),
            other_seconds=0.0,
            memory_bytes=0,
            download_bytes=0,
            origin="stored",
        )


def field(
    folder: Path, speeds: Mapping[str, float], *, rows: int = 4000, test: float = 0.0
) -> Field:
    """Return a field of one task, three quarters of whose rows are labelled, and of seeded
    baselines with these names and speeds."""
    add_task(folder, "colours", rows=rows)
    for name in speeds:
        add_baseline(folder, name, seeded=True)
    request = RunRequest(tasks=["colours"], baselines=[*speeds], plugins=[folder], profile="quick")
    tasks, baselines = Registry("tasks", [folder]), Registry("baselines", [folder])
    experiment = build(request, tasks, baselines)
    material = prepare(experiment.tasks, tasks).tasks
    recipes = named_recipes(experiment, None)
    return Field(material, {"colours": 0}, experiment.families, recipes, Speeds(speeds, test))

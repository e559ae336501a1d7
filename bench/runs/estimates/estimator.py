"""Estimates of runs, planned or hypothetical."""

from collections.abc import Mapping, Sequence
from typing import Any

from bench.runs.estimates.estimate import Estimate
from bench.runs.planning.run_spec import Run


class Estimator:
    """Estimate what runs take; made by `bench.runs.estimates.sources.estimator`."""

    def of(self, runs: Sequence[Run]) -> Mapping[str, Estimate]:
        """Return an estimate for each run, by key, as they are executed one after another in this
        order: what several share, such as loading weights, is counted in the first."""
        raise NotImplementedError

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
        """Return the estimate for a task with a hypothetical number of labelled examples.

        Args:
            baseline: the name of the family.
            params: its parameters, as of a run.
            task: the task, one of those that were prepared.
            labelled: labelled examples, validation included.
            tested: test examples; None: all of them.
            folds: number of folds; 0: none.
        """
        raise NotImplementedError

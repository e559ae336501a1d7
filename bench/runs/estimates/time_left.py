"""The time that all runs of a command still take, corrected by those that are finished."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from bench.runs.estimates.estimate import Estimate
from bench.runs.planning.run_spec import Run

PRIOR = 5.0
"""Seconds of work that count as done as fast as estimated, before anything is finished."""
LEAST = 0.05
"""Share of a run that is left where it takes longer than estimated."""


@dataclass
class _Pace:
    """How long finished runs took, beside their estimates."""

    spent: float = 0.0
    estimated: float = 0.0

    def factor(self, otherwise: float) -> float:
        """Return seconds for each estimated second."""
        return (self.spent + otherwise * PRIOR) / (self.estimated + PRIOR)


@dataclass
class TimeLeft:
    """Seconds left over all runs. All times are readings of `time.perf_counter`, which no change
    of the date moves.

    Args:
        estimates: what each run is expected to take, by key.
        runs: the runs to execute.
        workers: number of worker processes.
    """

    estimates: Mapping[str, Estimate]
    runs: Mapping[str, Run]
    workers: int = 1
    _all: _Pace = field(default_factory=_Pace)
    _families: dict[str, _Pace] = field(default_factory=dict)
    _since: dict[str, float] = field(default_factory=dict)
    _done: set[str] = field(default_factory=set)

    def started(self, run: Run, now: float) -> None:
        """Note that a run was started."""
        self._since[run.key] = now

    def finished(self, run: Run, seconds: float, *, done: bool) -> None:
        """Note that a run has ended after so many seconds; only those that are done tell how fast
        the others are."""
        self._since.pop(run.key, None)
        self._done.add(run.key)
        if done and run.key in self.estimates:
            for pace in (self._all, self._families.setdefault(run.baseline, _Pace())):
                pace.spent += seconds
                pace.estimated += self.estimates[run.key].seconds

    def seconds(self, now: float) -> float:
        """Return the seconds that all runs together still take."""
        left = [self._of(run, now) for key, run in self.runs.items() if key not in self._done]
        return max(sum(left) / self.workers, max(left, default=0.0))

    def _of(self, run: Run, now: float) -> float:
        common = self._all.factor(1.0)
        factor = self._families.get(run.baseline, _Pace()).factor(common)
        whole = factor * self.estimates[run.key].seconds
        passed = now - self._since.get(run.key, now)
        return max(LEAST * whole, whole - passed)

"""The outcome of a run, read from the stored record rather than from the worker's report."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from bench.records import Result, Status
from bench.runs.cells.cell import bare_result
from bench.runs.planning.run_spec import Run, WorkerSession
from bench.store.record_file import Damaged
from bench.store.store import Store


@dataclass(frozen=True)
class Ending:
    """The outcome of a run, with the main score of each task of a finished one."""

    status: Status
    reason: str = ""
    scores: Mapping[str, float | None] = field(default_factory=dict)


@dataclass(frozen=True)
class Began:
    """The start of a run: the date, and `time.perf_counter()` at that moment."""

    at: datetime
    clock: float


class Endings:
    """Determine the outcomes of runs, in the results folder of a session."""

    def __init__(self, session: WorkerSession) -> None:
        self.store, self.replace = Store(Path(session.results)), session.replace

    def answered(self, run: Run, ending: Ending, began: Began) -> Ending:
        """Return the outcome of a run that its worker reported.

        Args:
            run: the run.
            ending: the worker's report.
            began: when the run started.

        Raises:
            StoreError: a failure could not be written.
        """
        if ending.status != "done":
            return ending
        return self._stored(run) or self._fail(
            run, "the worker reported success, but stored no valid result", began
        )

    def lost(self, run: Run, reason: str, began: Began) -> Ending:
        """Return the outcome of a run whose worker was lost: it may have stored the result before.

        Args:
            run: the run.
            reason: how the worker was lost.
            began: when the run started.

        Raises:
            StoreError: the failure could not be written.
        """
        failed = self._fail(run, reason, began)
        # With `replace`, the stored record may be that of an earlier run.
        return failed if self.replace else self._stored(run) or failed

    def _fail(self, run: Run, reason: str, began: Began) -> Ending:
        failed = bare_result(run, "failed", reason, began.at, began.clock)
        self.store.write(failed, {})
        return Ending("failed", failed.reason)

    def _stored(self, run: Run) -> Ending | None:
        try:
            result = self.store.read(run.key).result
        except Damaged:
            return None
        return Ending("done", "", _main_scores(result)) if result.status == "done" else None


def _main_scores(result: Result) -> dict[str, float | None]:
    main = {part.task: part.scores[part.main_metric] for part in result.results}
    return {name: None if score != score else score for name, score in main.items()}

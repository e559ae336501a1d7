"""Pairs of task and baseline that cannot be run: which, why, and their records."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from bench.data.prepare import PreparedTasks
from bench.records import Limit, Result, Status
from bench.redaction import redact
from bench.runs.cells.cell import LONGEST_REASON
from bench.runs.excerpt import excerpt
from bench.runs.planning.experiment import Experiment
from bench.runs.provenance import provenance


@dataclass(frozen=True, kw_only=True)
class Skip:
    """A task that a baseline cannot be run on.

    Args:
        task: its name.
        baseline: its name.
        suite: of the task, if any.
        reason: shown to the user.
        status: `skipped` where the task's data is unavailable, `failed` where the task or the
            baseline is broken.
    """

    task: str
    baseline: str
    suite: str | None
    reason: str
    status: Status


def skips(experiment: Experiment, material: PreparedTasks) -> Iterator[Skip]:
    """Yield every pair of an experiment that cannot be run."""
    no_examples = {**material.missing, **material.broken}
    baselines = [*experiment.families, *experiment.broken]
    pairs = [(task, baseline) for task in no_examples for baseline in baselines]
    pairs += [(task, baseline) for task in material.tasks for baseline in experiment.broken]
    for task, baseline in pairs:
        yield Skip(
            task=task,
            baseline=baseline,
            suite=material.suites.get(task),
            reason=no_examples.get(task) or experiment.broken[baseline],
            status="skipped" if task in material.missing else "failed",
        )


def record_of(skip: Skip, experiment: Experiment) -> Result:
    """Return the record of a skip; its key is the same for every attempt at equal limits."""
    limit = Limit(train=experiment.limits.train, test=experiment.limits.test)
    words = f"blocked {skip.baseline} {skip.task} {limit.train} {limit.test}"
    return Result(
        key=hashlib.sha256(words.encode()).hexdigest(),
        ingredients={},
        blocked=True,
        status=skip.status,
        reason=excerpt(redact(skip.reason), LONGEST_REASON),
        baseline=skip.baseline,
        params={},
        seed=0,
        seeded=False,
        limit=limit,
        profile=experiment.profile,
        tasks=(skip.task,),
        versions={},
        suites={skip.task: skip.suite},
        provenance=provenance(),
        started=datetime.now(UTC).isoformat(timespec="microseconds"),
        seconds=0.0,
    )

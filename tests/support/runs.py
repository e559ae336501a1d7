"""Runs of made-up plugins in real worker processes."""

from collections.abc import Callable
from pathlib import Path

from bench.runs.loaded_experiment import RunOptions
from bench.runs.planning.experiment import RunRequest
from bench.runs.session import carry_out, set_up
from bench.runs.workers.pool import Event
from bench.store.store import Store, StoredResult
from tests.support.plugins_for_tests import add_task


def run_all(
    folder: Path, *, show: Callable[[Event], None] = lambda event: None, **words: object
) -> dict[str, StoredResult]:
    """Run every plugin baseline of the folder on task `colours`; baseline -> stored result."""
    plugins, results = folder / "plugins", folder / "results"
    add_task(plugins, "colours")
    names = [path.stem for path in sorted((plugins / "baselines").glob("*.py"))]
    request = RunRequest(tasks=["colours"], baselines=names, plugins=[plugins], **words)  # type: ignore[arg-type]
    options = RunOptions(results=results)
    carry_out(set_up(request, options), request, options, show)
    return {s.result.baseline: s for s in Store(results).contents().results}

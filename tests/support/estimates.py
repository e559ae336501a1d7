"""Plans of small plugins, with estimates of what their runs take."""

from pathlib import Path

from bench.runs.estimates.estimate import Estimate
from bench.runs.planning.experiment import RunRequest
from bench.runs.planning.run_spec import Run
from bench.runs.session import PlannedRuns, RunOptions, set_up
from tests.support.plugins_for_tests import add_task


def set_up_in(folder: Path, *baselines: str, **words: object) -> PlannedRuns:
    """Plan baselines on the made-up tasks `colours` and `shades` of a folder's plugins."""
    plugins = folder / "plugins"
    for name in ("colours", "shades"):
        add_task(plugins, name, rows=2000)
    asked = {"tasks": ["colours", "shades"], "profile": "full", "seeds": [0], **words}
    request = RunRequest(baselines=baselines, plugins=[plugins], **asked)  # type: ignore[arg-type]
    return set_up(request, RunOptions(results=folder / "results"))


def taking(seconds: float) -> Estimate:
    """An estimate of so many seconds."""
    return Estimate(
        fit_seconds=seconds,
        predict_seconds=0.0,
        other_seconds=0.0,
        memory_bytes=10**9,
        download_bytes=0,
        origin="stored",
    )


def all_taking(runs: list[Run], seconds: float) -> dict[str, Estimate]:
    """The same estimate for each run, by key."""
    return {run.key: taking(seconds) for run in runs}

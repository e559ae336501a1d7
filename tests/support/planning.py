"""Planned runs of a plugin folder with one task and two baselines."""

from pathlib import Path

import pytest

from bench.data.prepare import prepare
from bench.registry import Registry
from bench.runs.planning.experiment import RunRequest, build
from bench.runs.planning.keys import Code
from bench.runs.planning.plan import plan
from bench.runs.planning.run_spec import Run
from tests.support.plugins_for_tests import add_baseline, add_task

CODE = Code(
    {"odd": "source 1", "unseeded": "source 1"}, {"odd": "libraries 1", "unseeded": "libraries 1"}
)


@pytest.fixture
def plugins(tmp_path: Path) -> Path:
    """Task `colours` with 150 labelled rows; `odd` is seeded, `unseeded` is not."""
    add_task(tmp_path, "colours", rows=200)
    add_baseline(tmp_path, "odd", seeded=True)
    add_baseline(tmp_path, "unseeded")
    return tmp_path


def planned(plugins: Path, code: Code = CODE, **words: object) -> list[Run]:
    asked = {"tasks": ["colours"], "baselines": ["odd"], "profile": "full", "seeds": [0], **words}
    request = RunRequest(plugins=[plugins], **asked)  # type: ignore[arg-type]
    tasks, baselines = Registry("tasks", [plugins]), Registry("baselines", [plugins])
    experiment = build(request, tasks, baselines)
    return plan(experiment, prepare(experiment.tasks, tasks), code)

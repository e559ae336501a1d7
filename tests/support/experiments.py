"""Experiment files, and what is said of bad ones."""

from pathlib import Path

import pytest

from bench.errors import UserError
from bench.registry import Registry
from bench.runs.planning.experiment import Experiment, RunRequest, build
from tests.support.plugins_for_tests import add_baseline, add_task


@pytest.fixture
def plugins(tmp_path: Path) -> Path:
    """A folder with task `colours` and baseline `odd`."""
    add_task(tmp_path / "plugins", "colours")
    add_baseline(tmp_path / "plugins", "odd", seeded=True)
    return tmp_path / "plugins"


def made(plugins: Path, **words: object) -> Experiment:
    request = RunRequest(plugins=[plugins], **words)  # type: ignore[arg-type]
    return build(request, Registry("tasks", [plugins]), Registry("baselines", [plugins]))


def complaint(plugins: Path, **words: object) -> str:
    with pytest.raises(UserError) as caught:
        made(plugins, **words)
    return str(caught.value)


def toml(folder: Path, text: str) -> str:
    file = folder / "made.toml"
    file.write_text(text)
    return str(file)

"""An experiment with its tasks and the code of its baselines, before its runs are planned."""

import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from bench.baseline import Baseline
from bench.data.checks import told
from bench.data.prepare import PreparedTasks, prepare
from bench.data.source import data_folders
from bench.errors import Unavailable, UserError
from bench.registry import Registry
from bench.runs.planning.experiment import Experiment, RunRequest, build
from bench.runs.planning.keys import Code
from bench.runs.provenance import major_versions
from bench.runs.source_hash import installed, source_of


@dataclass(frozen=True)
class RunOptions:
    """Options for executing runs, as opposed to selecting them."""

    results: Path
    data: Sequence[Path] = ()
    offline: bool = False
    strict: bool = False
    rerun: bool = False
    jobs: int | None = None
    """Number of workers; None: one per visible GPU, else 1."""
    threads: int | None = None
    """Number of threads for the libraries of one worker; None: see `bench.runs.threads`."""
    threads_source: str = "set by --threads"
    """Who asked for that number, in words."""


@dataclass(frozen=True)
class LoadedExperiment:
    """An experiment with its tasks, before its runs are planned."""

    experiment: Experiment
    material: PreparedTasks
    code: Code


def load(
    request: RunRequest, options: RunOptions, progress: Callable[[str], None] = lambda name: None
) -> LoadedExperiment:
    """Build the experiment and load its tasks.

    Raises:
        UserError: as `set_up`.
    """
    tasks = Registry("tasks", request.plugins)
    baselines = Registry("baselines", request.plugins)
    experiment = build(request, tasks, baselines)
    folders = data_folders(options.data)
    material = prepare(
        experiment.tasks,
        tasks,
        folders,
        offline=options.offline,
        named=not request.everything,
        progress=progress,
    )
    if options.strict:
        _refuse_findings(material)
    return LoadedExperiment(experiment, material, _code(experiment, baselines))


def _refuse_findings(material: PreparedTasks) -> None:
    lines = [
        f"{name}: {told(dict(sorted(task.checks.items())))}"
        for name, task in material.tasks.items()
        if task.checks
    ]
    if lines:
        raise UserError("--strict: the data checks found:\n" + "\n".join(f"- {s}" for s in lines))


def _code(experiment: Experiment, baselines: Registry) -> Code:
    tree = installed()
    sources = {
        name: source_of(_file_of(name, family, baselines), tree)
        for name, family in experiment.families.items()
    }
    return Code(
        {name: source.digest for name, source in sources.items()},
        {name: major_versions(f.libraries) for name, f in experiment.families.items()},
        partial(_further, experiment),
        frozenset(name for name, source in sources.items() if source.reads_metrics),
    )


def _file_of(name: str, family: type[Baseline], baselines: Registry) -> Path:
    """Return the file that defines a baseline; an entry point records its module alone."""
    return baselines[name].path or Path(str(sys.modules[family.__module__].__file__))


def _further(experiment: Experiment, name: str, params: Mapping[str, Any]) -> Mapping[str, str]:
    """Return the further dependencies that a baseline declares for its answers."""
    say = getattr(experiment.families[name](**params), "key_parts", None)
    try:
        return {} if say is None else dict(say())
    except Unavailable as error:
        return {"unavailable": str(error)}  # the fit will raise the same error, and be skipped

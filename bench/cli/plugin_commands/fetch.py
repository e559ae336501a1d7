"""The steps of `bench fetch`: the data of tasks and the weights of models."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from bench.data.load import load_task
from bench.data.prepare import with_origin
from bench.data.source import data_folders
from bench.errors import BenchError, NotAtHand
from bench.files import Files
from bench.models import weights
from bench.registry import Plugin, Registry
from bench.registry import load_task as load_plugin


@dataclass(frozen=True)
class Outcome:
    """The outcome of a step; files that only the user can provide are `missing`, not broken."""

    ok: bool
    detail: str
    missing: bool = False


@dataclass(frozen=True)
class Step:
    """One thing to fetch; `do` may take long."""

    what: str
    do: Callable[[], Outcome]


def fetch_tasks(names: Sequence[str], plugins: Sequence[Path], data: Sequence[Path]) -> list[Step]:
    """Return a step for each task.

    Raises:
        UserError: an unknown name, before anything is fetched.
    """
    registry = Registry("tasks", plugins)
    folders = data_folders(data)
    return [_task_step(registry[name], folders) for name in names]


def _task_step(plugin: Plugin, folders: Sequence[Path]) -> Step:
    def do() -> Outcome:
        try:
            task = load_plugin(plugin)
        except BenchError as error:
            return Outcome(False, str(error))
        try:
            loaded = load_task(task, Files(plugin.name, plugin.suite, folders))
        except NotAtHand as error:
            return Outcome(False, with_origin(error, task), missing=True)
        except BenchError as error:
            return Outcome(False, str(error))
        train = len(loaded.train) + len(loaded.validation)
        return Outcome(True, f"{train:,} labelled and {len(loaded.test):,} test examples")

    return Step(f"task {plugin.name}", do)


def fetch_models(names: Sequence[str]) -> Iterator[Step]:
    """Yield a step for each model: an alias, or an id on the Hub."""
    for name in names:
        yield Step(f"model {name}", partial(_model, name))


def _model(name: str) -> Outcome:
    try:
        model = weights(name)
    except BenchError as error:
        return Outcome(False, str(error))
    size = sum((model.folder / file).stat().st_size for file in model.sha256)
    return Outcome(True, f"{model.origin} at {model.revision}, {size / 2**20:.0f} MiB")

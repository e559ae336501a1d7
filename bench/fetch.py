"""What `bench fetch` brings: the data of tasks and the weights of models, step by step."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.data import load_task
from bench.errors import BenchError, redact
from bench.files import Files
from bench.plugins import Plugin, Registry
from bench.plugins import load_task as load_plugin
from bench.session import data_folders


@dataclass(frozen=True)
class Outcome:
    """How a step ended."""

    ok: bool
    detail: str


@dataclass(frozen=True)
class Step:
    """Something to bring; `do` may take long."""

    what: str
    do: Callable[[], Outcome]


def fetch_tasks(names: Sequence[str], plugins: Sequence[Path], data: Sequence[Path]) -> list[Step]:
    """A step for each task.

    Raises:
        UserError: an unknown name, before anything is fetched.
    """
    registry = Registry("tasks", plugins)
    folders = data_folders(data)
    return [_task_step(registry[name], folders) for name in names]


def _task_step(plugin: Plugin, folders: Sequence[Path]) -> Step:
    def do() -> Outcome:
        try:
            loaded = load_task(load_plugin(plugin), Files(plugin.name, plugin.suite, folders))
        except BenchError as error:
            return Outcome(False, str(error))
        train = len(loaded.train) + len(loaded.validation)
        return Outcome(True, f"{train:,} labelled and {len(loaded.test):,} test rows")

    return Step(f"task {plugin.name}", do)


def fetch_models(names: Sequence[str]) -> Iterator[Step]:
    """A step for each model of the Hub: its safetensors weights, configuration and tokenizer."""
    for name in names:
        yield Step(f"model {name}", lambda name=name: _model(name))  # type: ignore[misc]


def _model(name: str) -> Outcome:
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HfHubHTTPError, HFValidationError, LocalEntryNotFoundError

    # Never a pickle, never code: only these kinds of file are asked for.
    wanted = ["*.safetensors", "*.json", "*.txt", "tokenizer.model"]
    try:
        place = snapshot_download(name, allow_patterns=wanted)
    except LocalEntryNotFoundError:
        return Outcome(False, "the Hub cannot be reached, and it is not in the cache")
    except (HfHubHTTPError, HFValidationError, OSError) as error:
        first = redact(str(error)).strip().splitlines()[0]
        return Outcome(False, f"{first} (a gated model needs `hf auth login`)")
    return Outcome(True, place)

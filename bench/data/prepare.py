"""Load every task of a run, and check each by itself and against the others."""

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from bench.data.checks import CrossLeaks, check_task, leaked_ids, near, remove_cross_leaks
from bench.data.load import load_task, unscored_of
from bench.data.loaded import Loaded
from bench.data.near_twins import Sketches, sketches
from bench.errors import NotAtHand, Unavailable, UserError
from bench.example import Example, Input
from bench.files import Files
from bench.outputs import Output
from bench.registry import Registry
from bench.registry import load_task as load_plugin
from bench.task import Task


@dataclass(frozen=True)
class PreparedTask:
    """A task with its examples.

    Args:
        task: the task.
        suite: the suite it belongs to, or None.
        loaded: the splits, without the examples that occur in another task's test split.
        checks: counts of the data checks' findings by name; zeros are left out.
        leaked: ids of test examples whose text also occurs, or nearly, in the task's own training
            split.
        unscored: texts of the official test whose gold is not published.
        files: the files that it was read from.
        removed: the labelled examples that occur in another task's test split. Only folds use them,
            since those of one task alone test nothing of another.
    """

    task: Task
    suite: str | None
    loaded: Loaded
    checks: Mapping[str, int]
    leaked: frozenset[str]
    unscored: tuple[Input, ...] = ()
    files: Files | None = None
    removed: tuple[Example, ...] = ()

    @cached_property
    def rows(self) -> tuple[Example, ...]:
        """The training, validation and test examples, then those removed, in this order."""
        loaded = self.loaded
        return (*loaded.train, *loaded.validation, *loaded.test, *self.removed)

    @cached_property
    def position(self) -> Mapping[str, int]:
        """Example id -> position in `rows`."""
        return {row.id: i for i, row in enumerate(self.rows)}

    @cached_property
    def sketches(self) -> Sketches:
        """Sketches of `rows`, by which near twins among them are found."""
        return sketches(self.rows)

    @cached_property
    def digests(self) -> tuple[bytes, ...]:
        """The sha256 of each example's content, in the order of `rows`."""
        return tuple(_digest(row, self.task.output) for row in self.rows)

    def hash_of(self, positions: Sequence[int]) -> str:
        """Return the sha256 over the contents of the examples at these positions, in their
        order."""
        return hashlib.sha256(b"".join(self.digests[i] for i in positions)).hexdigest()


@dataclass(frozen=True)
class PreparedTasks:
    """All tasks of a run: loaded ones, ones without data, and broken ones."""

    tasks: Mapping[str, PreparedTask]
    missing: Mapping[str, str]
    """Task -> how to get its data."""
    broken: Mapping[str, str]
    """Task -> the error."""
    suites: Mapping[str, str | None]
    absent: tuple[str, ...] = ()
    """Tasks that were not asked for by name and whose data only the user can provide: not part of
    the run."""


def _digest(row: Example, output: Output) -> bytes:
    parts = [row.id, row.text, row.pair, row.group, output.to_json(row.target)]
    return hashlib.sha256(
        json.dumps(parts, ensure_ascii=False).encode("utf-8", "surrogatepass")
    ).digest()


def prepare(
    names: Sequence[str],
    registry: Registry,
    folders: Sequence[Path] = (),
    *,
    offline: bool = False,
    named: bool = True,
    progress: Callable[[str], None] = lambda name: None,
) -> PreparedTasks:
    """Load the tasks, and check them by themselves and against one another.

    Args:
        names: the names of the tasks.
        registry: the registry of their plugins.
        folders: the user's data folders.
        offline: never use the network.
        named: True if the tasks were asked for by name; else those whose data only the user can
            provide are left out.
        progress: called before each task is loaded with its number and name, `3/9: trec`.
    """
    tasks: dict[str, Task] = {}
    loaded: dict[str, Loaded] = {}
    unscored: dict[str, tuple[Input, ...]] = {}
    at_hand: dict[str, Files] = {}
    missing, broken, absent = {}, {}, list[str]()
    for number, name in enumerate(names, 1):
        progress(f"{number}/{len(names)}: {name}")
        plugin = registry[name]
        try:
            tasks[name] = load_plugin(plugin)
            files = Files(name, plugin.suite, folders, offline=offline)
            at_hand[name], unscored[name] = files, unscored_of(tasks[name], files)
            loaded[name] = load_task(tasks[name], files)
        except NotAtHand as error:
            if named:
                missing[name] = with_origin(error, tasks[name])
            else:
                absent.append(name)
        except Unavailable as error:
            missing[name] = str(error)
        except UserError as error:  # a DataError or PluginError, or a missing file or column
            broken[name] = str(error)
    sources = {name: task.source for name, task in tasks.items()}
    cross = remove_cross_leaks(loaded, sources, unscored)
    broken |= _tested_away(loaded, cross)
    suites = {name: registry[name].suite for name in names}
    ready = {
        name: replace(
            _prepared(tasks[name], suites[name], rows, cross.removed.get(name, 0)),
            unscored=unscored[name],
            files=at_hand[name],
            removed=cross.examples[name],
        )
        for name, rows in cross.loaded.items()
        if name not in broken
    }
    return PreparedTasks(ready, missing, broken, suites, tuple(absent))


def _tested_away(loaded: Mapping[str, Loaded], cross: CrossLeaks) -> dict[str, str]:
    """Return the tasks of which nothing is left to learn from, each with the reason."""
    emptied = [n for n, of in cross.loaded.items() if loaded[n].train and not of.train]
    return {name: f"task {name}: {_tested_by(name, loaded)}" for name in emptied}


def _tested_by(name: str, loaded: Mapping[str, Loaded]) -> str:
    texts = {near(row) for row in loaded[name].train}
    testers = [
        other
        for other, of in loaded.items()
        if other != name and not texts.isdisjoint(near(row) for row in of.test)
    ]
    others = " and ".join(testers) or "the other tasks"
    return (
        f"all {len(loaded[name].train):,} train examples are test examples of {others}, which no "
        f"model of this run may learn from; run it apart: bench run -t {name}"
    )


def with_origin(error: NotAtHand, task: Task) -> str:
    """Return the message about missing files, with where to get them if the task says so."""
    return f"{error}. Files: {task.how_to_get_data}" if task.how_to_get_data else str(error)


def _prepared(task: Task, suite: str | None, loaded: Loaded, removed: int) -> PreparedTask:
    findings = {**check_task(loaded, task.output.labels), "removed_in_other_test": removed}
    checks = {name: count for name, count in findings.items() if count}
    return PreparedTask(task, suite, loaded, checks, frozenset(leaked_ids(loaded)))

"""The registry of tasks and baselines: found by name, imported only when used."""

import importlib
import importlib.metadata
import importlib.util
import re
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any, Literal

from bench.errors import PluginError, UserError, did_you_mean
from bench.helper_modules import equip, helper_folders
from bench.old_names import BASELINE, both_names

if TYPE_CHECKING:
    from bench.baseline import Baseline
    from bench.task import Task

Kind = Literal["tasks", "baselines"]
_HOLDS = {"tasks": "TASK", "baselines": "BASELINE"}
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*\Z")
_LONGEST = 200
"""File names that are too long raise an error when they are looked for."""
_LISTED = 12
"""Maximum number of names that a message lists."""
_DOCSTRING = re.compile(r'\s*(?:#[^\n]*\n\s*)*[rR]?("""|\'\'\')(.*?)(?:\1|\n)', re.DOTALL)


@dataclass(frozen=True)
class Plugin:
    """A task or baseline that is available as `name`; it has not been imported yet.

    Args:
        kind: `tasks` or `baselines`.
        name: the name that users refer to it by.
        suite: the sub-folder that contains it, or None.
        path: the file; None for an entry point.
        module: the module to import; None for a file outside the package.
        problem: the reason why it cannot be used, or "".
    """

    kind: Kind
    name: str
    suite: str | None = None
    path: Path | None = None
    module: str | None = None
    problem: str = ""

    @property
    def origin(self) -> str:
        """The origin of the plugin, as shown to users: `shipped`, or a file or module."""
        if self.module and self.module.startswith("bench."):
            return "shipped"
        return str(self.path or self.module)

    def summary(self) -> str:
        """The first line of the file's docstring, read without importing it."""
        if self.path is None:
            return f"entry point {self.module}"
        head = self.path.read_bytes()[:2000].decode("utf-8", errors="replace")
        match = _DOCSTRING.match(head)
        return match[2].strip() if match else ""

    def load(self) -> Any:
        """Import the plugin and return its task, or its baseline class.

        Raises:
            PluginError: it cannot be imported, or defines something else.
        """
        if self.problem:
            raise PluginError(self.problem)
        module = self._import()
        attribute = _HOLDS[self.kind]
        if not hasattr(module, attribute):
            raise PluginError(f"{self.origin} does not define {attribute} = …")
        return getattr(module, attribute)

    def _import(self) -> ModuleType:
        try:
            if self.module is not None:
                return importlib.import_module(self.module)
            assert self.path is not None
            return _import_file(self.path, f"bench_plugin_{self.kind}_{self.name}")
        except (Exception, SystemExit) as error:  # Foreign code: it may raise anything, or exit.
            where = self.path or self.module
            raise PluginError(
                f"{self.kind[:-1]} '{self.name}' cannot be imported: "
                f"{type(error).__name__}: {error} ({where})"
            ) from error


def _import_file(path: Path, name: str) -> ModuleType:
    """Run a plugin's file as a module, never from cached bytecode: an edit of equal length within
    the same second would go unnoticed."""
    module = ModuleType(name)
    module.__file__ = str(path)
    equip(module, helper_folders(path))
    sys.modules[name] = module
    try:
        exec(compile(path.read_bytes(), path, "exec"), module.__dict__)
    except BaseException:
        del sys.modules[name]
        raise
    return module


class Registry:
    """All plugins of one kind, by name.

    Args:
        kind: `tasks` or `baselines`.
        folders: the user's plugin folders (`--plugins`), each with `tasks/` and `baselines/`.

    Raises:
        UserError: a plugin folder that does not exist, or that has neither of the two.
    """

    def __init__(self, kind: Kind, folders: Sequence[Path] = ()) -> None:
        self.kind = kind
        self.plugins: dict[str, Plugin] = {}
        for folder in folders:
            _refuse_other_folder(folder)
        for plugin in _plugins(kind, folders):
            self._add(plugin)

    def _add(self, plugin: Plugin) -> None:
        existing = self.plugins.get(plugin.name)
        if existing is not None and (existing.path, existing.module) != (
            plugin.path,
            plugin.module,
        ):
            origins = f"{existing.problem or existing.origin} and {plugin.origin}"
            problem = f"{self.kind[:-1]} '{plugin.name}' exists twice: {origins}; rename one"
            plugin = Plugin(self.kind, plugin.name, problem=problem)
        self.plugins[plugin.name] = plugin

    def __getitem__(self, name: str) -> Plugin:
        """Return the plugin of that name.

        Raises:
            UserError: there is none; the message suggests similar names.
        """
        if name not in self.plugins:
            raise UserError(f"unknown {self.kind[:-1]} '{name}'; {self._hint(name)}")
        return self.plugins[name]

    def _hint(self, name: str) -> str:
        """Return what to do about an unknown name: the user may have left out `--plugins`."""
        forgotten = Path("plugins") / self.kind / f"{name}.py"
        if _NAME.match(name) and len(name) < _LONGEST and forgotten.is_file():
            return f"{forgotten} exists: add --plugins plugins"
        hint = did_you_mean(name, self.plugins)
        if hint.startswith("known: ") and len(self.plugins) > _LISTED:
            return f"`bench list {self.kind}` shows all"
        return hint

    def names(self) -> list[str]:
        """Return all names, sorted."""
        return sorted(self.plugins)

    def suites(self) -> dict[str, list[str]]:
        """The names in each suite."""
        suites: dict[str, list[str]] = {}
        for name in self.names():
            suite = self.plugins[name].suite
            if suite:
                suites.setdefault(suite, []).append(name)
        return suites


def _refuse_other_folder(folder: Path) -> None:
    if not folder.is_dir():
        raise UserError(f"plugin folder {folder} does not exist")
    if any((folder / kind).is_dir() for kind in _HOLDS):
        return
    inside = next((place for place in folder.absolute().parents if place.name in _HOLDS), None)
    parent = folder.parent if folder.absolute().name in _HOLDS else inside and inside.parent
    hint = f"; did you mean --plugins {parent}?" if parent else ""
    raise UserError(f"plugin folder {folder} has neither tasks/ nor baselines/ in it{hint}")


def load_task(plugin: Plugin) -> "Task":
    """Return the plugin's task.

    Raises:
        PluginError: the plugin defines no Task, or one of another name.
    """
    from bench.task import Task

    task = plugin.load()
    if not isinstance(task, Task):
        raise PluginError(
            f"{plugin.origin}: TASK is a {type(task).__name__}, not a bench.task.Task"
        )
    if task.name != plugin.name:
        raise PluginError(
            f"{plugin.origin}: the task is named '{task.name}' but the file '{plugin.name}'; "
            "give both the same name"
        )
    return task


def load_baseline(plugin: Plugin) -> "type[Baseline]":
    """Return the plugin's baseline class.

    Raises:
        PluginError: BASELINE is not a class with `fit`, `predict` and the four class attributes.
    """
    family = plugin.load()
    if isinstance(family, type):
        both_names(family, BASELINE)
    needed = ("fit", "predict", "multi_task", "seeded", "full_data_entry", "libraries")
    missing = [name for name in needed if not hasattr(family, name)]
    if not isinstance(family, type) or missing:
        raise PluginError(
            f"{plugin.origin}: BASELINE must be a class with {', '.join(needed)}"
            + (f"; missing: {', '.join(missing)}" if missing else "")
        )
    return family


def _plugins(kind: Kind, folders: Sequence[Path]) -> Iterator[Plugin]:
    yield from _shipped(kind)
    for entry in importlib.metadata.entry_points(group=f"bench.{kind}"):
        bad = "" if _NAME.match(entry.name) else _bad_name(kind, entry.name, entry.value)
        yield Plugin(kind, entry.name, module=entry.module, problem=bad)
    for folder in folders:
        yield from _in_folder(kind, folder.resolve() / kind, package=None)


def _shipped(kind: Kind) -> Iterator[Plugin]:
    spec = importlib.util.find_spec(f"bench.{kind}")
    for place in (spec.submodule_search_locations or ()) if spec else ():
        yield from _in_folder(kind, Path(place), package=f"bench.{kind}")


def _in_folder(kind: Kind, folder: Path, *, package: str | None) -> Iterator[Plugin]:
    for path in sorted([*folder.glob("*.py"), *folder.glob("*/*.py")]):
        if path.name.startswith("_") or path.parent.name.startswith("_"):
            continue
        suite = path.parent.name if path.parent != folder else None
        parts = [package, suite, path.stem] if package else []
        module = ".".join(p for p in parts if p) or None
        problem = "" if _NAME.match(path.stem) else _bad_name(kind, path.stem, path)
        yield Plugin(kind, path.stem, suite, path, module, problem)


def _bad_name(kind: Kind, name: str, where: object) -> str:
    return (
        f"{kind[:-1]} name {name!r} ({where}): use letters, digits, '.', '_' and '-', "
        "beginning with a letter or digit"
    )

"""Helper modules beside a user's plugin: found, imported for that plugin alone, and listed for its
result keys."""

import builtins
import hashlib
import importlib
import importlib.util
import sys
import sysconfig
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache, partial
from importlib.machinery import ModuleSpec, SourceFileLoader
from pathlib import Path
from types import CodeType, ModuleType
from typing import Any

_PREFIX = "bench_helpers_"
_KINDS = ("tasks", "baselines")


def helper_folders(plugin: Path) -> tuple[Path, ...]:
    """Return the folders whose modules a plugin may import: its own and the parent folders, up to
    the one given with `--plugins`."""
    folders = []
    for folder in plugin.resolve().parents[:3]:
        folders.append(folder)
        if folder.parent.name not in _KINDS and folder.name not in _KINDS:
            return tuple(folders)
    return tuple(folders)


def helper_files(module: str, name: str | None, importer: Path, plugin: Path) -> Iterator[Path]:
    """Yield the user's own files that an import loads; none for installed modules.

    Args:
        module: the imported module, with a leading dot for each level of a relative import.
        name: the name imported from it; None for the module itself.
        importer: the file with the import.
        plugin: the plugin's file, whose folders are searched.
    """
    if module.startswith("."):
        level = len(module) - len(module.lstrip("."))
        yield from _along(importer.parents[level - 1], module.lstrip("."), name)
        return
    top = module.partition(".")[0]
    folder = _beside(top, helper_folders(plugin)) or _own_folder(top, plugin)
    if folder is not None:
        yield from _along(folder, module, name)


def _along(folder: Path, module: str, name: str | None) -> Iterator[Path]:
    """Yield the files of a dotted name, including those of its parent packages."""
    for part in filter(None, [*module.split("."), name]):
        folder = folder / part
        if (file := module_file(folder)) is not None:
            yield file


def module_file(place: Path) -> Path | None:
    """Return the file of the module or package at that path, or None."""
    files = (place / "__init__.py", place.with_name(f"{place.name}.py"))
    return next((file for file in files if file.is_file()), None)


def _beside(top: str, folders: Sequence[Path]) -> Path | None:
    """Return the folder that holds a helper of that name, or None. Only names that begin with `_`
    take precedence over installed modules: a task called `statistics` must not shadow the
    library."""
    if not top.startswith("_") and _installed(top):
        return None
    return next((f for f in folders if module_file(f / top) or (f / top).is_dir()), None)


def _installed(top: str) -> bool:
    return top == "bench" or top in sys.stdlib_module_names or _spec(top) is not None


@lru_cache(maxsize=1024)
def _spec(top: str) -> ModuleSpec | None:
    try:
        return importlib.util.find_spec(top)
    except (ImportError, ValueError, AttributeError):
        return None


def _own_folder(top: str, plugin: Path) -> Path | None:
    """Return the parent folder of a module that is the user's own: one found through PYTHONPATH
    that is neither in the standard library nor installed, or one of the package that the plugin
    itself is installed with."""
    if top == "bench" or top in sys.stdlib_module_names:
        return None
    spec = _spec(top)
    if spec is None or not spec.origin or spec.origin in ("built-in", "frozen"):
        return None
    file = Path(spec.origin).resolve()
    folder = file.parent.parent if file.name == "__init__.py" else file.parent
    package = file.parent if file.name == "__init__.py" else file
    if plugin.resolve().is_relative_to(package) or not _is_library(folder):
        return folder
    return None


def _is_library(folder: Path) -> bool:
    paths = sysconfig.get_paths()
    names = ("stdlib", "platstdlib", "purelib", "platlib")
    site_folders = {"site-packages", "dist-packages"} & {*folder.parts}
    return bool(site_folders) or any(folder.is_relative_to(Path(paths[n]).resolve()) for n in names)


def equip(module: ModuleType, folders: Sequence[Path]) -> None:
    """Let a module that is about to be executed import helpers from its own folders.

    Two plugins that each have a `_helpers.py` beside them get their own one each: helpers are
    looked up by the importer's folder, and nothing is added to `sys.path`.
    """
    if not any(isinstance(finder, _Finder) for finder in sys.meta_path):
        sys.meta_path.insert(0, _Finder())
    builtins_ = {**vars(builtins), "__import__": partial(_import, tuple(folders))}
    module.__dict__["__builtins__"] = builtins_
    _forget_edited(folders)


def _import(
    folders: tuple[Path, ...],
    name: str,
    globals: Mapping[str, Any] | None = None,
    locals: Mapping[str, Any] | None = None,
    fromlist: Sequence[str] | None = (),
    level: int = 0,
) -> ModuleType:
    """Replace `__import__`: also find the helpers in some folders."""
    top = name.partition(".")[0]
    folder = None if level else _beside(top, folders)
    if folder is None:
        return builtins.__import__(name, globals, locals, fromlist or (), level)
    package = _package(folder, folders)
    importlib.import_module(f"{package}.{name}")
    if fromlist:
        return builtins.__import__(f"{package}.{name}", globals, locals, fromlist, 0)
    return sys.modules[f"{package}.{top}"]


def _package(folder: Path, folders: tuple[Path, ...]) -> str:
    """Return the package name under which a folder's helpers are kept in `sys.modules`."""
    name = _PREFIX + hashlib.sha256(str(folder).encode("utf-8", "surrogateescape")).hexdigest()[:16]
    if name not in sys.modules:
        package = ModuleType(name)
        package.__path__ = [str(folder)]
        package.__dict__["folders"] = folders
        sys.modules[name] = package
    return name


class _Finder:
    """Find the helpers of a folder as modules of a synthetic package."""

    def find_spec(
        self, name: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """See `importlib.abc.MetaPathFinder`."""
        if not name.startswith(_PREFIX) or not path:
            return None
        place = Path(path[0]) / name.rpartition(".")[2]
        file = module_file(place)
        if file is None:
            return _namespace(name, place) if place.is_dir() else None
        inside = [str(place)] if file.name == "__init__.py" else None
        loader = _Loader(name, str(file))
        return importlib.util.spec_from_file_location(
            name, file, loader=loader, submodule_search_locations=inside
        )


def _namespace(name: str, place: Path) -> ModuleSpec:
    """Return the spec of a folder without an `__init__.py`."""
    spec = ModuleSpec(name, None, is_package=True)
    spec.submodule_search_locations = [str(place)]
    return spec


class _Loader(SourceFileLoader):
    """Run a helper from its source, never from cached bytecode: an edit of equal length within the
    same second would go unnoticed."""

    def get_code(self, fullname: str) -> CodeType:
        """See `importlib.abc.InspectLoader`."""
        self.source = self.get_data(self.path)
        return compile(self.source, self.path, "exec", dont_inherit=True)

    def exec_module(self, module: ModuleType) -> None:
        """See `importlib.abc.Loader`."""
        folders = sys.modules[module.__name__.partition(".")[0]].__dict__["folders"]
        builtins_ = {**vars(builtins), "__import__": partial(_import, folders)}
        module.__dict__["__builtins__"] = builtins_
        super().exec_module(module)


def _forget_edited(folders: Sequence[Path]) -> None:
    """Unload all helpers of a folder once one of them has changed on disk."""
    for folder in folders:
        name = _package(folder, tuple(folders))
        loaded = {n: m for n, m in sys.modules.items() if n.startswith(f"{name}.")}
        if any(_edited(module) for module in loaded.values()):
            for module in loaded:
                del sys.modules[module]


def _edited(module: ModuleType) -> bool:
    loader = getattr(module.__spec__, "loader", None)
    if not isinstance(loader, _Loader):
        return False
    file = Path(loader.path)
    return not file.is_file() or file.read_bytes() != loader.source

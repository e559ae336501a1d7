"""Hash the code that a baseline's answers depend on; when the code changes, the key changes.

The hash follows the imports of a baseline's file, at any depth, and covers what each file computes.
A file's location and name, its comments, docstrings and the layout of its imports do not count.
"""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import bench
from bench.helper_modules import helper_files, module_file
from bench.old_paths import MOVED
from bench.runs.code_reading import Binding, Code, is_bench, read_code
from bench.runs.former_code import FORMER

INERT = frozenset(
    {
        "bench",  # the version, and the location of the package's parts
        "bench.files.assets",  # bytes verified against a pinned hash, whatever their origin
        "bench.files.cache_folder",
        "bench.runs.gpus",  # GPU assignment and energy use
        "bench.errors",
        "bench.hardware",  # the number format is part of the key
        "bench.files.task_files",  # a task's examples are in the key by content
        "bench.models.gguf_header",  # only rejects files
        "bench.guards.guarded",
        "bench.files.hub_datasets",
        "bench.models.hub",  # weights are in the key by their fingerprint
        "bench.scoring.guessing",  # scores of guesses: predictions stay as they are
        "bench.runs.cells.meter",  # time, memory and energy
        "bench.models.folder",
        "bench.old_names",
        "bench.data.annotations",  # no baseline sees annotations
        "bench.runs.provenance",  # versions and hardware; the number format is in the key
        "bench.records",  # the format of stored records
        "bench.records.base",
        "bench.records.ranges",
        "bench.records.result",
        "bench.records.task_scores",
        "bench.runs.planning.run_spec",
        "bench.files.tables",
        "bench.files.archive",
        "bench.runs.cells.memory",
        "bench.guards.waiting",
        "bench.run_context",  # progress, threads and folders around a fit
    }
)
"""Modules that cannot change an answer. All others that a baseline imports are part of its key."""

ALWAYS = ("bench.runs.cells.fit_predict", "bench.metrics.aligned")
"""Modules that belong to every baseline: fitting, prediction, and normalisation of answers."""

METRICS = "bench.metrics"
SCRIPTS = "bench.scripts"
ON_DEMAND = frozenset({("bench.task", METRICS)})
"""Imports that matter only when used: a task's metrics affect only a fit that uses them for early
stopping."""
STANDS_FOR = {"all_metrics": METRICS}
"""Attributes of objects handed to a baseline, and the module whose code they run."""


class Tree:
    """The folders that hold the package `bench`, read when first needed.

    Args:
        roots: searched in this order, like the package's `__path__`; a checkout has two.
    """

    def __init__(self, roots: Sequence[Path]) -> None:
        self.roots = tuple(roots)
        self.find = cache(self._find)
        self.read = cache(self._read)
        self.behind = cache(self._behind)

    def _find(self, module: str) -> Path | None:
        """Return the file of a module of `bench`, found without importing anything; None for no
        module."""
        parts = MOVED.get(module, module).split(".")[1:]
        files = (module_file(root.joinpath(*parts)) for root in self.roots)
        return next(filter(None, files), None)

    def _read(self, file: Path) -> Code:
        """Return a file's code."""
        return read_code(file.read_bytes(), self._is_module)

    def _is_module(self, binding: Binding) -> bool:
        return binding.name is None or self.find(f"{binding.module}.{binding.name}") is not None

    def _behind(self, binding: Binding) -> tuple[str, Path] | None:
        """Return the module behind an import from `bench`, with its file. A name that a module
        re-exports is followed to its definition; None where no such name exists."""
        passed: set[Binding] = set()
        while binding not in passed:
            passed.add(binding)
            binding = Binding(MOVED.get(binding.module, binding.module), binding.name)
            whole = f"{binding.module}.{binding.name}" if binding.name else binding.module
            if (file := self.find(whole)) is not None:
                return MOVED.get(whole, whole), file
            if (file := self.find(binding.module)) is None:
                return None
            origin = self.read(file).bound.get(binding.name or "")
            if origin is None or not is_bench(origin):
                return binding.module, file
            binding = origin
        return None

    def holds(self, file: Path) -> bool:
        """Return whether a file is part of the package."""
        return any(file.is_relative_to(root) for root in self.roots)


def installed() -> Tree:
    """Return the running package."""
    return Tree([Path(place) for place in bench.__path__])


@dataclass(frozen=True)
class Source:
    """The code that a baseline's answers depend on.

    Args:
        files: each file with its code.
        helpers: the user's own files among them. Two of them may define the same names, so their
            module names count.
        former: for some files the digest that counts for plain texts; see `bench.runs.former_code`.
    """

    files: Mapping[Path, Code]
    helpers: frozenset[Path] = frozenset()
    former: Mapping[Path, str] = field(default_factory=dict)

    @property
    def digest(self) -> str:
        """sha256 over all files, for the keys of the baseline's results."""
        return self._joined({})

    @property
    def digest_for_plain(self) -> str:
        """The same for tasks of plain texts."""
        return self._joined(self.former)

    def _joined(self, other: Mapping[Path, str]) -> str:
        digests = sorted(
            f"{_called(file)} {digest}" if file in self.helpers else digest
            for file, code in self.files.items()
            if (digest := other.get(file, code.digest))
        )
        return hashlib.sha256("".join(digests).encode()).hexdigest()

    @property
    def divides_words(self) -> bool:
        """True where the code divides texts into words, as ICU's version has them."""
        bindings = (binding for code in self.files.values() for binding in code.imports)
        return any(b.module == SCRIPTS and b.name in ("words", "token_places") for b in bindings)

    @property
    def reads_metrics(self) -> bool:
        """True where the code evaluates its task's metrics, for example for early stopping."""
        return any(STANDS_FOR.keys() & code.attributes for code in self.files.values())


def source_of(path: Path, tree: Tree | None = None) -> Source:
    """Return the code behind the baseline in a file.

    Args:
        path: the baseline's file.
        tree: the folders of `bench`; None: the running package.
    """
    tree = tree or installed()
    walk = _Walk(tree, path)
    files = walk.files()
    helpers = frozenset(f for f in files if f != path and not tree.holds(f))
    return Source(files, helpers, _former(files, tree, walk.asked))


def _former(files: Mapping[Path, Code], tree: Tree, asked: set[Path]) -> dict[Path, str]:
    """Return the former digests that count. None does where the user's own code asks for a module
    that has one: who knows what for."""
    found: dict[Path, str] = {}
    for module, (present, former) in FORMER.items():
        file = tree.find(module)
        if file is not None and file in files and files[file].digest == present:
            found[file] = former
    return {} if asked & found.keys() else found


def _called(file: Path) -> str:
    """Return the name that a file is imported as."""
    return file.parent.name if file.name == "__init__.py" else file.stem


class _Walk:
    """Follow imports from a baseline's file.

    Args:
        tree: the folders of `bench`.
        start: the baseline's file.
    """

    def __init__(self, tree: Tree, start: Path) -> None:
        self.tree, self.start = tree, start
        self.shipped = tree.holds(start)
        self.asked: set[Path] = set()
        """Modules of `bench` that the user's own files import."""

    def files(self) -> dict[Path, Code]:
        """Return all files that are reached."""
        modules: dict[Path, Code] = {}
        waiting = [("", self.start)]
        waiting += [(name, file) for name in ALWAYS if (file := self.tree.find(name))]
        while waiting:
            name, file = waiting.pop()
            if file not in modules and name not in INERT:
                modules[file] = self.tree.read(file)
                waiting += self._next(name, file, modules[file])
        return modules

    def _next(self, name: str, file: Path, code: Code) -> Iterator[tuple[str, Path]]:
        for binding in code.imports:
            if (name, binding.module) not in ON_DEMAND:
                yield from self._targets(binding, file)
        if METRICS not in {module for owner, module in ON_DEMAND if owner == name}:
            for attribute in STANDS_FOR.keys() & code.attributes:
                yield from self._targets(Binding(STANDS_FOR[attribute], None), file)

    def _targets(self, binding: Binding, importer: Path) -> Iterator[tuple[str, Path]]:
        """Yield the modules behind an import."""
        if is_bench(binding):
            if (target := self.tree.behind(binding)) is not None:
                if not self.tree.holds(importer):
                    self.asked.add(target[1])
                yield target
        elif not self.shipped and not self.tree.holds(importer):
            for file in helper_files(binding.module, binding.name, importer, self.start):
                yield "", file

"""Read what a Python file computes and imports from its syntax tree, without running it."""

import ast
import hashlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import NamedTuple

_IGNORED = frozenset({"ctx", "type_comment", "type_ignores", "kind"})
"""Fields of syntax tree nodes that do not affect the computation."""


class Binding(NamedTuple):
    """An import: a module, and the name taken from it; None for the module itself."""

    module: str
    name: str | None


TIMING = frozenset(Binding("bench.run_context", name) for name in ("loading", "compiling", "spare"))
"""Functions that say what time is spent on, and compute nothing."""


@dataclass(frozen=True)
class Code:
    """The parts of a file that can change an answer.

    Args:
        digest: sha256 of the code; "" for a file that consists of imports alone.
        imports: all imports at run time, including those inside functions.
        bound: names imported at the top level, and their origin.
        attributes: names of all attributes that it reads.
    """

    digest: str
    imports: tuple[Binding, ...]
    bound: Mapping[str, Binding]
    attributes: frozenset[str]


def read_code(source: bytes, is_module: Callable[[Binding], bool]) -> Code:
    """Read a file's source.

    Args:
        source: the file's bytes.
        is_module: whether an import from `bench` names a module. A module's name does not count, so
            that its file may be renamed.

    Raises:
        SyntaxError: it is not valid Python.
    """
    reading = _read(source)
    modules = (local for local, b in reading.aliases.items() if is_bench(b) and is_module(b))
    return Code(
        digest=_digest(source, frozenset(modules)),
        imports=reading.imports,
        bound=dict(pair for node in reading.statements[: reading.top] for pair in _bound(node)),
        attributes=frozenset(reading.attributes),
    )


@lru_cache(maxsize=1024)
def _read(source: bytes) -> "_Reading":
    reading = _Reading()
    reading.tree = reading.visit(ast.parse(source))
    return reading


def _bound(node: ast.Import | ast.ImportFrom) -> Iterator[tuple[str, Binding]]:
    """Yield the local names of an import statement."""
    for alias in node.names:
        if isinstance(node, ast.Import):
            yield alias.asname or alias.name.partition(".")[0], Binding(alias.name, None)
        else:
            module = "." * node.level + (node.module or "")
            yield alias.asname or alias.name, Binding(module, alias.name.replace("*", "") or None)


class _Reading(ast.NodeTransformer):
    """Remove from a tree everything that does not compute: bare strings, such as docstrings, and
    imports, which are recorded unless they are for type checkers alone."""

    def __init__(self) -> None:
        self.tree: ast.Module
        self.statements: list[ast.Import | ast.ImportFrom] = []
        self.top = 0
        """Number of recorded imports at the file's top level: the first ones."""
        self.by_string: list[Binding] = []
        self.attributes: set[str] = set()
        self.names: list[str] = []

    @cached_property
    def aliases(self) -> Mapping[str, Binding]:
        """Origin of each imported name."""
        return dict(pair for node in self.statements for pair in _bound(node))

    @property
    def imports(self) -> tuple[Binding, ...]:
        """All imports of the file."""
        every = (binding for node in self.statements for _, binding in _bound(node))
        return (*every, *self.by_string)

    def visit_Module(self, node: ast.Module) -> ast.AST:
        """Record the imports of the top level before all others."""
        imports = [part for part in node.body if isinstance(part, ast.Import | ast.ImportFrom)]
        self.statements, self.top = imports, len(imports)
        node.body = [part for part in node.body if part not in imports]
        return self.generic_visit(node)

    def visit_Expr(self, node: ast.Expr) -> ast.AST | None:
        """Drop a bare string, and a call that bears on time alone."""
        text = isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)
        return None if text or self._times(node.value) else self.generic_visit(node)

    def visit_With(self, node: ast.With) -> ast.AST | list[ast.stmt]:
        """Take the statements out of a block that bears on time alone."""
        alone = all(
            one.optional_vars is None and self._times(one.context_expr) for one in node.items
        )
        if not alone:
            return self.generic_visit(node)
        found: list[ast.stmt] = []
        for part in node.body:
            visited = self.visit(part)
            found.extend(visited if isinstance(visited, list) else [visited] if visited else [])
        return found

    def _times(self, value: ast.expr) -> bool:
        """Return whether an expression is a call of one of `TIMING`."""
        if not (isinstance(value, ast.Call) and isinstance(value.func, ast.Name)):
            return False
        bound = (pair for node in self.statements for pair in _bound(node))
        return dict(bound).get(value.func.id) in TIMING

    def visit_If(self, node: ast.If) -> ast.AST | list[ast.stmt] | None:
        """Drop code for type checkers only."""
        test = node.test
        name = test.attr if isinstance(test, ast.Attribute) else getattr(test, "id", "")
        if name != "TYPE_CHECKING":
            return self.generic_visit(node)
        return [self.visit(part) for part in node.orelse] or None

    def visit_Import(self, node: ast.Import) -> None:
        """Record and drop an import."""
        self.statements.append(node)

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        """Record and drop an import."""
        self.statements.append(node)

    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
        """Record an attribute."""
        self.attributes.add(node.attr)
        return self.generic_visit(node)

    def visit_Name(self, node: ast.Name) -> ast.AST:
        """Record a name."""
        self.names.append(node.id)
        return node

    def visit_Call(self, node: ast.Call) -> ast.AST:
        """Record a module that a call imports by a constant name."""
        function = getattr(node.func, "attr", None) or getattr(node.func, "id", None)
        arguments = [*node.args[:1], *(word.value for word in node.keywords if word.arg == "name")]
        if function in self._importers() and arguments and isinstance(arguments[0], ast.Constant):
            self.by_string.append(Binding(str(arguments[0].value), None))
        return self.generic_visit(node)

    def _importers(self) -> set[str]:
        """Return the local names of the functions that import by name."""
        bound = (pair for node in self.statements for pair in _bound(node))
        also = {local for local, origin in bound if origin.name == "import_module"}
        return {"import_module", "__import__", *also}


@lru_cache(maxsize=2048)
def _digest(source: bytes, modules: frozenset[str]) -> str:
    """Return the sha256 of the statements and of the origins of the imported names in them; ""
    without statements.

    Args:
        source: the file's bytes.
        modules: names that refer to modules of `bench`: they are numbered instead.
    """
    reading = _read(source)
    if not reading.tree.body:
        return ""
    names = dict.fromkeys(name for name in reading.names if name in modules)
    numbers = {name: f"module {number}" for number, name in enumerate(names)}
    used = {*reading.names} & reading.aliases.keys() - modules
    parts = sorted(f"{name}={_origin(reading.aliases[name])}" for name in used)
    _write(reading.tree, numbers, parts.append)
    return hashlib.sha256("\n".join(parts).encode("utf-8", "surrogatepass")).hexdigest()


def is_bench(binding: Binding) -> bool:
    """Return whether an import refers to a part of `bench`."""
    return binding.module.partition(".")[0] == "bench"


def _origin(binding: Binding) -> str:
    """Return the origin of an imported name. Files of `bench` may move, and are followed in any
    case."""
    return binding.name or "" if is_bench(binding) else f"{binding.module}:{binding.name or ''}"


def _write(node: object, names: Mapping[str, str], put: Callable[[str], None]) -> None:
    """Write a syntax tree as text that is the same in all versions of Python: fields without a
    value are omitted, since later versions add some."""
    if isinstance(node, ast.Name) and node.id in names:
        put(names[node.id])
    elif isinstance(node, ast.AST):
        put(type(node).__name__)
        for name in node._fields:
            value = getattr(node, name, None)
            if value is not None and value != [] and name not in _IGNORED:
                put(name)
                _write(value, names, put)
        put(")")
    elif isinstance(node, list):
        for part in node:
            _write(part, names, put)
        put("]")
    else:
        put(repr(node))

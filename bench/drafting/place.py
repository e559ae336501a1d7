"""The place of a new plugin's file."""

from pathlib import Path

from bench.errors import UserError
from bench.example import NAME
from bench.registry import Registry
from bench.store.written import write_new


def free_place(kind: str, name: str, folder: Path) -> Path:
    """Return the path of a new plugin.

    Args:
        kind: `tasks` or `baselines`.
        name: its name.
        folder: the plugin folder.

    Raises:
        UserError: the name is taken or not allowed.
    """
    if not NAME.match(name):
        raise UserError(
            f"name {name!r}: use letters, digits, '.', '_' and '-', "
            "beginning with a letter or digit"
        )
    path = folder / kind / f"{name}.py"
    registry = Registry("tasks" if kind == "tasks" else "baselines")
    if path.exists() or name in registry.plugins:
        raise UserError(f"a {kind[:-1]} '{name}' exists already; choose another name")
    return path


def write(path: Path, text: bytes) -> None:
    """Write a new file and the folders above it.

    Raises:
        UserError: the operating system refuses.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_new(path, text)
    except OSError as error:
        raise UserError(f"{path}: {error.strerror}; choose another folder with --plugins") from None

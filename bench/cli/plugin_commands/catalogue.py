"""List the available tasks, baselines and experiments without importing any of them."""

from collections.abc import Sequence
from pathlib import Path

from bench.registry import Registry
from bench.runs.planning.profiles import toml_files

Entry = dict[str, str]


def catalogue(kind: str, folders: Sequence[Path] = ()) -> list[Entry]:
    """Return name, suite, summary, origin and problem of each task, baseline or experiment.

    Args:
        kind: `tasks`, `baselines` or `experiments`.
        folders: the user's plugin folders.
    """
    if kind == "experiments":
        return [_experiment(path) for path in toml_files()]
    registry = Registry("tasks" if kind == "tasks" else "baselines", folders)
    return [
        {
            "name": name,
            "suite": plugin.suite or "",
            "summary": "" if plugin.problem else plugin.summary(),
            "origin": plugin.origin,
            "problem": plugin.problem,
        }
        for name, plugin in sorted(registry.plugins.items())
    ]


def _experiment(path: Path) -> Entry:
    """Describe an experiment by the first comment in its file."""
    lines = path.read_text(encoding="utf-8").splitlines()
    first = next((line[1:].strip() for line in lines if line.startswith("#")), "")
    return {
        "name": path.stem,
        "suite": "",
        "summary": first,
        "origin": "shipped",
        "problem": "",
    }

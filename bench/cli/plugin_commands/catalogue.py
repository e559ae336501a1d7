"""List the available tasks, baselines and experiments without importing any of them."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.registry import Plugin, Registry
from bench.runs.planning.profiles import toml_files

Entry = dict[str, str]
SHIPPED = "shipped"
OUT_OF_THE_BOX = "starter"
"""The suite whose data is downloaded on first use; a user must provide all other shipped data."""
_SENTENCE = re.compile(r"(.+?\.)(?=\s+[A-Z`]|\s*\Z)")


def catalogue(kind: str, folders: Sequence[Path] = (), data: Sequence[Path] = ()) -> list[Entry]:
    """Return name, suite, summary, origin and problem of each task, baseline or experiment.

    Tasks also have `runs_here`: "yes", or "" if they need files that are in no data folder.

    Args:
        kind: `tasks`, `baselines` or `experiments`.
        folders: the user's plugin folders.
        data: the user's data folders.
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
            **({"runs_here": "yes" * _runs_here(plugin, data)} if kind == "tasks" else {}),
        }
        for name, plugin in sorted(registry.plugins.items())
    ]


def _runs_here(plugin: Plugin, data: Sequence[Path]) -> bool:
    """Return whether a task's files are at hand or downloaded on first use. A data folder for it
    is taken for its files: looking for each would mean to import the task."""
    if plugin.problem:
        return False
    if plugin.origin != SHIPPED or plugin.suite == OUT_OF_THE_BOX:
        return True
    parts = filter(None, (plugin.name, plugin.suite))
    return any((folder / part).is_dir() for part in parts for folder in data)


def _experiment(path: Path) -> Entry:
    """Describe an experiment by the first sentence of the comment at the head of its file."""
    comment = []
    for line in path.read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            break
        comment.append(line[1:].strip())
    text = " ".join(comment)
    sentence = _SENTENCE.match(text)
    return {
        "name": path.stem,
        "suite": "",
        "summary": sentence[1] if sentence else text,
        "origin": "shipped",
        "problem": "",
    }


@dataclass(frozen=True)
class Section:
    """A part of the list, with its heading."""

    heading: str
    entries: Sequence[Entry]


def sections(kind: str, entries: Sequence[Entry]) -> Iterator[Section]:
    """Yield the entries in parts: tasks by suite, the user's own first, then those that need no
    files from the user; baselines with the user's own first."""
    if kind != "tasks":
        title = {"baselines": "models (baselines)", "experiments": "experiments (bench run NAME)"}
        yield Section(title[kind], sorted(entries, key=lambda entry: entry["origin"] == SHIPPED))
        return
    groups: dict[tuple[int, str], list[Entry]] = {}
    for entry in entries:
        groups.setdefault((_place(entry), entry["suite"]), []).append(entry)
    for (place, suite), members in sorted(groups.items(), key=lambda item: item[0]):
        yield Section(_HEADINGS[place].format(f" of suite {suite}" if suite else ""), members)


_HEADINGS = (
    "your own tasks{}",
    "tasks{}: run out of the box",
    "tasks{}: their data folder is at hand",
    "tasks{}: you must download their data files",
)


def _place(entry: Entry) -> int:
    """Return the position of a task's heading."""
    if entry["origin"] != SHIPPED:
        return 0
    if entry["suite"] == OUT_OF_THE_BOX:
        return 1
    return 2 if entry["runs_here"] else 3

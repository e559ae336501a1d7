"""List the available tasks, baselines and experiments without importing any of them."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.registry import Registry
from bench.runs.planning.profiles import toml_files

Entry = dict[str, str]
OUT_OF_THE_BOX = "starter"
"""The suite whose data is downloaded on first use; a user must provide all other shipped data."""
_SENTENCE = re.compile(r"(.+?\.)(?=\s+[A-Z`]|\s*\Z)")


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
    """Yield the entries in parts: tasks by suite, those that need no files from the user first."""
    if kind != "tasks":
        title = {"baselines": "models (baselines)", "experiments": "experiments (bench run NAME)"}
        yield Section(title[kind], entries)
        return
    groups: dict[tuple[bool, str], list[Entry]] = {}
    for entry in entries:
        groups.setdefault((_needs_files(entry), entry["suite"]), []).append(entry)
    for (needs_files, suite), members in sorted(groups.items(), key=lambda item: item[0]):
        yield Section(_heading(suite, members, needs_files=needs_files), members)


def _heading(suite: str, members: Sequence[Entry], *, needs_files: bool) -> str:
    of_suite = f" of suite {suite}" if suite else ""
    if needs_files:
        return f"tasks{of_suite}: you must download their data files"
    if all(entry["origin"] == "shipped" for entry in members):
        return f"tasks{of_suite}: run out of the box"
    return f"tasks{of_suite}"


def _needs_files(entry: Entry) -> bool:
    return entry["origin"] == "shipped" and entry["suite"] != OUT_OF_THE_BOX
